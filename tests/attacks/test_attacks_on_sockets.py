"""What a student with a script does with sockets of the app as ``streamlit run`` serves it, for a minute each.

With ``-s`` the figures are printed. They hold with nothing beside the test.
"""

import asyncio
import resource
import socket
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlsplit

import pytest
import streamlit
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.frames import Frame, Opcode

from attacks.test_attacks_on_the_server import memory, seconds_of_health
from fvapp.bench.page_visitor import PageVisitor
from fvapp.bench.served_app import ServedApp, serve_app

pytestmark = pytest.mark.long

MINUTE = 60.0
FLOODING, STATES = 10, 2_450_000  # sockets, and states of widgets in each message: 4.9 MB
IDLE, FILES, SHELL_FILES = 3_000, 4_096, 1_024  # many a shell allows a process no more
STREAM = "/_stcore/stream"
GET = "GET {} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
UPGRADE = GET + (
    "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: streamlit, x{}\r\n\r\n"
)
SCRIPTS = Path(streamlit.__file__).parent / "static/static/js"
LARGEST = max(SCRIPTS.iterdir(), key=lambda each: each.stat().st_size).name
SAID = {
    "nothing": "",
    "a whole request and a letter": GET.format("/_stcore/health") + "\r\nG",
    "a stream": UPGRADE.format(STREAM, ""),
    "a stream of another session": UPGRADE.format(STREAM, ", 4b2a5bd5-59b6-4a6e-8a5b-3c4b1f6c8a11"),
    "a live socket": UPGRADE.format("/live", ""),
    "a file that nobody reads": GET.format(f"/static/js/{LARGEST}") + "\r\n",
}


def rerun(**fields: object) -> BackMsg:
    return BackMsg(rerun_script=fields)


def frame(content: bytes, opcode: Opcode = Opcode.BINARY) -> bytes:
    return Frame(opcode, content).serialize(mask=True)


def dial(server: ServedApp, said: str) -> socket.socket:
    address = urlsplit(server.url)
    connection = socket.create_connection((address.hostname, address.port), timeout=30)
    connection.sendall(said.encode())
    return connection


def send_for(server: ServedApp, ended: Event, first: bytes, more: bytes) -> None:
    """Open a stream, ask for a script run, send one message again and again, and open another when that is refused."""
    while not ended.is_set():
        with suppress(OSError), dial(server, UPGRADE.format(STREAM, "")) as stream:
            stream.recv(1_000)
            stream.sendall(first)
            while not ended.is_set():
                stream.sendall(more)


def attack(server: ServedApp, frames: Sequence[bytes], look: Callable[[], object]) -> None:
    """Have a script for each frame send it for a minute, and look again and again meanwhile."""
    ended, first = Event(), frame(rerun().SerializeToString())
    scripts = [Thread(target=send_for, args=(server, ended, first, each)) for each in frames]
    for each in scripts:
        each.start()
    begin = time.monotonic()
    try:
        while time.monotonic() < begin + MINUTE:
            look()
            ended.wait(0.5)
    finally:
        ended.set()
        for each in scripts:
            each.join()


def seconds_of_page(server: ServedApp) -> float:
    async def open_and_close() -> None:
        visitor = PageVisitor(server.url)
        await visitor.open("draw")
        await visitor.close()

    begin = time.monotonic()
    asyncio.run(open_and_close())
    return time.monotonic() - begin


def test_a_minute_of_messages_of_two_million_states_leaves_it_answering(tmp_path):
    states = WidgetState(), WidgetState(string_array_value={"data": [""] * STATES})
    many, listed = (
        frame(rerun(widget_states={"widgets": widgets}).SerializeToString())
        for widgets in ([states[0]] * STATES, [states[1]])
    )
    with serve_app(environ={"FVAPP_HOME": str(tmp_path)}) as server:
        seconds_of_page(server)  # else it is still busy with its start
        figures = []

        def look() -> None:
            figures.append((memory(server), seconds_of_health(server), seconds_of_page(server)))

        attack(server, [many, listed] * (FLOODING // 2), look)
        full, health, page = (max(each) for each in zip(*figures, strict=True))
        print(f"\nserver: {full:.0f} MB; /health: {health:.2f} s; page: {page:.2f} s; slowest of {len(figures)}")
        print(f"{memory(server):.0f} MB afterwards")
    assert full <= 400 and health <= 0.5 and page <= 3


@pytest.mark.parametrize("said", SAID.values(), ids=SAID)
def test_3000_idle_connections_refuse_nobody_after_a_minute(tmp_path, said):
    """Those that say nothing need no minute to be let go, nor more files than a shell allows."""
    files, seconds = (FILES, MINUTE) if said else (SHELL_FILES, 0)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 2 * IDLE), hard))
    within = ("prlimit", f"--nofile={files}:{files}")
    with serve_app(environ={"FVAPP_HOME": str(tmp_path)}, within=within) as server, ExitStack() as stack:
        seconds_of_page(server)
        for _ in range(IDLE):
            with suppress(OSError):
                stack.enter_context(dial(server, said))
        time.sleep(seconds)
        figures = [(seconds_of_health(server), seconds_of_page(server)) for _ in range(5)]
        health, page = (max(each) for each in zip(*figures, strict=True))
        print(f"\n/health: {health:.2f} s; page: {page:.2f} s; server: {memory(server):.0f} MB")
    assert health <= 0.5 and page <= 3


def test_a_minute_of_forged_messages_leaves_a_short_log_without_control_characters(tmp_path):
    terminal = "\x1b]0;title\x07\x1b[2J\n2026-11-28 ERROR forged: "
    long = "/live?" + "q" * 8_000
    frames = [
        *(frame(rerun(fragment_id=name).SerializeToString()) for name in (terminal[:90], terminal * 100_000)),
        frame(terminal.encode(), Opcode.TEXT),
        frame(b"\xff" * 1_000),
        *(frame(BackMsg(**{kind: True}).SerializeToString()) for kind in ("debug_shutdown_runtime", "set_run_on_save")),
    ]
    with serve_app(environ={"FVAPP_HOME": str(tmp_path)}) as server:
        attack(server, frames, lambda: dial(server, UPGRADE.format(long, "")).close())
        log = server.log.read_text(errors="replace")
        print(f"\n{len(log)} bytes of log")
    assert len(log) <= 10**6 and not [each for each in log if not each.isprintable() and each != "\n"]
    assert not any(line.startswith("2026-11-28 ERROR forged") for line in log.splitlines())
