"""Serves the app's smallest edition: a page that trains a network without the server."""

import asyncio
from functools import cache

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from fvapp.core.datasets import load_dataset
from fvapp.core.errors import FvappError
from fvapp.core.export.home import FILE, HOME_IMAGES, write_home_page
from fvapp.core.places import AppFolders
from fvapp.i18n import Translator, language_tags
from fvapp.ui.server.handing import SANDBOXED

HOME_PATH = "home"


@cache
def smallest_edition_html() -> bytes:
    """Return the app's smallest edition, an HTML page that is the same for everybody.

    Raises:
        FvappError: a data set is damaged.
    """
    places = AppFolders.from_environ()
    return write_home_page(
        [load_dataset(name, places) for name in HOME_IMAGES], [*map(Translator, language_tags())]
    )


async def serve_smallest_edition(request: Request) -> Response:
    """Return the response with the app's smallest edition, or 404 if a data set is damaged."""
    try:
        content = await asyncio.to_thread(smallest_edition_html)
    except FvappError:
        return PlainTextResponse("Not found", 404, SANDBOXED)
    # The file name marks the page as a download, so `fvapp.ui.server.files` adds no scripts to the
    # page.
    named = {"Content-Disposition": f'inline; filename="{FILE}"', "Cache-Control": "no-cache"}
    return Response(content, media_type="text/html", headers=SANDBOXED | named)
