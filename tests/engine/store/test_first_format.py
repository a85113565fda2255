"""A store that an earlier version wrote opens, and loses nothing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from fvapp.core.errors import EngineError
from fvapp.core.events import BlockEnded, EpochEnded, RunEnded, Started
from fvapp.core.runs import RunResult
from fvapp.engine.runs import tokens
from fvapp.engine.store.schema import FORMAT
from stored import database, other_process

# Written by the last version of the first format, with one run, its checkpoint, a note, and two browsers' tokens.
DUMP = Path(__file__).parent / "format_1.sql"
CHECKPOINT = "xQYysUpm9UfiMai4-1-0-1ad27358.npz"
TOKENS = ("0c7nrzNK9Xo30pAZzEPVkHsbfixAdon-xBy9KkWdGN8", "CF6-uCMzVkmxfinCvkQNan2rjBjwKa0zR6xejXDreGo")
CODE = "S7AV-PKVY-9M4F-R3BP"
RESULT = RunResult(0.4, 0.88, 2.5, temperature=1.25)


@pytest.fixture
def old(folder):
    (folder / "checkpoints").mkdir(parents=True)
    (folder / "checkpoints" / CHECKPOINT).write_bytes(b"weights")
    with closing(sqlite3.connect(database(folder), isolation_level=None)) as db:
        db.executescript(DUMP.read_text(encoding="utf-8"))
    return folder


def test_everything_in_it_is_there(server, old):
    engine = server(wall=lambda: 1_790_000_000.0)
    assert engine.status().store is None
    (run,) = engine.runs(TOKENS[0])
    assert (run.number, run.state, run.result, run.settings.hidden) == (1, "done", RESULT, (64, 32))
    assert engine.events(TOKENS[1], run.id)[0] == (
        Started(52_650, 54_000, 6_000, 1_688, 1),
        BlockEnded(1, 75, 1.25, 0.5),
        EpochEnded(1, 0.5, 0.8, 0.45, 0.82, 2.4),
        RunEnded("done", RESULT),
    )
    assert engine.read_note(TOKENS[0], "drawings") == ["kept"]
    assert engine._journal.checkpoint(run.id) == b"weights"


def test_its_recovery_code_is_shown_to_each_browser_and_opens_it_for_another(server, old):
    engine = server()
    assert [engine.recovery_code(token) for token in TOKENS] == [CODE, CODE]
    other = engine.recover(engine.enter(None).token, CODE)
    assert other.known and server().recovery_code(other.token) == CODE


def test_what_only_a_newer_version_can_read_is_left_alone(server, old):
    server().runs(TOKENS[0])
    server().close()
    with other_process(old) as db:
        (version,) = db.execute("PRAGMA user_version").fetchone()
        assert version == FORMAT
        db.execute(f"PRAGMA user_version = {version + 1}")
    content = database(old).read_bytes()
    engine = server()
    assert engine.status().store == "store_newer"
    engine.enter(TOKENS[0])
    assert database(old).read_bytes() == content


def test_a_sealed_code_opens_with_its_own_token_alone_and_only_unchanged():
    token, other = tokens.new_token(), tokens.new_token()
    sealed = tokens.seal(CODE, token)
    assert tokens.unseal(sealed, token) == CODE
    assert tokens.seal(CODE, token) != sealed
    for wrong, key in ((sealed, other), (sealed[:-1] + bytes([sealed[-1] ^ 1]), token), (b"short", token)):
        with pytest.raises(EngineError, match="store_damaged"):
            tokens.unseal(wrong, key)
