"""A computer room with a real scheduler, and what a joining PC's certificate permits.

A PC joins, freezes and leaves.
"""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from contextlib import closing
from functools import partial
from pathlib import Path

import psutil
import pytest

from fvapp.core.settings import RunSettings
from fvapp.engine.embedded import EmbeddedEngine
from fvapp.engine.processes.cluster import Cluster
from fvapp.engine.processes.room import (
    FOLDER,
    JOIN_FILE,
    create_lab_room,
    read_join_file,
    read_teacher_file,
    write_join_file,
)
from real_engine import security, wait_until
from scripted_engine import new_visitor

ROOT = Path(__file__).parents[3]
LONG = RunSettings(epochs=100)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


@pytest.fixture
def room(tmp_path):
    create_lab_room(tmp_path / FOLDER, free_port())
    write_join_file(tmp_path / FOLDER, tmp_path / JOIN_FILE, "127.0.0.1")
    return tmp_path / FOLDER


RUNS_CODE = (
    "register-client",
    "run_function",
    "register_scheduler_plugin",
    "feed",
    "broadcast",
    "proxy",
    "gather",
)
ASKED = (
    *RUNS_CODE,
    "terminate",
    "restart",
    "scatter",
    "retire_workers",
    "connection_stream",
    "dump_state",
)


def test_the_certificate_of_a_pc_that_joins_gives_no_commands(room, monkeypatch):
    # No server runs in this process, so unpickling does no harm here.
    monkeypatch.setattr("fvapp.engine.processes.unpickling.GuardedTLS.unpickles", True)
    from distributed import Client, Worker
    from distributed.comm import CommClosedError, connect

    teacher = read_teacher_file(room).write_certificates_to_folder()
    worker = read_join_file(room / JOIN_FILE).write_certificates_to_folder()
    cluster = Cluster(teacher, lambda *_: None, 7.0, port=read_teacher_file(room).port)
    try:
        cluster.start_scheduler()
        address = cluster.wait_for_scheduler_address(30)
        with Client(
            address, security=security(teacher), set_as_default=False, timeout=10
        ) as client:
            secret = client.scheduler_info()["id"]

            async def attack() -> dict[str, object]:
                said = {}
                for name in ASKED:
                    comm = await connect(address, **security(worker).get_connection_args("client"))
                    try:
                        await comm.write({"op": name, "reply": True})
                        said[name] = await asyncio.wait_for(comm.read(), 5)
                    except CommClosedError:
                        said[name] = "closed"
                    finally:
                        comm.abort()
                # Dask itself accepts messages of workers and of clients on the same stream.
                async with Worker(
                    address, security=security(worker), nthreads=1, dashboard=False
                ) as false:
                    false.batched_stream.send(
                        {"op": "log-event", "topic": "x", "msg": "as a worker may"}
                    )
                    false.batched_stream.send(
                        {"op": "subscribe-topic", "topic": "all", "client": "false"}
                    )
                    await asyncio.wait_for(false.finished(), 10)
                return said

            said = client.sync(attack)
            assert client.scheduler_info()["id"] == secret, "it lives"
        refused = {
            name
            for name, answer in said.items()
            if answer == "closed" or answer["status"] == "uncaught-error"
        }
        assert refused == set(ASKED)
        with pytest.raises(TimeoutError):  # the scheduler never accepts this PC as a client
            Client(address, security=security(worker), set_as_default=False, timeout=3)
    finally:
        cluster.close()
        worker.close()


@pytest.mark.long
@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="nothing freezes a process here")
def test_a_pc_joins_freezes_and_leaves_and_its_run_goes_on_elsewhere(room, home, tmp_path):
    for folder in (tmp_path, tmp_path / "other pc 電腦"):
        folder.mkdir(exist_ok=True)
        (folder / "cache").symlink_to((home / "cache").resolve())
    environ = os.environ | {"FVAPP_HOME": str(tmp_path), "FVAPP_LAB": "1", "FVAPP_WORKERS": "1"}
    command = [
        sys.executable,
        "-m",
        "fvapp",
        "lab",
        "join",
        str(tmp_path / JOIN_FILE),
        "--ports",
        "0",
    ]
    there = os.environ | {"FVAPP_HOME": str(tmp_path / "other pc 電腦"), "FVAPP_WORKERS": "1"}
    with closing(EmbeddedEngine(environ)) as engine:
        engine.start()
        joined = subprocess.Popen(
            command,
            cwd=ROOT,
            env=there,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            # A shell's background jobs, and all that they start, ignore Ctrl+C.
            preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
        )
        try:
            wait_until(lambda: engine.engine_status().worker_count == 2, 60)
            visitor = new_visitor(engine)
            runs = [
                record.id
                for record in engine.runs.submit_runs(visitor, [LONG, LONG.with_values(seed=2)])
            ]
            wait_until(lambda: all(visitor.run(run).has_checkpoint for run in runs), 60)
            here, there = engine.pcs.list_pcs()
            assert (here.name, there.name, there.worker_count) == ("", socket.gethostname(), 1)
            (run,) = (record.id for record in there.training_records)
            engine.runs.delete_run(visitor, here.training_records[0].id)

            (worker,) = psutil.Process(joined.pid).children()
            worker.suspend()
            wait_until(lambda: visitor.run(run).reason == "moved", 15)
            wait_until(
                lambda: (
                    [record.id for record in engine.pcs.list_pcs()[0].training_records] == [run]
                ),
                15,
            )
            worker.resume()
            # The PC starts another worker, which joins within a minute.
            wait_until(lambda: engine.engine_status().worker_count == 2, 60)

            (other,) = (record.id for record in engine.runs.submit_runs(visitor, [LONG]))
            wait_until(lambda: visitor.run(other).has_checkpoint, 60)
            joined.send_signal(signal.SIGINT)
            said, _ = joined.communicate(timeout=30)
            assert joined.returncode == 0 and len(said.splitlines()) >= 5
            assert visitor.run(other).state == "queued"
            assert visitor.run(other).reason == "moved"
            assert [pc.name for pc in engine.pcs.list_pcs()] == [""]
        finally:
            joined.kill()
            joined.wait()


@pytest.mark.long
def test_with_the_file_alone_no_program_runs_on_another_pc(room, home, tmp_path):
    (tmp_path / "cache").symlink_to((home / "cache").resolve())
    ran = tmp_path / "ran"
    ran.mkdir()
    files = [read_join_file(room / JOIN_FILE).write_certificates_to_folder() for _ in range(2)]
    here, there = (
        Cluster(each, lambda *_: None, 7.0, os.environ | {"FVAPP_LAB_PC": "other"})
        for each in files
    )
    script = [
        sys.executable,
        str(Path(__file__).with_name("with_the_join_file.py")),
        tmp_path / JOIN_FILE,
        ran,
    ]
    paths = os.pathsep.join(map(str, (ROOT, ROOT / "tests")))
    environ = os.environ | {"FVAPP_HOME": str(tmp_path), "FVAPP_LAB": "1", "FVAPP_WORKERS": "1"}
    with closing(EmbeddedEngine(environ)) as engine, closing(here), closing(there):
        engine.start()
        there.join_scheduler(f"tls://127.0.0.1:{read_teacher_file(room).port}", "127.0.0.1")
        there.start_worker("other PC")
        wait_until(lambda: engine.engine_status().worker_count == 2, 120)
        pipes = dict.fromkeys(("stdin", "stdout"), subprocess.PIPE)
        with subprocess.Popen(
            script, env=os.environ | {"PYTHONPATH": paths}, text=True, **pipes
        ) as child:
            wait_until(lambda: engine.engine_status().worker_count == 3, 60)
            visitor = new_visitor(engine)
            engine.runs.submit_runs(
                visitor, [LONG.with_values(epochs=20, seed=seed) for seed in range(4)]
            )
            assert child.stdout.readline() == "left\n", "it was asked for a result"
            wait_until(lambda: engine.engine_status().worker_count == 2, 60)
            here.join_scheduler(child.stdout.readline().strip(), "127.0.0.1")
            here.start_worker("joins the false one")
            assert child.stdout.readline() == "came\n"
            assert [each.name for each in ran.iterdir()] == []
            child.kill()
