"""A small app behind uvicorn, with which middleware is tested over real sockets."""

import http.client
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from fvapp.ui.compat.connections import client_ip_network


async def say_hello(request: Request) -> PlainTextResponse:
    headers = {"address": str(client_ip_network(request.scope))}
    return PlainTextResponse(f"{len(await request.body())} bytes", headers=headers)


async def say_much(request: Request) -> PlainTextResponse:
    # This answer is larger than the system's buffers, so it waits for clients that do not read.
    return PlainTextResponse("x" * 2**24)


async def echo(socket: WebSocket) -> None:
    await socket.accept()
    async for text in socket.iter_text():
        await socket.send_text(text)


class Served:
    """A running server.

    Attributes:
        port: the server's port on this machine.
    """

    def __init__(self, port: int) -> None:
        self.port = port

    def ask(
        self, path: str, method: str = "GET", body: bytes = b"", **headers: str
    ) -> http.client.HTTPResponse:
        """Send one request, and return the complete answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(method, path, body or None, headers)
        answer = connection.getresponse()
        answer.content = answer.read()
        connection.close()
        return answer


@pytest.fixture
def serve() -> Callable[..., object]:
    """Return ``serve(*middleware, during=...)``, a context manager that yields a `Served`."""

    @contextmanager
    def serve(
        *middleware: Middleware, during: Callable[[], object] = nullcontext
    ) -> Iterator[Served]:
        @asynccontextmanager
        async def lifespan(app: Starlette) -> AsyncIterator[None]:
            with during():
                yield

        paths = ("/", "/_stcore/health", "/_stcore/metrics")
        routes = [Route(path, say_hello, methods=["GET"]) for path in paths]
        routes += [Route("/large", say_much)]
        routes += [Route("/_stcore/upload_file/{session}/{file}", say_hello, methods=["PUT"])]
        app = Starlette(
            routes=[*routes, WebSocketRoute("/live", echo)],
            middleware=list(middleware),
            lifespan=lifespan,
        )
        server = uvicorn.Server(
            uvicorn.Config(app, port=0, log_level="critical", ws="websockets-sansio")
        )
        thread = threading.Thread(target=server.run)
        thread.start()
        try:
            while not server.started:
                assert thread.is_alive()
                thread.join(0.01)
            yield Served(server.servers[0].sockets[0].getsockname()[1])
        finally:
            server.should_exit = True
            thread.join()

    return serve
