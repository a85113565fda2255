"""Files that never change come from memory and compressed; Streamlit's page is told where its server is."""

import asyncio
import gzip
import random

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import HTMLResponse, PlainTextResponse
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


LATER = "Sat, 28 Nov 2026 20:00:00 GMT"
PAGE = "<html><head><title>Streamlit</title></head><body>" + "x" * 2_000 + "</body></html>"


@pytest.fixture
def client():
    """A browser before a server that compresses what it may, as Streamlit's does."""

    def same(request):
        known = {"if-none-match", "if-modified-since"} & set(request.headers)
        headers = {"etag": '"of Streamlit"', "last-modified": LATER}
        return HTMLResponse("" if known else PAGE, 304 if known else 200, headers=headers)

    routes = [
        Route("/same", same),
        Route("/draw", lambda request: HTMLResponse(PAGE)),
        Route("/gone", lambda request: HTMLResponse(PAGE, 404)),
        Route("/words", lambda request: PlainTextResponse(PAGE)),
    ]
    app = Starlette(routes=routes, middleware=[Middleware(Files), Middleware(GZipMiddleware)])
    return TestClient(app, headers={"accept": "text/html,*/*;q=0.8"})


def test_the_page_learns_its_server_before_anything_else_of_it_is_read(client):
    answer = client.get("/draw")
    assert answer.text.startswith("<html><head><script>window.__streamlit = { BACKEND_BASE_URL:")
    head, body = answer.text.split("<body><style>:root{--paper:")  # the style comes behind Streamlit's own
    assert head.endswith("<title>Streamlit</title></head>") and "</style>" + PAGE.partition("<body>")[2] in body
    assert int(answer.headers["content-length"]) == len(answer.content) and "content-encoding" not in answer.headers


def test_an_update_of_ours_reaches_who_has_streamlits_page(client):
    """Streamlit's page is the same file after it, and a browser asks whether that has changed."""
    first = client.get("/same")
    again = client.get("/same", headers={"if-none-match": '"of Streamlit"', "if-modified-since": LATER})
    assert again.status_code == 200 and again.text == first.text and "__streamlit" in again.text
    assert not {"etag", "last-modified"} & set(again.headers)


@pytest.mark.parametrize("path", ["/gone", "/words"])
def test_what_is_no_page_stays_as_it_is(client, path):
    assert client.get(path).text == PAGE


def test_who_asks_for_no_page_gets_the_answer_as_it_is_and_compressed(client):
    answer = client.get("/draw", headers={"accept": "application/json"})
    assert answer.text == PAGE and answer.headers["content-encoding"] == "gzip"
