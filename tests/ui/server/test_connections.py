"""Connections are closed if the client sends nothing, and stay open once it has sent something."""

import socket
import subprocess
import sys
import time
from contextlib import ExitStack, suppress

import psutil
import pytest
from starlette.middleware import Middleware
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode
from websockets.sync.client import connect

from fvapp.ui.compat.connections import PROXIES, reporting_message_bytes
from fvapp.ui.server.connections import SlowMessageGuard, raise_file_limit, watch_connections
from fvapp.ui.server.doors import RequestGuard
from real_engine import wait_until

SECONDS = 0.5
HALF = b"GET / HTTP/1.1\r\nHost: here\r\n"
WHOLE = HALF + b"\r\n"
LARGE = b"GET /large HTTP/1.1\r\nHost: here\r\n\r\n"


def watched(serve, seconds: float = SECONDS, **limits: int):
    """Serve with a watch that closes silent connections."""
    return serve(during=lambda: watch_connections(seconds, **limits))


def open_silently(server, said: bytes = b"") -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", server.port), timeout=30)
    connection.sendall(said)
    return connection


def read_all(connection: socket.socket) -> int | None:
    """Return how many bytes arrive until the server closes the connection, or None after 30 s."""
    count = 0
    with connection, suppress(TimeoutError):
        with suppress(ConnectionResetError):
            while more := connection.recv(2**20):
                count += len(more)
        return count


def is_closed(connection: socket.socket) -> bool:
    return read_all(connection) is not None


SILENT = {
    "nothing": b"",
    "a letter": b"G",
    "half a request": HALF,
    "no second one": WHOLE,
    "half of it": WHOLE + b"G",
}


@pytest.mark.parametrize("said", SILENT.values(), ids=SILENT)
def test_a_connection_without_a_request_is_closed(serve, said):
    with watched(serve) as server:
        assert is_closed(open_silently(server, said)) and server.ask("/").status == 200


def test_an_answer_that_nobody_reads_is_let_go(serve):
    def is_open() -> bool:
        found = psutil.Process().net_connections("tcp")
        return deaf.getsockname() in [each.raddr for each in found]

    with watched(serve, SECONDS / 5) as server, open_silently(server, LARGE) as deaf:
        wait_until(is_open)
        wait_until(lambda: not is_open())


@pytest.mark.parametrize(("proxies", "address"), [("", "None"), ("127.0.0.1", "10.0.0.7")])
def test_who_asks_is_who_connects_unless_a_proxy_is_configured(
    serve, monkeypatch, proxies, address
):
    monkeypatch.setenv(PROXIES, proxies)
    with watched(serve) as server:
        assert server.ask("/", **{"X-Forwarded-For": "10.0.0.7"}).headers["address"] == address


def test_a_websocket_may_be_silent(serve):
    with (
        watched(serve) as server,
        connect(f"ws://127.0.0.1:{server.port}/live") as ws,
    ):
        assert is_closed(open_silently(server))
        # By now, the WebSocket has been open for more than twice the time limit.
        assert is_closed(open_silently(server))
        ws.send("still here")
        assert ws.recv() == "still here"


def test_a_slow_upload_has_asked_in_time(serve):
    head = b"PUT /_stcore/upload_file/a/b HTTP/1.1\r\nHost: here\r\nContent-Length: 4\r\n\r\n"
    with (
        watched(serve) as server,
        open_silently(server, head + b"ab") as slow,
    ):
        assert is_closed(open_silently(server)) and is_closed(open_silently(server))
        slow.sendall(b"cd")
        answer = b""
        while not answer.endswith(b"4 bytes"):
            answer += slow.recv(1_000) or b"nothing but 4 bytes"
        assert answer.startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize("path", ["/", "/_stcore/upload_file/a/b"])
def test_a_body_that_comes_bit_by_bit_is_answered_and_its_connection_closed(serve, path):
    head = f"PUT {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4000000\r\n\r\nab".encode()
    with serve(Middleware(RequestGuard)) as server, open_silently(server, head) as slow:
        answer = b""
        while piece := slow.recv(1_000):
            answer += piece
        assert answer.startswith((b"HTTP/1.1 404", b"HTTP/1.1 405"))
        assert b"connection: close" in answer.lower()


def open_socket(server):
    return connect(f"ws://127.0.0.1:{server.port}/live", compression=None)


def send_piece(
    ws, content: bytes, opcode=Opcode.TEXT, fin: bool = False, most: int | None = None
) -> None:
    """Send a fragment of a message, or only the first `most` bytes of the fragment."""
    ws.socket.sendall(Frame(opcode, content, fin=fin).serialize(mask=True)[:most])


def is_let_go(ws) -> bool:
    with pytest.raises(ConnectionClosed):
        ws.recv(timeout=30)
    return True


def guarded(serve, seconds: float = SECONDS, **limits: int):
    """Serve with a guard that drops messages if they arrive too slowly."""
    slow = SlowMessageGuard(seconds=seconds, **limits)
    return serve(
        during=lambda: reporting_message_bytes(slow.note_received_bytes, slow.forget_message)
    )


def test_a_message_that_comes_too_slowly_is_let_go_and_what_is_complete_is_not(serve):
    with (
        guarded(serve) as server,
        open_socket(server) as whole,
        open_socket(server) as begun,
        open_socket(server) as half,
    ):
        whole.send("x" * 200_000)
        assert whole.recv() == "x" * 200_000
        send_piece(begun, b"x" * 100)
        send_piece(half, b"x" * 1_000, fin=True, most=500)
        assert is_let_go(begun) and is_let_go(half)
        whole.send("still here")
        assert whole.recv() == "still here"


def test_a_message_that_comes_fast_enough_may_take_its_time(serve):
    with guarded(serve) as server, open_socket(server) as ws:
        send_piece(ws, b"x" * 40_000)
        with open_socket(server) as slow:
            send_piece(slow, b"x")
            assert is_let_go(slow)
        send_piece(ws, b"end", Opcode.CONT, fin=True)
        assert ws.recv(timeout=30) == "x" * 40_000 + "end"


def test_beyond_the_most_bytes_those_go_that_were_begun_first_however_fast_they_began(serve):
    with (
        guarded(serve, most=100_000, seconds=600) as server,
        ExitStack() as stack,
    ):
        bursts = [stack.enter_context(open_socket(server)) for _ in range(3)]
        for ws in bursts:
            send_piece(ws, b"x" * 32_000)
            ws.ping().wait(30)  # the pong shows that the fragment has arrived
        slow = stack.enter_context(open_socket(server))
        for _ in range(4):
            send_piece(slow, b"x" * 2_000, Opcode.CONT if _ else Opcode.TEXT)
        assert is_let_go(bursts[0])
        for ws, begun in ((bursts[1], 32_000), (bursts[2], 32_000), (slow, 8_000)):
            send_piece(ws, b"end", Opcode.CONT, fin=True)
            assert ws.recv(timeout=30) == "x" * begun + "end"


def test_tiny_fragments_count_for_what_they_take(serve):
    with (
        guarded(serve, most=100_000, seconds=600) as server,
        open_socket(server) as ws,
    ):
        send_piece(ws, b"x")
        with suppress(OSError):
            # The client sends 2,000 fragments, which have 16,000 bytes in all.
            ws.socket.sendall(Frame(Opcode.CONT, b"xy", fin=False).serialize(mask=True) * 2_000)
        assert is_let_go(ws)


def test_beyond_the_most_the_oldest_silent_one_goes_at_once_and_everybody_else_is_served(serve):
    with watched(serve, 600, most=20) as server, ExitStack() as open_ones:
        ws = open_ones.enter_context(connect(f"ws://127.0.0.1:{server.port}/live"))
        silent = [open_ones.enter_context(open_silently(server)) for _ in range(60)]
        assert server.ask("/").status == 200
        assert all(is_closed(each) for each in silent[:39])
        silent[-1].sendall(HALF + b"\r\n")
        assert silent[-1].recv(8) == b"HTTP/1.1"
        ws.send("here")
        assert ws.recv() == "here"


def test_beyond_the_most_the_oldest_goes_that_reads_drop_by_drop(serve):
    with watched(serve, 600, most=2) as server, ExitStack() as open_ones:
        slow = [open_ones.enter_context(open_silently(server, LARGE)) for _ in range(4)]
        assert [each.recv(8) for each in slow] == [b"HTTP/1.1"] * 4
        slow += [open_ones.enter_context(open_silently(server))]
        assert all(read_all(each) < 2**24 for each in slow[:3]) and slow[3].recv(2**20)


def test_the_limit_of_files_is_raised_as_far_as_it_may():
    resource = pytest.importorskip("resource")
    code = "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (64, {hard}));"
    code += "from fvapp.ui.server.connections import raise_file_limit; print(raise_file_limit(256),"
    code += "*resource.getrlimit(resource.RLIMIT_NOFILE))"
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    for most, expected in ((128, "128 128 128"), (hard, f"256 256 {hard}")):
        done = subprocess.run(
            [sys.executable, "-c", code.format(hard=most)], capture_output=True, text=True
        )
        assert done.stdout.strip() == expected, done.stderr
    assert raise_file_limit(1) >= 1


def test_a_server_that_has_ended_leaves_no_trace(serve):
    with watched(serve, 0.01):
        pass
    with serve() as server, open_silently(server) as silent:
        time.sleep(0.2)  # enough time for the previous server's timer, if it still ran
        silent.sendall(HALF + b"\r\n")
        assert silent.recv(8) == b"HTTP/1.1"
