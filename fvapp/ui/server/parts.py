"""The parts of the app's ``st.App``: what Streamlit's server gets from us."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket
from streamlit import config
from streamlit.web.server.starlette.starlette_websocket import _is_origin_allowed

from fvapp.core.errors import FvappError
from fvapp.engine.singleton import get_engine
from fvapp.ui.server.addresses import print_addresses
from fvapp.ui.server.live import Live

LIVE = Live(get_engine)


def parts() -> dict[str, object]:
    """Return the arguments of ``st.App`` beside the script: routes, start and end."""
    # Streamlit puts its own routes below this path and leaves ours where they say they are.
    base = config.get_option("server.baseUrlPath").strip("/")
    return {
        "routes": [WebSocketRoute(f"/{base}/live" if base else "/live", _live)],
        "lifespan": _lifespan,
    }


@asynccontextmanager
async def _lifespan(app: object) -> AsyncIterator[dict[str, object]]:
    print_addresses()
    LIVE.begin(asyncio.get_running_loop())
    preparing = asyncio.create_task(asyncio.to_thread(_prepare_engine))
    yield {}
    LIVE.end()
    await preparing


def _prepare_engine() -> None:
    """Make the engine, whose import takes a second, before the first visitor comes; its processes wait for them."""
    try:
        get_engine().listen(LIVE.changed)
    except FvappError:
        return  # a variable of the environment is no good: every page says so


async def _live(socket: WebSocket) -> None:
    if not _is_origin_allowed(socket.headers.get("origin"), socket.headers.get("host")):
        await socket.close()  # before it is accepted: 403
        return
    await LIVE.serve(socket)
