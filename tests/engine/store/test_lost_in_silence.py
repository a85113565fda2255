"""A database that was damaged, cut short or lost: the app says what is missing; a copy restores it.

No processes are started here.
"""

import random
import shutil
import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest

from fvapp.core.runs import RunPosition
from fvapp.engine.embedded import EmbeddedEngine
from fvapp.engine.store.copies import DAY, HOUR, DatabaseCopies
from fvapp.engine.store.database import Store
from fvapp.engine.store.journal import Journal
from fvapp.engine.store.writes import revoke_token, store_checkpoint, store_run
from stored import BLOCK, DONE, count_rows, database, store_error

RUNS = 30

# A server that stores runs and then stops without closing anything, as in a power cut.
ENDS_WITHOUT_A_WORD = """
import os, sys
from fvapp.engine.embedded import EmbeddedEngine
from stored import BLOCK, DONE
environ = {"FVAPP_HOME": sys.argv[1], "FVAPP_LIMIT_IMPORTS_A_MINUTE": sys.argv[2]}
engine = EmbeddedEngine(environ, wall_clock=lambda: 1_000.0)
token = engine.workspaces.enter_workspace(None).token
for _ in range(int(sys.argv[2])):
    engine.runs.add_run(token, DONE, [BLOCK] * 20)
print(token, flush=True)
os._exit(0)
"""


@pytest.fixture(scope="module")
def left_behind(tmp_path_factory):
    """The folder of a server that stopped as in a power cut, and its visitor's token."""
    folder = tmp_path_factory.mktemp("left") / "home"
    root = Path(__file__).parents[3]
    child = subprocess.run(
        [sys.executable, "-c", ENDS_WITHOUT_A_WORD, str(folder), str(RUNS)],
        cwd=root,
        env={"PYTHONPATH": f"{root}:{root / 'tests'}"},
        capture_output=True,
        text=True,
        check=True,
    )
    return folder, child.stdout.strip()


@pytest.fixture
def folder(left_behind, tmp_path):
    """A copy of the stopped server's folder, which a test may damage."""
    return shutil.copytree(left_behind[0], tmp_path / "home")


@pytest.fixture
def token(left_behind):
    return left_behind[1]


def wal(folder):
    return folder / "fvapp.sqlite3-wal"


def said_or_whole(engine, token) -> bool:
    """Return whether all runs are there, or the app says that some are missing."""
    if store_error(engine) is not None:
        return True
    workspace = engine.workspaces.enter_workspace(token)
    return not workspace.is_complete or len(engine.runs.list_runs(token)) == RUNS


def with_models(engine, token, folder, count: int) -> list[str]:
    """End the server, store models for the first `count` runs, and return these runs' ids."""
    runs = [record.id for record in engine.runs.list_runs(token)[:count]]
    engine.close()
    with closing(Store(folder)) as store:
        store.write_changes([store_checkpoint(run, b"weights", RunPosition(1, 0)) for run in runs])
    return runs


def test_what_a_server_left_without_a_word_is_all_there_and_nothing_is_said(server, folder, token):
    engine = server()
    assert len(engine.runs.list_runs(token)) == RUNS
    assert store_error(engine) is None
    assert wal(folder).stat().st_size


@pytest.mark.parametrize("seed", range(10))
def test_runs_that_a_damaged_wal_took_along_are_missed(server, folder, token, seed):
    chance = random.Random(seed)
    content = bytearray(wal(folder).read_bytes())
    begin = chance.randrange(len(content))
    if seed % 2:
        content[begin : begin + chance.choice([1, 40, 4_000])] = b"\xff"
    else:
        del content[begin:]
    wal(folder).write_bytes(content)
    assert said_or_whole(server(), token)


def test_a_missing_wal_is_missed_and_the_sentence_has_its_numbers(server, folder):
    wal(folder).unlink()
    status = server().engine_status()
    assert status.store_error_code in ("store_fewer", "store_gone")
    assert RUNS in status.store_error_values.values()


@pytest.mark.parametrize("seed", range(10))
def test_rows_that_a_damaged_page_hides_are_missed(server, folder, token, seed):
    server().close()  # closing moves everything from the WAL into the database itself
    chance = random.Random(seed)
    content = bytearray(database(folder).read_bytes())
    page = chance.randrange(1, len(content) // 4_096) * 4_096
    if seed % 2:
        content[page : page + 4_096] = bytes(4_096)
    else:
        begin = page + chance.randrange(4_000)
        content[begin : begin + chance.choice([1, 16, 90])] = chance.choice([b"\xff", b"x"]) * 1
    database(folder).write_bytes(content)
    assert said_or_whole(server(), token)


@pytest.mark.parametrize("tally", [b"", b"\xff" * 512, bytes(512), b"[]"])
@pytest.mark.parametrize("left", [0, 0.5])
def test_a_wal_and_a_tally_that_are_damaged_together_are_missed(server, folder, left, tally):
    content = wal(folder).read_bytes()
    wal(folder).write_bytes(content[: int(left * len(content))])
    (folder / "fvapp.tally").write_bytes(tally)
    assert store_error(server()) == "store_latest"
    assert store_error(server()) == "store_latest"
    server().data_loss_notice.mark_notice_read()
    assert store_error(server()) is None


def test_of_notes_that_are_lost_alone_no_number_of_runs_is_said(server, folder, token):
    server().close()
    older = database(folder).read_bytes()
    engine = server()
    engine.notes.write_note(token, "lessons", {"A": 1})
    engine.close()
    database(folder).write_bytes(older)
    status = server().engine_status()
    assert (status.store_error_code, status.store_error_values["found"]) == ("store_latest", RUNS)


@pytest.mark.parametrize("how", ["gone", "empty"])
def test_a_lost_database_is_said_and_a_copy_put_back_finds_the_models(server, folder, token, how):
    (run,) = with_models(server(), token, folder, 1)
    kept = database(folder).read_bytes()
    if how == "gone":
        database(folder).unlink()
    else:
        database(folder).write_bytes(b"")
    status = server().engine_status()
    assert status.store_error_code == "store_gone"
    assert status.store_error_values["runs"] == RUNS
    assert status.store_error_values["models"] == 1
    server().close()
    database(folder).write_bytes(kept)
    engine = server()
    assert len(engine.runs.list_runs(token)) == RUNS
    engine.close()
    with closing(Store(folder)) as store:
        assert store.read_stored_file("checkpoints", run) == b"weights"


def test_a_loss_is_said_at_each_start_until_somebody_has_read_it(server, folder):
    server().close()
    database(folder).unlink()
    said = server().engine_status()
    assert said.store_error_code == "store_gone" and server().engine_status() == said
    copies = sorted((folder / "copies").glob("before-*"))
    engine = server()
    engine.data_loss_notice.mark_notice_read()
    assert store_error(engine) is None
    assert store_error(server()) is None
    assert sorted((folder / "copies").glob("before-*")) == copies


def test_models_that_were_deleted_are_said_at_the_start_and_return_with_their_files(
    server, folder, token
):
    with_models(server(), token, folder, 2)
    away = (folder / "checkpoints").rename(folder.with_name("away"))
    engine = server()
    assert store_error(engine) == "store_models"
    assert engine.engine_status().store_error_values == {"missing": 2}
    assert len(engine.runs.list_runs(token)) == RUNS
    assert store_error(server()) == "store_models"
    server().data_loss_notice.mark_notice_read()
    assert store_error(server()) is None
    server().close()
    (folder / "checkpoints").rmdir()
    away.rename(folder / "checkpoints")
    assert store_error(server()) is None
    server().close()
    next((folder / "checkpoints").iterdir()).unlink()
    assert server().engine_status().store_error_values == {"missing": 1}


@pytest.mark.parametrize("content", ["", "{", "[]", '{"read": 1}', '{"missing": -1}'])
def test_a_damaged_record_of_losses_is_none(server, folder, token, content):
    server().close()
    (folder / "fvapp.lost").write_text(content)
    engine = server()
    assert store_error(engine) is None
    assert len(engine.runs.list_runs(token)) == RUNS


def test_an_older_copy_in_its_place_says_how_many_runs_it_lacks(server, folder, token):
    older = folder.parent / "older"
    server().close()
    shutil.copy(database(folder), older)
    engine = server()
    for _ in range(3):
        engine.runs.add_run(token, DONE, [BLOCK])
    engine.close()
    shutil.copy(older, database(folder))
    status = server().engine_status()
    assert status.store_error_code == "store_fewer"
    assert status.store_error_values["found"] == RUNS
    assert status.store_error_values["kept"] == RUNS + 3


def test_copies_are_of_the_last_hour_and_the_day_before_and_stay_when_something_is_lost(
    server, folder, token
):
    server().close()
    copies = DatabaseCopies(folder / "copies", database(folder))
    now = database(folder).stat().st_mtime
    assert copies.is_database_copy_due(now)
    copies.make_hourly_database_copy(now)
    assert not copies.is_database_copy_due(now + HOUR / 2)
    assert copies.is_database_copy_due(now + HOUR + 60)
    copies.make_hourly_database_copy(now + DAY + 60)
    assert {path.name for path in (folder / "copies").iterdir()} == {"hour.sqlite3", "day.sqlite3"}
    database(folder).unlink()
    status = server().engine_status()
    assert status.store_error_code == "store_gone"
    assert status.store_error_values["copy"] == "errors.store_copy_there"
    server().close()
    kept = next((folder / "copies").glob("before-*.sqlite3"))
    shutil.copy(kept, database(folder))
    assert len(server().runs.list_runs(token)) == RUNS


def test_a_quiet_server_has_everything_in_one_file_and_a_copy_of_it(folder, token):
    time = [0.0]
    wall = database(folder).stat().st_mtime
    engine = EmbeddedEngine(
        {"FVAPP_HOME": str(folder)}, clock=lambda: time[0], wall_clock=lambda: wall + time[0]
    )
    time[0] += 1
    engine.runs.add_run(token, DONE, [BLOCK])
    for _ in range(2):
        time[0] += 10
        engine._journal.checkpoint_and_copy_if_due()
    assert not wal(folder).stat().st_size
    engine._journal._copy_thread.join()
    assert count_rows(folder, "runs") == RUNS + 1
    assert (folder / "copies" / "hour.sqlite3").stat().st_size
    engine.close()


def test_a_copy_that_failed_is_made_again_as_long_as_something_deleted_is_in_the_one_before(
    folder, token, monkeypatch
):
    time = [0.0]
    fails = [True]

    def make(self, now: float, make=DatabaseCopies.make_hourly_database_copy) -> None:
        if fails[0]:
            raise sqlite3.OperationalError("disk I/O error")
        make(self, now)

    copies = folder / "copies"
    copies.mkdir(exist_ok=True)
    for name in ("hour", "day"):
        shutil.copy(database(folder), copies / f"{name}.sqlite3")
    monkeypatch.setattr(DatabaseCopies, "make_hourly_database_copy", make)
    with closing(EmbeddedEngine({"FVAPP_HOME": str(folder)}, clock=lambda: time[0])) as engine:
        engine.workspaces.delete_workspace(token)
        for minute in range(3):
            fails[0] = minute < 2
            time[0] += 61
            engine._journal.checkpoint_and_copy_if_due()
            engine._journal._copy_thread.join()
            assert (copies / "day.sqlite3").exists() == fails[0]
    with closing(sqlite3.connect(copies / "hour.sqlite3")) as copy:
        assert copy.execute("SELECT count(*) FROM runs").fetchone() == (0,)


def test_a_copy_is_not_begun_while_the_one_before_is_being_made(folder, monkeypatch):
    time = [0.0]
    begun = []
    may_end = threading.Event()

    def make(self, now: float) -> None:
        begun.append(now)
        may_end.wait(60)

    monkeypatch.setattr(DatabaseCopies, "make_hourly_database_copy", make)
    journal = Journal(folder, lambda: time[0], lambda: 1e9)
    for name in ("first", "second"):
        time[0] += 10
        journal.queue_changes(revoke_token(name))
        journal.write_pending_changes()
        journal.checkpoint_and_copy_if_due()
    assert len(begun) == 1
    may_end.set()
    journal.close()


def test_no_other_account_may_read_or_lock_anything(server, folder, token):
    folder.chmod(0o755)
    engine = server()
    engine.runs.add_run(token, DONE, [BLOCK])
    assert folder.stat().st_mode & 0o777 == 0o700
    engine._journal._database_copies.make_hourly_database_copy(0.0)
    store = Store(folder.with_name("new"))
    store.write_changes(
        [store_run("w", DONE), store_checkpoint("id", b"weights", RunPosition(1, 0))]
    )
    for home in (folder, folder.with_name("new")):
        for path in home.rglob("*"):
            if path.is_file():
                assert path.stat().st_mode & 0o077 == 0, path
    store.close()


def test_copies_that_were_set_aside_are_named(folder):
    journal = Journal(folder, lambda: 0.0, lambda: 1e9)
    assert journal.data_loss_notice.set_aside_copy_names() == ()
    (folder / "copies").mkdir(exist_ok=True)
    (folder / "copies" / "before-20260101-120000.sqlite3").touch()
    assert journal.data_loss_notice.set_aside_copy_names() == ("before-20260101-120000.sqlite3",)
    journal.close()
