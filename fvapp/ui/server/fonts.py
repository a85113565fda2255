"""Serves the app's font at an address below the app's page, where any proxy can reach it."""

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse

from fvapp.ui.style import FONTS

_KEPT = {"Cache-Control": "public, max-age=31536000, immutable"}


async def serve_font(request: Request) -> FileResponse:
    """Return a file of the app's font.

    Raises:
        HTTPException: 404 if the font has no such file.
    """
    files = {path.name: path for path in FONTS.glob("*.woff2")}
    found = files.get(request.path_params["name"])
    if found is None:
        raise HTTPException(404)
    return FileResponse(found, media_type="font/woff2", headers=_KEPT)
