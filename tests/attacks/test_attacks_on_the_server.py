"""What a stranger does at the doors of the app as ``streamlit run`` serves it, over sockets.

With ``-s`` the figures are printed. They hold with nothing beside the test.
"""

import asyncio
import http.client
import time
from contextlib import suppress
from io import BytesIO
from threading import Event, Thread
from urllib.parse import urlsplit

import psutil
import pytest
from PIL import Image
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.frames import Frame, Opcode
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from fvapp.bench.page_visitor import PageVisitor
from fvapp.bench.served_app import ServedApp, serve_app
from real_engine import wait_until

pytestmark = pytest.mark.long

ORIGINS_A_SECOND, ORIGIN_SECONDS = 30, 10
CANVASES, CANVAS_BYTES = 15, 9 * 10**6
SLOW, PHOTOS, BURST, DRIP = 66, 6, 1_016_000, 200  # messages that come bit by bit; all bursts are what may be held
STREAM = "/_stcore/stream"
NEVER = 30.0  # seconds


def test_30_handshakes_a_second_from_another_sites_page_leave_it_answering(tmp_path):
    seconds = []
    with serve_app(environ={"FVAPP_HOME": str(tmp_path)}) as server:
        ended = Event()
        knocking = Thread(target=knock, args=(server, ended))
        knocking.start()
        while not ended.wait(0.3):
            seconds.append(seconds_of_health(server))
        knocking.join()
    print(f"\n/health: slowest {max(seconds):.3f} s")
    assert max(seconds) <= 0.1


def test_15_large_canvases_nobody_asked_for_are_not_kept(tmp_path):
    with serve_app(environ={"FVAPP_HOME": str(tmp_path)}) as server:
        full, begin = asyncio.run(fill(server)), time.monotonic()
        print(f"\nserver: {full:.0f} MB, {memory(server):.0f} MB when the sessions have gone")
        assert full <= 300
        wait_until(lambda: memory(server) <= 230, seconds=30)
        print(f"{memory(server):.0f} MB {time.monotonic() - begin:.1f} s later")


@pytest.mark.parametrize("burst", [0, BURST], ids=["from the first byte on", "after a burst"])
@pytest.mark.parametrize("path", [STREAM, "/live"])
def test_66_messages_that_come_bit_by_bit_keep_no_photo_waiting(tmp_path, path, burst):
    with serve_app(environ={"FVAPP_HOME": str(tmp_path)}) as server:
        ended, cut = Event(), []
        script = [Thread(target=drip, args=(server, path, burst, ended, cut)) for _ in range(SLOW)]
        for each in script:
            each.start()
        try:
            waits = asyncio.run(photos(server, ended))
        finally:
            ended.set()
            for each in script:
                each.join()
        print(f"\nphotos answered after {waits} s; {len(cut)} messages let go; server {memory(server):.0f} MB")
    assert max(waits) <= 3
    assert len(cut) >= SLOW


async def photos(server: ServedApp, ended: Event) -> list[float]:
    """Send a photo every few seconds, and return the seconds until each was answered."""
    visitor, waits = PageVisitor(server.url), []
    await visitor.open("draw")
    for _ in range(PHOTOS):
        await asyncio.to_thread(ended.wait, 4)
        begin = time.monotonic()
        await visitor.upload(photo())
        waits.append(round(time.monotonic() - begin, 2))
        assert visitor.has("back_to_drawing"), visitor.text()
        await visitor.press("back_to_drawing")
    await visitor.close()
    return waits


def photo() -> bytes:
    """Return a photo as a browser sends it, of 390 kB."""
    content = BytesIO()
    Image.effect_noise((900, 700), 60).save(content, "JPEG", quality=85)
    return content.getvalue()


def drip(server: ServedApp, path: str, burst: int, ended: Event, cut: list[float]) -> None:
    """Send a message that never ends, a few bytes at a time, and begin another when it is let go."""
    protocols = [Subprotocol("streamlit")] if path == STREAM else None
    while not ended.is_set():
        begin = time.monotonic()
        with suppress(OSError, ConnectionClosed, InvalidHandshake, TimeoutError):
            with connect(f"ws{server.url.removeprefix('http')}{path}", subprotocols=protocols, compression=None) as ws:
                ws.socket.sendall(Frame(Opcode.BINARY, bytes(burst), fin=False).serialize(mask=True))
                while not ended.wait(1):
                    ws.ping()  # raises once the server has gone
                    ws.socket.sendall(Frame(Opcode.CONT, bytes(DRIP), fin=False).serialize(mask=True))
        cut.append(time.monotonic() - begin)


async def fill(server: ServedApp) -> float:
    """Return the server's resident memory at its fullest; the sessions have gone then."""
    visitors = [PageVisitor(server.url) for _ in range(CANVASES)]
    for visitor in visitors:
        await visitor.open("draw")
    highest = [memory(server)]
    letters = {"objects": [], "letters": "x" * CANVAS_BYTES}
    for visitor in visitors:
        with suppress(Exception):  # refused in whatever way: what counts is the memory
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
            connect(f"ws{server.url.removeprefix('http')}{STREAM}", origin="https://elsewhere.example").close()
        ended.wait(max(0.0, begin + number / ORIGINS_A_SECOND - time.monotonic()))
    ended.set()


def seconds_of_health(server: ServedApp) -> float:
    """Return how long ``/_stcore/health`` takes; `NEVER` where it does not answer."""
    address, begin = urlsplit(server.url), time.monotonic()
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
