"""Attack the cluster with a join file alone: ``python with_the_join_file.py FILE FOLDER``.

Each attempt sends a pickle. If a process unpickles the pickle, a folder with the attempt's name
appears in FOLDER.
"""

import asyncio
import os
import sys
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

from distributed import Worker
from distributed.comm import connect, listen
from distributed.protocol import to_serialize
from distributed.protocol.pickle import dumps
from distributed.protocol.serialize import ToPickle

from fvapp.engine.processes.room import read_join_file
from fvapp.engine.workers.versions import required_versions
from real_engine import security

JOIN = read_join_file(Path(sys.argv[1]))
FOLDER = Path(sys.argv[2])
SECURITY = security(JOIN.write_certificates_to_folder())
SCHEDULER = f"tls://127.0.0.1:{JOIN.port}"
ARGUMENTS = SECURITY.get_connection_args("client")
SAID = {
    "name": "x",
    "required": required_versions(),
    "versions": {},
    "warm": True,
    "pc": "x",
    "cores": 4,
    "speed": 9.0,
}


class Program:
    def __init__(self, name: str) -> None:
        self.name = name

    def __reduce__(self) -> tuple:
        return os.mkdir, (str(FOLDER / self.name),)


async def send_fields(address: str, to: str) -> None:
    """Send pickles in the greeting and in fields of a message, before any handler is called."""
    for name, pack in (("pickled", ToPickle), ("serialized", to_serialize)):
        for over in ({"x": pack(Program(f"greeting, {name}, to {to}"))}, {}):
            with suppress(OSError, TimeoutError, TypeError):
                comm = await connect(address, 5, handshake_overrides=over, **ARGUMENTS)
                await comm.write(
                    {"op": "identity", "x": pack(Program(f"field, {name}, to {to}")), "reply": True}
                )
                await asyncio.wait_for(comm.read(), 5)


async def be_a_worker() -> None:
    """Take two runs as a worker, and put a pickle into every field that may hold a pickle."""
    ended = []
    both = asyncio.Event()
    fetched = asyncio.Event()

    async def answer(command: str, **values: object) -> dict[str, object]:
        if command == "result":
            fetched.set()
        return {"answer": SAID if command == "hello" else ToPickle(Program(f"answer to {command}"))}

    async def refuse(command: str, **values: object) -> dict[str, object]:
        return {
            "status": "uncaught-error",
            "exception": dumps(Program("error")),
            "exception_text": "x",
        }

    own = {"security": SECURITY, "nthreads": 1, "dashboard": False}
    async with Worker(SCHEDULER, **own) as other, Worker(SCHEDULER, **own) as false:
        other.handlers["fvapp"] = refuse
        false.handlers["fvapp"] = answer
        false.fvapp = SimpleNamespace(train_run=lambda order: Program("result"))
        send = false.batched_stream.send

        def say(message: dict) -> None:
            if message.get("op") == "task-finished":
                ended.append(message)
                message["type"] = dumps(Program("type"))
                if len(ended) == 2:
                    packed = {
                        "exception": dumps(Program("exception")),
                        "traceback": to_serialize(Program("traceback")),
                    }
                    kept = {name: message[name] for name in ("key", "stimulus_id", "run_id")}
                    message = {
                        "op": "task-erred",
                        **kept,
                        **packed,
                        "exception_text": "",
                        "traceback_text": "",
                    }
                    both.set()
            send(message)

        said = {name: dumps(Program(f"warning, {name}")) for name in ("message", "category")}
        say({"op": "log-event", "topic": "warn", "msg": said})
        false.batched_stream.send = say
        await asyncio.wait_for(both.wait(), 60)
        await asyncio.wait_for(fetched.wait(), 60)
    print("left", flush=True)  # all messages have been sent


async def be_the_scheduler() -> None:
    """Answer a joining PC as its scheduler would, with a pickle."""

    async def welcome(comm) -> None:
        with suppress(OSError, TypeError):
            await comm.read()
            plugins = {"x": dumps(Program("plugin, to who joins"))}
            await comm.write(
                {"status": "OK", "time": 0.0, "heartbeat-interval": 1, "worker-plugins": plugins}
            )
            # Wait until the PC has reacted: it closes the connection or sends another message.
            await asyncio.wait_for(comm.read(), 30)
        print("came", flush=True)

    async with listen(
        "tls://127.0.0.1:0", welcome, **SECURITY.get_listen_args("worker")
    ) as listener:
        print(listener.contact_address, flush=True)
        await asyncio.to_thread(sys.stdin.readline)


async def main() -> None:
    comm = await connect(SCHEDULER, 5, **ARGUMENTS)
    await comm.write({"op": "identity", "n_workers": -1, "reply": True})
    for to, about in {SCHEDULER: {"name": "scheduler"}, **(await comm.read())["workers"]}.items():
        await send_fields(to, about["name"])
    await be_a_worker()
    await be_the_scheduler()


if __name__ == "__main__":
    asyncio.run(main())
