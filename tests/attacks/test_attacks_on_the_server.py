"""Attacks by a stranger or a student with a script on the app as ``streamlit run`` serves it.

``-s`` prints the measured figures, which hold when nothing else runs on the machine.
"""

import asyncio
import http.client
import resource
import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from io import BytesIO
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlsplit

import psutil
import pytest
import streamlit
from PIL import Image
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import connect as open_socket
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.sync.client import connect

from fvapp.bench.class_ import PROXY
from fvapp.bench.page_visitor import PageVisitor
from fvapp.bench.served_app import ServedApp, serve_app
from page_hands import HandyVisitor
from real_engine import wait_until

pytestmark = pytest.mark.long

MINUTE = 60.0
# FLOODING: sockets that flood the server. STATES: widget states in each message, which has 4.9 MB.
FLOODING = 10
STATES = 2_450_000
ORIGINS_A_SECOND = 30
ORIGIN_SECONDS = 10
CANVASES = 15
CANVAS_BYTES = 9 * 10**6
# Sockets that each send a message piece by piece. Their first pieces (BURST bytes each) together
# fill all the memory that the server grants to unfinished messages.
SLOW = 66
PHOTOS = 6
BURST = 1_016_000
DRIP = 200, Opcode.CONT
NEVER = 30.0  # seconds, reported when the server does not answer
PAGES = 2_000
NEWCOMERS = 200
# Idle connections. Many shells allow a process only SHELL_FILES open files.
IDLE = 3_000
FILES = 4_096
SHELL_FILES = 1_024
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


@pytest.fixture
def server(tmp_path) -> Iterator[ServedApp]:
    with serve_app(environ={"FVAPP_HOME": str(tmp_path)}) as server:
        yield server


def rerun(**fields: object) -> BackMsg:
    return BackMsg(rerun_script=fields)


def frame(content: bytes, opcode: Opcode = Opcode.BINARY, fin: bool = True) -> bytes:
    return Frame(opcode, content, fin=fin).serialize(mask=True)


def dial(server: ServedApp, said: str) -> socket.socket:
    address = urlsplit(server.url)
    connection = socket.create_connection((address.hostname, address.port), timeout=30)
    connection.sendall(said.encode())
    return connection


def send_for(
    server: ServedApp,
    path: str,
    first: bytes,
    more: bytes,
    ended: Event,
    pause: float,
    opened: list[float],
) -> None:
    """Send a first message, then a second repeatedly; reconnect when the server hangs up."""
    while not ended.is_set():
        opened.append(time.monotonic())
        with suppress(OSError), dial(server, UPGRADE.format(path, "")) as stream:
            stream.recv(1_000)
            stream.sendall(first)
            while not ended.wait(pause):
                stream.sendall(more)


@contextmanager
def scripts(
    server: ServedApp, path: str, messages: Sequence[tuple[bytes, bytes]], pause: float = 0.0
) -> Iterator[list[float]]:
    """Run a script for each pair (first message, repeated message) until the block ends.

    Yields:
        The times at which the sockets were opened.
    """
    ended = Event()
    opened = []
    threads = [
        Thread(target=send_for, args=(server, path, *pair, ended, pause, opened))
        for pair in messages
    ]
    for each in threads:
        each.start()
    try:
        yield opened
    finally:
        ended.set()
        for each in threads:
            each.join()


def attack(server: ServedApp, frames: Sequence[bytes], look: Callable[[], object]) -> None:
    """Send each frame repeatedly from a separate script for a minute, and call `look` meanwhile.

    Print how many sockets the scripts opened and the server's processor time for each socket. A
    refused script reconnects at once, and the server grants each new socket a session and a script
    run before it refuses the next message.
    """
    first = frame(rerun().SerializeToString())
    begin = time.monotonic()
    before = processor_seconds(server)
    with scripts(server, STREAM, [(first, each) for each in frames]) as opened:
        while time.monotonic() < begin + MINUTE:
            look()
            time.sleep(0.5)
        each = 1_000 * (processor_seconds(server) - before) / len(opened)
        print(f"\n{len(opened)} sockets, {each:.0f} ms of the server for each")


def processor_seconds(server: ServedApp) -> float:
    times = psutil.Process(server.process.pid).cpu_times()
    return times.user + times.system


def seconds_of_page(server: ServedApp) -> float:
    async def open_and_close() -> None:
        visitor = PageVisitor(server.url)
        await visitor.open("draw")
        await visitor.close()

    begin = time.monotonic()
    asyncio.run(open_and_close())
    return time.monotonic() - begin


def test_a_minute_of_messages_of_two_million_states_leaves_it_answering(server):
    states = WidgetState(), WidgetState(string_array_value={"data": [""] * STATES})
    many, listed = (
        frame(rerun(widget_states={"widgets": widgets}).SerializeToString())
        for widgets in ([states[0]] * STATES, [states[1]])
    )
    seconds_of_page(server)  # wait until the server has finished starting
    figures = []

    def look() -> None:
        figures.append((memory(server), seconds_of_health(server), seconds_of_page(server)))

    attack(server, [many, listed] * (FLOODING // 2), look)
    full, health, page = (max(each) for each in zip(*figures, strict=True))
    print(
        f"\nserver: {full:.0f} MB; /health: {health:.2f} s; page: {page:.2f} s; slowest of {len(figures)}"
    )
    print(f"{memory(server):.0f} MB afterwards")
    assert full <= 400 and health <= 0.5 and page <= 3


@pytest.mark.parametrize("said", SAID.values(), ids=SAID)
def test_3000_idle_connections_refuse_nobody_after_a_minute(tmp_path, said):
    """Silent connections are closed at once, and need no more files than a shell allows."""
    files, seconds = (FILES, MINUTE) if said else (SHELL_FILES, 0)
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 2 * IDLE), hard))
    within = ("prlimit", f"--nofile={files}:{files}")
    with (
        serve_app(environ={"FVAPP_HOME": str(tmp_path)}, within=within) as server,
        ExitStack() as stack,
    ):
        seconds_of_page(server)
        for _ in range(IDLE):
            with suppress(OSError):
                stack.enter_context(dial(server, said))
        time.sleep(seconds)
        figures = [(seconds_of_health(server), seconds_of_page(server)) for _ in range(5)]
        health, page = (max(each) for each in zip(*figures, strict=True))
        print(f"\n/health: {health:.2f} s; page: {page:.2f} s; server: {memory(server):.0f} MB")
    assert health <= 0.5 and page <= 3


def test_a_minute_of_forged_messages_leaves_a_short_log_without_control_characters(server):
    terminal = "\x1b]0;title\x07\x1b[2J\n2026-11-28 ERROR forged: "
    long = "/live?" + "q" * 8_000
    frames = [
        *(
            frame(rerun(fragment_id=name).SerializeToString())
            for name in (terminal[:90], terminal * 100_000)
        ),
        frame(terminal.encode(), Opcode.TEXT),
        frame(b"\xff" * 1_000),
        *(
            frame(BackMsg(**{kind: True}).SerializeToString())
            for kind in ("debug_shutdown_runtime", "set_run_on_save")
        ),
    ]
    attack(server, frames, lambda: dial(server, UPGRADE.format(long, "")).close())
    log = server.log.read_text(errors="replace")
    print(f"\n{len(log)} bytes of log")
    assert len(log) <= 10**6
    assert not [each for each in log if not each.isprintable() and each != "\n"]
    assert not any(line.startswith("2026-11-28 ERROR forged") for line in log.splitlines())


@pytest.mark.parametrize("burst", [0, BURST], ids=["from the first byte on", "after a burst"])
@pytest.mark.parametrize("path", [STREAM, "/live"])
def test_66_messages_that_come_bit_by_bit_keep_no_photo_waiting(server, path, burst):
    begin, more = (
        frame(bytes(count), opcode, fin=False) for count, opcode in ((burst, Opcode.BINARY), DRIP)
    )
    with scripts(server, path, [(begin, more)] * SLOW, pause=1) as opened:
        waits = asyncio.run(photos(server))
    print(
        f"\nphotos answered after {waits} s; {len(opened)} sockets; server {memory(server):.0f} MB"
    )
    # The server closed each slow socket, so each script opened at least a second socket.
    assert max(waits) <= 3 and len(opened) >= 2 * SLOW


def test_30_handshakes_a_second_from_another_sites_page_leave_it_answering(server):
    seconds = []
    ended = Event()
    knocking = Thread(target=knock, args=(server, ended))
    knocking.start()
    while not ended.wait(0.3):
        seconds.append(seconds_of_health(server))
    knocking.join()
    print(f"\n/health: slowest {max(seconds):.3f} s")
    assert max(seconds) <= 0.1


def test_15_large_canvases_nobody_asked_for_are_not_kept(server):
    full = asyncio.run(fill(server))
    begin = time.monotonic()
    print(f"\nserver: {full:.0f} MB, {memory(server):.0f} MB when the sessions have gone")
    assert full <= 300
    wait_until(lambda: memory(server) <= 230, seconds=30)
    print(f"{memory(server):.0f} MB {time.monotonic() - begin:.1f} s later")


@pytest.mark.parametrize(
    "address", ["2001:db8:0:7::{:x}", ""], ids=["of one network", "behind one proxy"]
)
def test_2000_pages_refuse_no_newcomer(tmp_path, address):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 4 * PAGES), hard))
    environ = {"FVAPP_HOME": str(tmp_path), **(PROXY if address else {})}
    with serve_app(environ=environ) as server:
        asyncio.run(crowd(server, address))


async def crowd(server: ServedApp, address: str) -> None:
    """Open pages that stay idle after a first script run; after a minute, open newcomers' pages."""
    begin = time.monotonic()
    pages = []
    for number in range(PAGES):
        stream = f"ws{server.url.removeprefix('http')}{STREAM}"
        headers = {"X-Forwarded-For": address.format(number)} if address else {}
        page = await open_socket(
            stream, subprotocols=["streamlit", "x"], additional_headers=headers
        )
        pages.append(page)
        await page.send(rerun().SerializeToString())
        with suppress(ConnectionClosed):
            await page.recv()
    await asyncio.sleep(max(0.0, MINUTE + 1 - (time.monotonic() - begin)))
    newcomers = [
        PageVisitor(server.url, address="10.0.0.8" if address else None) for _ in range(NEWCOMERS)
    ]
    refused = 0
    for newcomer in newcomers:
        try:
            await newcomer.open("draw")
        except ConnectionClosed:
            refused += 1
    still = sum(page.state is State.OPEN for page in pages)
    print(
        f"\n{refused} of {NEWCOMERS} refused; {still} of {PAGES} pages stand; {memory(server):.0f} MB"
    )
    for each in (*pages, *newcomers):
        await each.close()
    assert not refused


async def photos(server: ServedApp) -> list[float]:
    """Send a photo every four seconds, and return the seconds until each photo was answered."""
    visitor = HandyVisitor(server.url)
    waits = []
    await visitor.open("draw")
    for _ in range(PHOTOS):
        # Photos are sent at a fixed pace: the attack never pauses, so there is no event to wait
        # for.
        await asyncio.sleep(4)
        begin = time.monotonic()
        await visitor.upload(photo())
        waits.append(round(time.monotonic() - begin, 2))
        assert visitor.has("back_to_drawing"), visitor.text()
        await visitor.press("back_to_drawing")
    await visitor.close()
    return waits


def photo() -> bytes:
    """Return a JPEG photo of 390 kB, like those that browsers upload."""
    content = BytesIO()
    Image.effect_noise((900, 700), 60).save(content, "JPEG", quality=85)
    return content.getvalue()


async def fill(server: ServedApp) -> float:
    """Send huge canvas messages; return the server's highest resident memory in MB."""
    visitors = [PageVisitor(server.url) for _ in range(CANVASES)]
    for visitor in visitors:
        await visitor.open("draw")
    highest = [memory(server)]
    letters = {"objects": [], "letters": "x" * CANVAS_BYTES}
    for visitor in visitors:
        # The server may refuse the message in any way; the test measures only the server's memory.
        with suppress(Exception):
            await asyncio.wait_for(visitor.draw(letters), 20)
        highest.append(memory(server))
    for visitor in visitors:
        with suppress(Exception):
            await visitor.drop()
    return max(highest)


def knock(server: ServedApp, ended: Event) -> None:
    begin = time.monotonic()
    for number in range(ORIGINS_A_SECOND * ORIGIN_SECONDS):
        with suppress(InvalidHandshake, OSError, TimeoutError):
            connect(
                f"ws{server.url.removeprefix('http')}{STREAM}", origin="https://elsewhere.example"
            ).close()
        ended.wait(max(0.0, begin + number / ORIGINS_A_SECOND - time.monotonic()))
    ended.set()


def seconds_of_health(server: ServedApp) -> float:
    """Return the seconds until ``/_stcore/health`` answers, or `NEVER` if no answer comes."""
    address = urlsplit(server.url)
    begin = time.monotonic()
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=NEVER)
    try:
        connection.request("GET", "/_stcore/health")
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return NEVER
    finally:
        connection.close()
    return time.monotonic() - begin


def memory(server: ServedApp) -> float:
    return psutil.Process(server.process.pid).memory_info().rss / 2**20
