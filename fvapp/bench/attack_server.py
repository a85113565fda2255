"""Attacks on the doors of the server, over sockets, at the app as ``streamlit run`` serves it."""

from __future__ import annotations

import asyncio
import http.client
import resource
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from http.cookies import SimpleCookie
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlsplit

import psutil
from websockets.exceptions import InvalidHandshake
from websockets.sync.client import connect

from fvapp.bench.measuring import Measure
from fvapp.bench.page_visitor import PageVisitor
from fvapp.bench.served_app import ServedApp, serve_app

SILENT = 2_000
SHELL_FILES = 1_024  # what many a shell allows a process
LOOKS = 20
ORIGINS_A_SECOND, ORIGIN_SECONDS = 30, 10
UPLOADS, UPLOAD_BYTES = 150, 2 * 2**20 - 4_096
CANVASES, CANVAS_BYTES = 15, 9 * 10**6
STREAM = "/_stcore/stream"
NEVER = 30.0  # seconds


def open_silent_connections(home: Path) -> Iterator[Measure]:
    """2,000 connections that say nothing, to a server that may have 1,024 files open."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 2 * SILENT), hard))  # this process has them open too
    with serve_app(environ={"FVAPP_HOME": str(home)}, most_files=SHELL_FILES) as server, ExitStack() as stack:
        address = urlsplit(server.url)
        for _ in range(SILENT):
            silent = stack.enter_context(socket.socket())
            silent.settimeout(5)
            with suppress(OSError):  # it may be closed at once
                silent.connect((address.hostname, address.port))
        seconds = [_seconds_of_health(server) for _ in range(LOOKS)]
        log = server.log.stat().st_size
    name = f"/health, slowest of {LOOKS}, under {SILENT} silent connections"
    yield Measure(name, "s", [max(seconds)], must=0.5, notes={"seconds": seconds, "bytes of log": log})


def knock_with_wrong_origins(home: Path) -> Iterator[Measure]:
    """30 handshakes a second from a page of another site."""
    with serve_app(environ={"FVAPP_HOME": str(home)}) as server:
        ended = Event()
        knocking = Thread(target=_knock, args=(server, ended))
        knocking.start()
        seconds = []
        while not ended.wait(0.3):
            seconds.append(_seconds_of_health(server))
        knocking.join()
    name = f"/health, slowest, under {ORIGINS_A_SECOND} wrong origins a second"
    yield Measure(name, "s", [max(seconds)], must=0.1, notes={"seconds": seconds})


def upload_what_nobody_asked_for(home: Path) -> Iterator[Measure]:
    """150 files of 2 MB and 15 canvases of 9 MB, from 15 sessions that go away afterwards."""
    with serve_app(environ={"FVAPP_HOME": str(home)}) as server:
        full, after = asyncio.run(_fill(server))
    yield Measure(f"server with {UPLOADS} uploads and {CANVASES} canvases nobody asked for", "MB", [full], must=300)
    yield Measure("the same server 30 s after the sessions went", "MB", [after], must=230)


async def _fill(server: ServedApp) -> tuple[float, float]:
    """Return the server's resident memory at its fullest, and half a minute after the sessions have gone."""
    visitors = [PageVisitor(server.url) for _ in range(CANVASES)]
    for visitor in visitors:
        await visitor.open("draw")
    highest = [_memory(server)]
    for number in range(UPLOADS):
        await asyncio.to_thread(_upload, server, visitors[number % len(visitors)].session, str(number))
        highest.append(_memory(server))
    letters = {"objects": [], "letters": "x" * CANVAS_BYTES}
    for visitor in visitors:
        with suppress(Exception):  # refused in whatever way: what counts is the memory
            await asyncio.wait_for(visitor.draw(letters), 20)
        highest.append(_memory(server))
    for visitor in visitors:
        with suppress(Exception):
            await visitor.drop()
    await asyncio.sleep(30)
    return max(highest), _memory(server)


def _upload(server: ServedApp, session: str, name: str) -> None:
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
        if answer.status >= 500:
            raise RuntimeError(f"the server failed at an upload: {answer.status}")
    connection.close()


def _knock(server: ServedApp, ended: Event) -> None:
    begin = time.monotonic()
    for number in range(ORIGINS_A_SECOND * ORIGIN_SECONDS):
        with suppress(InvalidHandshake, OSError, TimeoutError):
            connect(f"ws{server.url.removeprefix('http')}{STREAM}", origin="https://elsewhere.example").close()
        ended.wait(max(0.0, begin + number / ORIGINS_A_SECOND - time.monotonic()))
    ended.set()


def _seconds_of_health(server: ServedApp) -> float:
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


def _memory(server: ServedApp) -> float:
    return psutil.Process(server.process.pid).memory_info().rss / 2**20
