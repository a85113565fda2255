"""A proxy that shows the app as Streamlit Community Cloud does: in a frame of the host's own page.

The app is below ``/~/+/``. At every other path the proxy serves its own page, which frames the
app's page of the same path and query. The app does not know that it is served below a path:
https://github.com/streamlit/streamlit/issues/5084. The frame has the permissions that Streamlit
grants to frames in its own pages; Community Cloud does not document which ones it grants.
"""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

PREFIX = "/~/+"
PAGE = f"""<!doctype html><title>host</title>
<style>body {{ margin: 0 }} iframe {{ border: 0; width: 100vw; height: 100vh }}</style>
<iframe title="streamlitApp" allow="camera; clipboard-write; fullscreen"
  sandbox="allow-forms allow-modals allow-popups allow-popups-to-escape-sandbox
    allow-same-origin allow-scripts allow-downloads"></iframe>
<script>document.querySelector("iframe").src = "{PREFIX}" + location.pathname + location.search;</script>
"""


@contextmanager
def framing_host(app: str) -> Iterator[str]:
    """Serve the host's page and, below its path, an app.

    Yields:
        The host's address, without a slash at its end.
    """
    port = urlsplit(app).port
    began = threading.Event()
    ended = asyncio.Event()
    found: list[tuple[asyncio.AbstractEventLoop, int]] = []

    async def serve() -> None:
        server = await asyncio.start_server(
            lambda *streams: _answer(*streams, port), "127.0.0.1", 0
        )
        found.append((asyncio.get_running_loop(), server.sockets[0].getsockname()[1]))
        began.set()
        await ended.wait()
        server.close()

    thread = threading.Thread(target=asyncio.run, args=(serve(),), daemon=True)
    thread.start()
    assert began.wait(30)
    loop, own_port = found[0]
    try:
        yield f"http://127.0.0.1:{own_port}"
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join(30)


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
    """Answer one request, then close the connection unless it has become a WebSocket."""
    with suppress(OSError, asyncio.IncompleteReadError):
        head = await reader.readuntil(b"\r\n\r\n")
        method, path, rest = head.split(b" ", 2)
        if not path.startswith(f"{PREFIX}/".encode()):
            head = (
                "HTTP/1.1 200 OK",
                "Content-Type: text/html",
                f"Content-Length: {len(PAGE)}",
                "Connection: close",
            )
            writer.write("\r\n".join((*head, "", PAGE)).encode())
            await writer.drain()
        else:
            if b"upgrade: websocket" not in rest.lower():
                lines = [
                    line
                    for line in rest.split(b"\r\n")
                    if not line.lower().startswith(b"connection:")
                ]
                rest = b"\r\n".join([lines[0], b"Connection: close", *lines[1:]])
            inner, outer = await asyncio.open_connection("127.0.0.1", port)
            outer.write(b" ".join((method, path.removeprefix(PREFIX.encode()), rest)))
            await asyncio.gather(_pass_on(reader, outer), _pass_on(inner, writer))
    writer.close()


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while piece := await reader.read(65_536):
            writer.write(piece)
            await writer.drain()
    writer.close()
