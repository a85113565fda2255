"""Makes the arguments of ``st.App``: routes, middleware and lifespan."""

import asyncio
import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route, WebSocketRoute

from fvapp.core.datasets import PICTURED, load_dataset
from fvapp.core.errors import FvappError
from fvapp.core.places import AppFolders
from fvapp.engine.singleton import get_engine
from fvapp.ui.server.addresses import print_addresses, print_teachers_address
from fvapp.ui.server.doors import RequestGuard, named_hosts_middleware
from fvapp.ui.server.files import CompressedFiles
from fvapp.ui.server.fonts import serve_font
from fvapp.ui.server.greetings import GreetingMiddleware
from fvapp.ui.server.guards import guarding_server
from fvapp.ui.server.handing import PATH, FileHandover
from fvapp.ui.server.home import HOME_PATH, serve_smallest_edition
from fvapp.ui.server.live import LiveSockets
from fvapp.ui.server.shares import SHARES
from fvapp.ui.server.sockets import SocketMiddleware

LIVE = LiveSockets(get_engine)
HANDING = FileHandover(lambda code: get_engine().students.find_network_on_wall(code))


def app_arguments() -> dict[str, object]:
    """Return all arguments of ``st.App`` except the script: routes, middleware and lifespan."""
    # Streamlit adds this path to its own routes, but not to the app's routes.
    base = st.get_option("server.baseUrlPath").strip("/")
    below = f"/{base}" if base else ""
    return {
        "routes": [
            WebSocketRoute(f"{below}/live", LIVE.serve_socket),
            Route(f"{below}/{PATH}/{{code}}", HANDING.serve_file),
            Route(f"{below}/{HOME_PATH}", serve_smallest_edition),
            Route(f"{below}/fonts/{{name}}", serve_font),
        ],
        "middleware": [
            Middleware(RequestGuard),
            named_hosts_middleware(),
            Middleware(CompressedFiles),
            Middleware(GreetingMiddleware),
            Middleware(SocketMiddleware, SHARES),
        ],
        "lifespan": _server_lifespan,
    }


@asynccontextmanager
async def _server_lifespan(app: object) -> AsyncIterator[dict[str, object]]:
    with guarding_server():
        print_addresses()
        LIVE.start_serving_sockets(asyncio.get_running_loop())
        preparing = asyncio.create_task(asyncio.to_thread(_prepare_server))
        yield {}
        LIVE.stop_serving_sockets()
        await preparing


def _prepare_server() -> None:
    """Start the engine and unpack the data sets, so that the first visitor need not wait."""
    try:
        engine = get_engine()
        engine.teachers.show_teachers_addresses(print_teachers_address)
        engine.workspaces.call_on_changes(LIVE.notify_pages)
        engine.start()
        for name in PICTURED:
            load_dataset(name, AppFolders.from_environ())
        import_module("scipy.ndimage")  # imported early, as the first drawing needs it
    except FvappError:
        # An environment variable is invalid, or a file of the app is damaged. Every page reports
        # this error.
        return
    finally:
        # Without this call, a full garbage collection would visit all objects imported so far, and
        # block the server meanwhile. The first visitor's script run imports the other modules, and
        # freezes their objects, too.
        gc.freeze()
