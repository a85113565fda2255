"""Frames of a training in the store: beside the checkpoint, gone with the run."""

from __future__ import annotations

import pytest

from fvapp.core.runs import Position
from fvapp.engine.store.database import Store
from fvapp.engine.store.writes import checkpoint_made, frames_made, run_deleted


@pytest.fixture
def store(folder):
    store = Store(folder)
    yield store
    store.close()


def keep(store: Store, run: str, content: bytes) -> None:
    store.write([checkpoint_made(run, b"weights", Position(1, 0)), frames_made(run, content)])


def files(folder) -> set[str]:
    return {path.name for path in (folder / "checkpoints").iterdir()}


def test_frames_outlive_the_server_and_newer_ones_take_their_place(store, folder):
    keep(store, "run", b"some")
    keep(store, "run", b"some more")
    assert len(files(folder)) == 2
    store.close()
    again = Store(folder)
    assert again.read_file("frames", "run") == b"some more" and again.read_file("checkpoints", "run") == b"weights"
    assert again.read_file("frames", "other") is None
    again.close()


def test_with_its_run_the_frames_are_gone(store, folder):
    keep(store, "run", b"some")
    keep(store, "other", b"others")
    store.write([run_deleted("run")])
    assert store.read_file("frames", "run") is None and store.read_file("frames", "other") == b"others"
    assert len(files(folder)) == 2


def test_frames_count_for_what_a_workspace_uses(store):
    before = store.used_bytes()
    keep(store, "run", bytes(50_000))
    assert store.used_bytes() >= before + 50_000
