"""What a stranger does at the doors of the app as ``streamlit run`` serves it, over sockets.

With ``-s`` the figures are printed. They hold with nothing beside the test.
"""

from __future__ import annotations

import asyncio
import http.client
import resource
import socket
import time
from contextlib import ExitStack, suppress
from http.cookies import SimpleCookie
from threading import Event, Thread
from urllib.parse import urlsplit

import psutil
import pytest
from websockets.exceptions import InvalidHandshake
from websockets.sync.client import connect

from fvapp.bench.page_visitor import PageVisitor
from fvapp.bench.served_app import ServedApp, serve_app
from real_engine import wait_until

pytestmark = pytest.mark.long

SILENT = 2_000
SHELL_FILES = 1_024  # what many a shell allows a process
LOOKS = 20
ORIGINS_A_SECOND, ORIGIN_SECONDS = 30, 10
UPLOADS, UPLOAD_BYTES = 150, 2 * 2**20 - 4_096
CANVASES, CANVAS_BYTES = 15, 9 * 10**6
STREAM = "/_stcore/stream"
NEVER = 30.0  # seconds


def test_2000_silent_connections_to_a_server_that_may_open_1024_files_leave_it_answering(tmp_path):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 2 * SILENT), hard))  # this process has them open too
    few_files = ("prlimit", f"--nofile={SHELL_FILES}")
    with serve_app(environ={"FVAPP_HOME": str(tmp_path)}, within=few_files) as server, ExitStack() as stack:
        address = urlsplit(server.url)
        for _ in range(SILENT):
            silent = stack.enter_context(socket.socket())
            silent.settimeout(5)
            with suppress(OSError):  # it may be closed at once
                silent.connect((address.hostname, address.port))
        seconds = [seconds_of_health(server) for _ in range(LOOKS)]
        log = server.log.stat().st_size
    print(f"\n/health: slowest {max(seconds):.3f} s; {log} bytes of log")
    assert max(seconds) <= 0.5


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


def test_150_uploads_and_15_large_canvases_nobody_asked_for_are_not_kept(tmp_path):
    with serve_app(environ={"FVAPP_HOME": str(tmp_path)}) as server:
        full, begin = asyncio.run(fill(server)), time.monotonic()
        print(f"\nserver: {full:.0f} MB, {memory(server):.0f} MB when the sessions have gone")
        assert full <= 300
        wait_until(lambda: memory(server) <= 230, seconds=30)
        print(f"{memory(server):.0f} MB {time.monotonic() - begin:.1f} s later")


async def fill(server: ServedApp) -> float:
    """Return the server's resident memory at its fullest; the sessions have gone then."""
    visitors = [PageVisitor(server.url) for _ in range(CANVASES)]
    for visitor in visitors:
        await visitor.open("draw")
    highest = [memory(server)]
    for number in range(UPLOADS):
        await asyncio.to_thread(upload, server, visitors[number % len(visitors)].session, str(number))
        highest.append(memory(server))
    letters = {"objects": [], "letters": "x" * CANVAS_BYTES}
    for visitor in visitors:
        with suppress(Exception):  # refused in whatever way: what counts is the memory
            await asyncio.wait_for(visitor.draw(letters), 20)
        highest.append(memory(server))
    for visitor in visitors:
        with suppress(Exception):
            await visitor.drop()
    return max(highest)


def upload(server: ServedApp, session: str, name: str) -> None:
    """Put a file into the memory of a session, as the page's uploader does."""
    address = urlsplit(server.url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
    connection.request("GET", "/_stcore/health")
    answer = connection.getresponse()
    answer.read()
    cookies = SimpleCookie(answer.headers.get("Set-Cookie", ""))
    headers = {"Content-Type": "multipart/form-data; boundary=edge"}
    for cookie in cookies.values():
        headers |= {"Cookie": f"{cookie.key}={cookie.value}", "X-Xsrftoken": cookie.value}
    head = f'--edge\r\nContent-Disposition: form-data; name="{name}"; filename="{name}.png"\r\n\r\n'
    body = head.encode() + bytes(UPLOAD_BYTES) + b"\r\n--edge--\r\n"
    with suppress(OSError, http.client.HTTPException):
        connection.request("PUT", f"/_stcore/upload_file/{session}/{name}", body, headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status < 500
    connection.close()


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
