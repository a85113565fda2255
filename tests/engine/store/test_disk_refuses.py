"""What happens when the disk, the database or the clock fails.

No processes are started here.
"""

import os
import random
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress

import pytest

from fvapp.core.errors import EngineError
from fvapp.core.runs import RunPosition
from fvapp.engine.embedded import EmbeddedEngine
from fvapp.engine.store.refusals import translate_disk_errors
from fvapp.engine.store.writes import store_checkpoint
from scripted_engine import new_visitor, refused
from stored import BLOCK, DONE, EPOCH, database, database_of, other_process, store_error, visited


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="only Linux has /dev/full")
def test_a_full_disk_has_its_sentence_for_files_too():
    with (
        refused("store_full"),
        translate_disk_errors(),
        open("/dev/full", "wb", buffering=0) as file,
    ):
        file.write(b"x")


def test_a_full_disk_is_said_once_and_what_was_there_is_still_there(server, folder):
    engine, token = visited(server())
    first = engine.runs.add_run(token, DONE, [EPOCH])
    # SQLite raises this limit to the number of pages in use, so the database cannot grow.
    database_of(engine).execute("PRAGMA max_page_count = 1")
    second = engine.runs.add_run(token, DONE, [BLOCK] * 2_000)
    assert engine.workspaces.enter_workspace(token).was_known
    assert store_error(engine) == "store_full"
    assert engine.runs.list_runs(token) == (first, second)
    assert len(engine.runs.read_events(token, second.id)[0]) == 2_000
    with other_process(folder) as db:
        assert db.execute("SELECT count(*) FROM runs").fetchone() == (1,)
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    # Now there is space again; when the server ends, it writes what it still holds in memory.
    database_of(engine).execute("PRAGMA max_page_count = 1000000")
    assert server().runs.list_runs(token) == (first, second)


def test_a_database_that_may_only_be_read_has_its_sentence(tmp_path):
    with closing(sqlite3.connect(tmp_path / "db", isolation_level=None)) as db:
        db.execute("CREATE TABLE t (x)")
    with closing(
        sqlite3.connect(f"file:{tmp_path / 'db'}?mode=ro", uri=True, isolation_level=None)
    ) as db:
        with refused("store_unwritable"), translate_disk_errors():
            db.execute("INSERT INTO t VALUES (1)")


def assert_goes_on_in_memory(engine, reason):
    visitor = engine.workspaces.enter_workspace(None)
    assert store_error(engine) == reason
    record = engine.runs.add_run(visitor.token, DONE, [BLOCK])
    assert engine.runs.list_runs(visitor.token) == (record,)
    assert engine.runs.read_events(visitor.token, record.id) == ((BLOCK,), 1)


def test_a_folder_that_cannot_be_written_is_said_and_the_app_goes_on(server, folder):
    folder.write_text("in the way")
    assert_goes_on_in_memory(server(), "store_unwritable")
    assert folder.read_text() == "in the way"


@pytest.mark.parametrize("place", [0, 8_192], ids=["header", "middle"])
def test_a_damaged_database_is_said_and_left_as_it_is(server, folder, place):
    engine = server()
    for _ in range(40):
        engine.runs.add_run(new_visitor(engine), DONE, [BLOCK] * 20)
    engine.close()
    content = bytearray(database(folder).read_bytes())
    content[place : place + 4_096] = b"\xff" * 4_096
    database(folder).write_bytes(content)
    assert_goes_on_in_memory(server(), "store_damaged")
    assert database(folder).read_bytes() == content


def test_an_app_that_cannot_open_its_store_says_that_nothing_is_kept_before_anything_is_done(
    server, folder
):
    server().close()
    with other_process(folder) as db:
        db.execute("DROP TABLE runs")
    assert_goes_on_in_memory(server(), "store_not_opened")


@pytest.mark.parametrize(
    "seed", [*range(10), *(pytest.param(seed, marks=pytest.mark.long) for seed in range(10, 100))]
)
def test_whatever_was_damaged_the_app_starts_and_says_it(server, folder, seed):
    engine, token = visited(server())
    for _ in range(12):
        engine.runs.add_run(token, DONE, [BLOCK] * 20)
    engine.notes.write_note(token, "lessons", {"text": "x" * 500})
    engine.close()
    chance = random.Random(seed)
    content = bytearray(database(folder).read_bytes())
    anywhere = chance.randrange(len(content))
    # The damage begins anywhere, or at a quotation mark in a row's text.
    begin = chance.choice([anywhere, content.rfind(b'"', 0, anywhere) % len(content)])
    damaged = range(begin, min(begin + chance.choice([1, 8, 64, 512]), len(content)))
    content[begin : damaged.stop] = chance.choice([b"\xff", b"\0", b"x", b'"']) * len(damaged)
    database(folder).write_bytes(content)
    engine = server()
    # Each command answers, or raises a known error.
    with suppress(EngineError):
        token = engine.workspaces.enter_workspace(token).token
        engine.notes.read_note(token, "lessons")
        for record in engine.runs.list_runs(token):
            with suppress(EngineError):
                engine.runs.read_events(token, record.id)
    newcomer = new_visitor(engine)
    record = engine.runs.add_run(newcomer, DONE, [BLOCK])
    assert engine.runs.list_runs(newcomer) == (record,)
    assert engine.runs.read_events(newcomer, record.id) == (
        (BLOCK,),
        1,
    )


def test_a_database_locked_by_another_program_is_said_and_nothing_is_lost(server, folder):
    engine, token = visited(server())
    first = engine.runs.add_run(token, DONE, [])
    with other_process(folder) as db:
        engine.close()
        db.execute("BEGIN EXCLUSIVE")
        engine = server()
        second = engine.runs.add_run(token, DONE, [])
        assert engine.workspaces.enter_workspace(token).was_known
        assert store_error(engine) == "store_locked"
        assert engine.runs.list_runs(token) == (first, second)
    assert server().runs.list_runs(token) == (first, second)


def test_a_browser_keeps_its_token_while_the_store_is_out_of_reach(server, folder):
    engine, token = visited(server())
    record = engine.runs.add_run(token, DONE, [])
    engine.close()
    hidden = folder.rename(folder.with_name("hidden"))
    folder.write_text("in the way")
    engine = server()
    assert engine.workspaces.enter_workspace(token).token == token
    assert store_error(engine) == "store_unwritable"
    folder.unlink()
    hidden.rename(folder)
    assert server().runs.list_runs(token) == (record,)


def test_what_was_refused_is_written_when_the_disk_is_back(folder):
    time = [0.0]
    engine = EmbeddedEngine({"FVAPP_HOME": str(folder)}, clock=lambda: time[0])
    token = new_visitor(engine)
    first = engine.runs.add_run(token, DONE, [EPOCH])
    with other_process(folder) as db:
        db.execute("BEGIN IMMEDIATE")
        second = engine.runs.add_run(token, DONE, [BLOCK])
        assert store_error(engine) == "store_locked"
        assert engine.runs.list_runs(token) == (first, second)
        db.execute("ROLLBACK")
    time[0] += 10
    engine.runs.rename_run(token, first.id, "again")
    assert store_error(engine) is None
    with other_process(folder) as db:
        assert db.execute("SELECT count(*) FROM runs").fetchone() == (2,)
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    engine.close()


def test_a_second_server_does_not_write_into_the_first_ones_store(server, folder):
    server()
    second = EmbeddedEngine({"FVAPP_HOME": str(folder)})
    assert_goes_on_in_memory(second, "store_in_use")
    second.close()


def test_a_foreign_lock_says_whose_it_is_and_is_gone_after_a_kill(server, folder):
    code = "import sys\nfrom pathlib import Path\nfrom fvapp.engine.store.folder_lock import lock_folder\n"
    code += "file = lock_folder(Path(sys.argv[1]))\nprint('claimed', flush=True)\nsys.stdin.read()"
    child = subprocess.Popen(
        [sys.executable, "-c", code, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdout.readline() == b"claimed\n"
    status = server().engine_status()
    assert status.store_error_code == "store_in_use"
    if os.path.exists("/proc/locks"):  # only Linux shows which process holds a lock
        assert status.store_error_values["holder"] == f"{folder.owner()}, {child.pid}"
    child.kill()
    child.communicate()
    assert store_error(server()) is None


def test_a_clock_set_back_is_said_and_loses_nothing(server):
    engine, token = visited(server(wall_clock=lambda: 2_000_000_000.0))
    engine.runs.add_run(token, DONE, [])
    engine = server(wall_clock=lambda: 1_000_000_000.0)
    assert engine.workspaces.enter_workspace(token).was_known
    assert store_error(engine) == "store_clock"
    engine.runs.add_run(token, DONE, [])
    assert [record.number for record in server().runs.list_runs(token)] == [1, 2]


def test_what_is_read_waits_for_no_slow_disk(server, monkeypatch):
    """Each fsync takes half a second here. A checkpoint's fsync is tested, for all others."""
    engine, token = visited(server())
    run = engine.runs.add_run(token, DONE, [BLOCK])
    engine = server()
    waits = []
    syncing = threading.Event()
    ended = threading.Event()

    def slow(descriptor: int, sync=os.fsync) -> None:
        syncing.set()
        ended.wait(0.5)
        sync(descriptor)

    monkeypatch.setattr(os, "fsync", slow)
    store = engine._journal.store
    writing = threading.Thread(
        target=store.write_changes,
        args=([store_checkpoint(run.id, b"weights", RunPosition(1, 0))],),
    )
    writing.start()
    assert syncing.wait(10)
    for work in (
        lambda: engine.workspaces.enter_workspace(token),
        lambda: engine.runs.read_events(token, run.id),
        store.count_used_bytes,
        engine.engine_status,
    ):
        begin = time.perf_counter()
        work()
        waits.append(time.perf_counter() - begin)
    assert writing.is_alive() and max(waits) <= 0.05, waits
    ended.set()
    writing.join()
    assert store.read_stored_file("checkpoints", run.id) == b"weights"
