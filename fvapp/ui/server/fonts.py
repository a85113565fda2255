"""Serves the app's own font at an address below the page's, where any proxy can reach it."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse

from fvapp.ui.style import FONTS

_KEPT = {"Cache-Control": "public, max-age=31536000, immutable"}


async def serve_font(request: Request) -> FileResponse:
    """Return a file of the app's font.

    Raises:
        HTTPException: 404 if there is no such file.
    """
    files = {path.name: path for path in FONTS.glob("*.woff2")}
    found = files.get(request.path_params["name"])
    if found is None:
        raise HTTPException(404)
    return FileResponse(found, media_type="font/woff2", headers=_KEPT)
