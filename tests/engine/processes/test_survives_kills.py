"""Server, workers and scheduler are killed during training; the store must match their reports."""

import json
import os
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import psutil
import pytest

from fvapp.core.events import event_to_json
from fvapp.engine.embedded import EmbeddedEngine
from real_engine import LONG, wait_until
from scripted_engine import new_visitor

# Marked long, because these tests keep two cores busy for one to two minutes.
pytestmark = pytest.mark.long

TESTS = Path(__file__).parents[2]
LONGER = LONG.with_values(train_images=10_000)


# Kills of any process, at any moment

SERVER = "server"
PARTS = {"scheduler": "dask_scheduler", "worker": "fvapp.worker.plugin"}
# One run after another is more than the usual limits let one visitor start, queue or keep.
LIMITS = {f"FVAPP_LIMIT_{name}": "5000" for name in ("QUEUED", "TRAININGS_A_MINUTE", "DISK_MB")}


class Server:
    """A server process that trains one run after another, and reports the end of each run."""

    def __init__(self, home: Path, token: str) -> None:
        environ = os.environ | LIMITS | {"FVAPP_HOME": str(home), "FVAPP_WORKERS": "1"}
        environ["PYTHONPATH"] = os.pathsep.join((str(TESTS.parent), str(TESTS)))
        self.process = subprocess.Popen(
            [sys.executable, str(TESTS / "serve_engine.py"), token],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environ,
        )
        self.token = self.read()["token"]
        children = [psutil.Process(pid) for pid in self.read()["ready"]]
        self.private_folder = Path(children[0].cwd())

    def read(self) -> dict:
        return json.loads(self.process.stdout.readline())

    def kill(self) -> list[dict]:
        """Kill the server; return its reports that the test has not read yet.

        The server's child processes must end, and their private folder must disappear, too.
        """
        children = psutil.Process(self.process.pid).children()
        self.process.kill()
        rest, _ = self.process.communicate()
        gone, alive = psutil.wait_procs(children, timeout=15)
        assert gone and not alive
        wait_until(lambda: not self.private_folder.exists(), 5)
        return [json.loads(line) for line in rest.splitlines() if line.endswith(b"}")]

    def kill_child(self, part: str) -> Iterator[dict]:
        """Kill the scheduler or the worker.

        Yields:
            The server's reports, until a run that was submitted after the kill is done.
        """
        for child in psutil.Process(self.process.pid).children():
            if any(PARTS[part] in word for word in child.cmdline()):
                child.kill()
        killed = time.time()
        while True:
            entry = self.read()
            yield entry
            if entry["ended"]["created"] > killed and entry["ended"]["state"] == "done":
                return


@pytest.mark.parametrize("kills", [3, pytest.param(20, marks=pytest.mark.long)])
def test_ended_runs_are_complete_whatever_process_was_killed(home, tmp_path, kills):
    (tmp_path / "cache").symlink_to(home / "cache")
    chance = random.Random(kills)
    token = "new"
    server = None
    ledger = []
    parts = [SERVER, *PARTS]
    victims = parts + chance.choices(parts, k=kills - len(parts))
    chance.shuffle(victims)
    for victim in victims:
        server = server or Server(tmp_path, token)
        token = server.token
        ledger.append(server.read())
        time.sleep(chance.uniform(0, 2))
        if victim == SERVER:
            ledger += server.kill()
            server = None
        else:
            ledger += server.kill_child(victim)
    if server:
        ledger += server.kill()
    check_all_there(tmp_path, token, ledger)


def check_all_there(folder: Path, token: str, ledger: Sequence[dict]) -> None:
    """Compare the store with the server's reports, which only the test has kept."""
    engine = EmbeddedEngine({"FVAPP_HOME": str(folder), **LIMITS})
    records = {record.id: record for record in engine.runs.list_runs(token)}
    for entry in ledger:
        run_id = entry["ended"]["id"]
        assert json.loads(json.dumps(records[run_id].to_json())) == entry["ended"]
        events = [event_to_json(event) for event in engine.runs.read_events(token, run_id)[0]]
        assert json.loads(json.dumps(events)) == entry["events"]
        assert records[run_id].has_checkpoint or entry["ended"]["state"] == "lost"
    assert {record.state for record in records.values()} <= {"done", "lost", "paused"}
    numbers = [record.number for record in records.values()]
    assert sorted(set(numbers)) == numbers
    for record in records.values():
        if record.has_checkpoint:
            engine.runs.resume_run(token, record.id, 1)
    engine.close()
    with closing(sqlite3.connect(folder / "fvapp.sqlite3")) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)


# How soon the engine reports that a process was killed


@pytest.fixture
def visitor(real_engine):
    wait_until(lambda: real_engine.engine_status().worker_count == 2, 120)
    return new_visitor(real_engine)


def train(visitor, **changes):
    record = visitor.submit(LONGER.with_values(**changes))
    wait_until(lambda: visitor.run(record.id).has_checkpoint)
    return record.id


def child(part: str) -> psutil.Process:
    return next(process for process in psutil.Process().children() if part in process.cmdline())


def worker_that_trains(engine, run_id: str) -> psutil.Process:
    """Return the process of the worker that trains a run."""
    names = [
        each.name
        for each in engine._engine_state.workers.values()
        if each.run and each.run.record.id == run_id
    ]
    return child(names[0])


def test_a_killed_worker_is_reported_within_3_seconds_and_its_run_resumes_elsewhere(
    real_engine, visitor
):
    run_id = train(visitor)
    begin = time.monotonic()
    worker_that_trains(real_engine, run_id).kill()
    wait_until(lambda: visitor.run(run_id).reason == "worker_gone")
    took = time.monotonic() - begin
    assert took < 3
    lost = visitor.run(run_id)
    assert (lost.state, lost.reason, lost.has_checkpoint) == ("lost", "worker_gone", True)
    events, _ = real_engine.runs.read_events(visitor, run_id)
    real_engine.runs.resume_run(visitor, run_id)
    wait_until(lambda: visitor.run(run_id).epoch > lost.epoch)
    assert visitor.events(run_id)[: len(events)] == events
    real_engine.runs.delete_run(visitor, run_id)
    wait_until(lambda: real_engine.engine_status().worker_count == 2, 120)
