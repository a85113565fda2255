"""What the store keeps of runs, workspaces and notes.

No processes are started here.
"""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from fvapp.core.errors import EngineError
from fvapp.core.runs import Reason, RunPosition
from fvapp.core.settings import RunSettings
from fvapp.engine.store.database import Store
from fvapp.engine.store.journal import Journal
from fvapp.engine.store.writes import (
    delete_run,
    store_checkpoint,
    store_events,
    store_examples_copy,
    store_frames,
    store_run,
)
from scripted_engine import new_visitor, refused
from stored import BLOCK, DONE, EPOCH, count_rows, other_process, visited


def test_a_finished_run_comes_back_whole_after_a_restart(server):
    engine, token = visited(server())
    kept = engine.runs.add_run(token, DONE, [BLOCK, EPOCH])
    engine.runs.rename_run(token, kept.id, "first")
    engine.notes.write_note(token, "drawing", [1, 2])
    engine = server()
    assert engine.workspaces.enter_workspace(token).was_known
    assert engine.runs.list_runs(token) == (replace(kept, name="first"),)
    assert engine.runs.read_events(token, kept.id) == ((BLOCK, EPOCH), 2)
    assert engine.notes.read_note(token, "drawing") == [1, 2]


@pytest.mark.parametrize("reason", get_args(Reason))
def test_a_run_comes_back_with_why_it_halted(server, reason):
    engine, token = visited(server())
    (run,) = engine.runs.submit_runs(token, [RunSettings()])
    engine._engine_state.lifecycle.pause_run(engine._engine_state.active_runs[run.id], reason)
    assert server().runs.get_run(token, run.id).reason == reason


def test_a_worker_gets_the_same_files_of_a_run_before_and_after_they_are_written(folder):
    journal = Journal(folder, lambda: 0.0, lambda: 1e9)
    journal.queue_changes(
        store_checkpoint("run", b"weights", RunPosition(1, 10)),
        store_frames("run", b"film"),
        store_examples_copy("run", b"drawings"),
    )

    def files() -> tuple[bytes | None, ...]:
        return (
            journal.read_checkpoint("run"),
            journal.read_frames("run"),
            journal.read_examples_copy("run"),
        )

    assert files() == (b"weights", b"film", b"drawings")
    assert journal.write_pending_changes()
    assert files() == (b"weights", b"film", b"drawings")
    journal.close()


def test_what_was_deleted_does_not_come_back(server):
    engine, token = visited(server())
    first, second = (engine.runs.add_run(token, DONE, [EPOCH]) for _ in range(2))
    engine.runs.delete_run(token, second.id)
    engine = server()
    assert engine.runs.list_runs(token) == (first,)
    assert engine.runs.add_run(token, DONE, []).number == 3
    engine.workspaces.delete_workspace(token)
    with refused("workspace_gone"):
        server().workspaces.enter_workspace(token)


def test_codes_and_tokens_open_after_a_restart_and_are_not_written_down(server, folder):
    engine, token = visited(server())
    code = engine.workspaces.recovery_code(token)
    engine = server()
    assert engine.workspaces.recovery_code(token) == code
    other = engine.workspaces.recover_workspace(new_visitor(engine), f" {code.lower()} ").token
    assert other != token and engine.workspaces.recovery_code(other) == code
    content = b"".join(path.read_bytes() for path in folder.glob("fvapp.sqlite3*"))
    assert code.encode() not in content and token.encode() not in content


def test_a_workspace_nobody_can_open_any_more_is_deleted(server, folder):
    engine = server()
    left = new_visitor(engine)
    kept = new_visitor(engine)
    for token in (left, kept):
        engine.runs.add_run(token, DONE, [])
    engine.workspaces.recovery_code(kept)
    engine.workspaces.leave_workspace(left)
    engine.workspaces.leave_workspace(kept)
    assert count_rows(folder, "workspaces") == count_rows(folder, "runs") == 1


def test_a_run_that_trained_is_lost_and_one_that_waited_is_paused_after_a_restart(server, folder):
    engine, token = visited(server())
    trained, waited = engine.runs.submit_runs(token, [RunSettings(), RunSettings()])
    engine.close()
    with other_process(folder) as db:
        (workspace,) = db.execute("SELECT id FROM workspaces").fetchone()
    store = Store(folder)
    store.write_changes(
        [
            store_run(workspace, replace(trained, state="running", epoch=1, events=2)),
            store_events(trained.id, 0, [BLOCK, EPOCH]),
            store_checkpoint(trained.id, b"weights", RunPosition(1, 0)),
        ]
    )
    store.close()
    engine = server()
    lost, paused = engine.runs.list_runs(token)
    assert lost.state == "lost"
    assert lost.reason == "restarted"
    assert lost.epoch == 1
    assert lost.has_checkpoint
    assert (paused.state, paused.reason, paused.has_checkpoint) == ("paused", "restarted", False)
    assert engine.runs.read_events(token, lost.id) == ((BLOCK, EPOCH), 2)
    engine.runs.resume_run(token, lost.id)
    engine.runs.resume_run(token, waited.id)
    assert [record.state for record in engine.runs.list_runs(token)] == ["queued", "queued"]


@pytest.fixture
def store(folder):
    store = Store(folder)
    yield store
    store.close()


def files(folder) -> list[Path]:
    return list((folder / "checkpoints").iterdir())


def test_a_checkpoint_and_frames_replace_those_before_them_in_one_step_and_outlive_the_server(
    store, folder
):
    store.write_changes(
        [
            store_run("w", DONE),
            store_checkpoint("id", b"first", RunPosition(1, 0)),
            store_frames("id", b"some"),
        ]
    )
    store.write_changes(
        [store_checkpoint("id", b"second", RunPosition(2, 0)), store_frames("id", b"more")]
    )
    assert store.read_runs("w")[0][2] == (2, 0) and len(files(folder)) == 2
    store.close()
    with closing(Store(folder)) as again:
        assert again.read_stored_file("checkpoints", "id") == b"second"
        assert again.read_stored_file("frames", "id") == b"more"
        assert again.read_stored_file("frames", "other") is None


def test_checkpoint_and_frames_are_gone_with_their_run_and_frames_count_for_what_is_used(
    store, folder
):
    for run in ("run", "other"):
        store.write_changes(
            [store_checkpoint(run, b"weights", RunPosition(1, 0)), store_frames(run, run.encode())]
        )
    before = store.count_used_bytes()
    store.write_changes([store_frames("run", bytes(50_000))])
    assert store.count_used_bytes() >= before + 49_990
    store.write_changes([delete_run("run")])
    assert store.read_stored_file("frames", "run") is None
    assert store.read_stored_file("frames", "other") == b"other"
    assert len(files(folder)) == 2


def test_a_checkpoint_that_was_being_written_when_the_power_went_is_no_checkpoint(folder):
    Store(folder).close()
    (folder / "checkpoints" / "id-1-0-00000000.npz").write_bytes(b"half")
    store = Store(folder)
    assert store.read_stored_file("checkpoints", "id") is None
    assert list((folder / "checkpoints").glob("*.npz")) == []
    store.close()


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("checkpoints", store_checkpoint("id", b"weights", RunPosition(1, 0))),
        ("frames", store_frames("id", b"weights")),
    ],
)
def test_a_file_that_was_damaged_is_not_used(store, folder, table, change):
    store.write_changes([change, store_checkpoint("other", b"whole", RunPosition(1, 0))])
    (file,) = (folder / "checkpoints").glob("id*")
    for damage in (lambda: file.write_bytes(b"weighty"), file.unlink):
        damage()
        with refused("run_damaged"):
            store.read_stored_file(table, "id")
    assert store.read_stored_file("checkpoints", "other") == b"whole"


def test_all_changes_are_made_or_none(store):
    bad = replace(store_run("w", DONE), statements=(("INSERT INTO nowhere VALUES (1)", ()),))
    with pytest.raises(EngineError):
        store.write_changes([store_run("w", DONE), bad])
    assert store.read_runs("w") == ()
    store.write_changes([store_run("w", DONE)])
    assert len(store.read_runs("w")) == 1


def test_no_entry_is_lost_when_forty_tabs_write_at_once(server):
    engine, token = visited(server())
    with ThreadPoolExecutor(8) as tabs:
        for number in range(40):
            tabs.submit(
                engine.notes.change_note,
                token,
                "lessons",
                lambda note, n=number: {**(note or {}), f"{n}": n},
            )
    assert engine.notes.read_note(token, "lessons") == {f"{n}": n for n in range(40)}
    assert len(server().notes.read_note(token, "lessons")) == 40
