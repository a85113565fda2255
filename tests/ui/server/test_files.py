"""Files that never change come from memory and compressed from the second time on; nothing else is kept."""

import asyncio
import gzip
import random

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from fvapp.ui.server import files
from fvapp.ui.server.files import Files

SCRIPT = "export const one = 1;\n" * 2_000
PICTURE = random.Random(1).randbytes(20_000)
IMMUTABLE = {"cache-control": "public, immutable, max-age=31536000"}


def without_length():
    answer = PlainTextResponse(SCRIPT, headers=IMMUTABLE)
    del answer.headers["content-length"]
    return answer


class App:
    """Counts what it is asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        routes = [
            Route("/static/one.js", self._say(lambda: PlainTextResponse(SCRIPT, headers=IMMUTABLE))),
            Route("/static/picture.woff2", self._say(lambda: PlainTextResponse(PICTURE, headers=IMMUTABLE))),
            Route("/static/index.html", self._say(lambda: PlainTextResponse(SCRIPT, headers={"cache-control": "no"}))),
            Route("/static/gone.js", self._say(lambda: PlainTextResponse("no", 404, IMMUTABLE))),
            Route("/static/endless.js", self._say(without_length)),
            Route("/media/one.js", self._say(lambda: PlainTextResponse(SCRIPT, headers=IMMUTABLE))),
        ]
        self.served = Files(Starlette(routes=routes))

    def _say(self, answer):
        def endpoint(request):
            self.asked.append(request.url.path)
            return answer()

        return endpoint

    def get(self, *paths, **headers):
        """Ask for one path after the other; what is kept is kept before the next. Return the answers."""
        answers = []
        with TestClient(self.served, headers={"accept-encoding": "gzip", **headers}) as client:
            for path in paths:
                answers.append(client.get(path))
                client.portal.call(self._until_kept)
        return answers

    async def _until_kept(self):
        await asyncio.gather(*self.served._keeping.values())


@pytest.fixture
def app():
    return App()


def test_the_second_time_it_comes_compressed_and_the_app_is_not_asked(app):
    first, second, third = app.get(*["/static/one.js"] * 3)
    assert first.text == second.text == third.text == SCRIPT and app.asked == ["/static/one.js"]
    assert "content-encoding" not in first.headers
    assert second.headers["content-encoding"] == "gzip" and second.headers["vary"] == "Accept-Encoding"
    assert int(second.headers["content-length"]) < len(SCRIPT) / 10
    assert second.headers["cache-control"] == first.headers["cache-control"]
    assert second.headers["content-type"] == first.headers["content-type"]


def test_what_is_compressed_already_is_kept_as_it_is(app):
    _, second = app.get(*["/static/picture.woff2"] * 2)
    assert second.content == PICTURE and "content-encoding" not in second.headers
    assert app.asked == ["/static/picture.woff2"]


@pytest.mark.parametrize("path", ["/static/index.html", "/static/gone.js", "/media/one.js"])
def test_what_may_change_is_asked_for_each_time(app, path):
    first, second = app.get(path, path)
    assert first.status_code == second.status_code and first.text == second.text and app.asked == [path, path]


def test_who_wants_another_form_gets_it(app):
    app.get("/static/one.js")
    (plain,) = app.get("/static/one.js", **{"accept-encoding": "identity"})
    assert plain.text == SCRIPT and "content-encoding" not in plain.headers
    app.get("/static/one.js", range="bytes=0-9")
    assert len(app.asked) == 3


def test_no_more_is_kept_than_the_bound(app, monkeypatch):
    monkeypatch.setattr(files, "MOST_BYTES", len(SCRIPT) + len(gzip.compress(SCRIPT.encode())) - 1)
    app.get(*["/static/one.js"] * 2, *["/static/picture.woff2"] * 2)
    assert app.asked == ["/static/one.js", "/static/picture.woff2"]
    app.get(*["/static/endless.js"] * 2)  # says nothing of its length: passes in pieces
    assert app.asked[2:] == ["/static/endless.js"] * 2
