"""Static files are served compressed from memory; Streamlit's page gets our script and styles."""

import random
import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import HTMLResponse, PlainTextResponse, StreamingResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from fvapp.ui.server import files
from fvapp.ui.server.files import CompressedFiles

SCRIPT = "export const one = 1;\n" * 2_000
PICTURE = random.Random(1).randbytes(20_000)
IMMUTABLE = {"cache-control": "public, immutable, max-age=31536000"}


ANSWERS = {
    "/static/one.js": lambda: PlainTextResponse(SCRIPT, headers=IMMUTABLE),
    "/static/picture.woff2": lambda: PlainTextResponse(PICTURE, headers=IMMUTABLE),
    "/static/index.html": lambda: PlainTextResponse(SCRIPT, headers={"cache-control": "no"}),
    "/static/gone.js": lambda: PlainTextResponse("no", 404, IMMUTABLE),
    "/static/endless.js": lambda: StreamingResponse(iter([SCRIPT]), headers=IMMUTABLE),
    "/media/one.js": lambda: PlainTextResponse(SCRIPT, headers=IMMUTABLE),
}


class App:
    """An app that records the paths that it is asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        routes = [Route(path, self._answer) for path in ANSWERS]
        self.served = CompressedFiles(Starlette(routes=routes))

    def _answer(self, request):
        self.asked.append(request.url.path)
        return ANSWERS[request.url.path]()

    def get(self, *paths, **headers):
        """Request the paths in turn; return the answers."""
        with TestClient(self.served, headers={"accept-encoding": "gzip", **headers}) as client:
            return [client.get(path) for path in paths]


@pytest.fixture
def app():
    return App()


def test_it_comes_compressed_and_the_app_is_asked_once(app):
    answers = app.get(*["/static/one.js"] * 2)
    for answer in answers:
        assert answer.text == SCRIPT and int(answer.headers["content-length"]) < len(SCRIPT) / 10
        kept = {"content-encoding": "gzip", "vary": "Accept-Encoding", **IMMUTABLE}
        assert kept.items() <= dict(answer.headers).items()
        assert answer.headers["content-type"].startswith("text/plain")
    assert app.asked == ["/static/one.js"]


def test_all_who_come_at_once_get_what_was_read_once(app):
    with (
        TestClient(app.served, headers={"accept-encoding": "gzip"}) as client,
        ThreadPoolExecutor(20) as pool,
    ):
        answers = list(pool.map(lambda _: client.get("/static/one.js"), range(20)))
    assert {answer.text for answer in answers} == {SCRIPT} and app.asked == ["/static/one.js"]


def test_what_is_compressed_already_is_kept_as_it_is(app):
    _, second = app.get(*["/static/picture.woff2"] * 2)
    assert second.content == PICTURE and "content-encoding" not in second.headers
    assert app.asked == ["/static/picture.woff2"]


@pytest.mark.parametrize("path", ["/static/index.html", "/static/gone.js", "/media/one.js"])
def test_what_may_change_is_asked_for_each_time(app, path):
    first, second = app.get(path, path)
    assert (first.status_code, first.text) == (second.status_code, second.text)
    assert set(app.asked) == {path} and len(app.asked) >= 2


def test_who_wants_another_form_gets_it(app):
    app.get("/static/one.js")
    (plain,) = app.get("/static/one.js", **{"accept-encoding": "identity"})
    assert plain.text == SCRIPT and "content-encoding" not in plain.headers
    app.get("/static/one.js", range="bytes=0-9")
    assert len(app.asked) == 3


def test_no_more_is_kept_than_the_bound(app, monkeypatch):
    monkeypatch.setattr(files, "MOST_BYTES", len(SCRIPT))
    # With this setting, compression is never worthwhile, so the files keep their size.
    monkeypatch.setattr(files, "_WORTH", 0)
    for path in ("/static/one.js", "/static/picture.woff2", "/static/endless.js"):
        app.get(path)
    app.asked.clear()
    app.get("/static/one.js", "/static/picture.woff2", "/static/endless.js")
    # The app itself serves the picture, which exceeds the limit, and the file without a length.
    assert app.asked == ["/static/picture.woff2", "/static/endless.js"]


LATER = "Sat, 28 Nov 2026 20:00:00 GMT"
PAGE = "<html><head><title>Streamlit</title></head><body>" + "x" * 2_000 + "</body></html>"


@pytest.fixture
def client():
    """Return the client of a server that compresses whatever it may, as Streamlit's server does."""

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
    middleware = [Middleware(CompressedFiles), Middleware(GZipMiddleware)]
    app = Starlette(routes=routes, middleware=middleware)
    return TestClient(app, headers={"accept": "text/html,*/*;q=0.8"})


def test_the_page_learns_its_server_before_anything_else_of_it_is_read(client):
    answer = client.get("/draw")
    start = r"<html><head>(<link[^>]+>)?<script>window.__streamlit = \{ BACKEND_BASE_URL:"
    assert re.match(start, answer.text)
    # Our styles come after Streamlit's own.
    head, body = answer.text.split("<body><style>:root{--")
    assert head.endswith("<title>Streamlit</title></head>")
    assert "</style>" + PAGE.partition("<body>")[2] in body
    assert int(answer.headers["content-length"]) < len(answer.content)
    assert answer.headers["content-encoding"] == "gzip"


def test_an_update_of_ours_reaches_who_has_streamlits_page(client):
    """Even if Streamlit's file is unchanged, a browser that asks again gets our new page."""
    first = client.get("/same")
    known = {"if-none-match": '"of Streamlit"', "if-modified-since": LATER}
    again = client.get("/same", headers=known)
    assert again.status_code == 200 and again.text == first.text and "__streamlit" in again.text
    assert not {"etag", "last-modified"} & set(again.headers)


@pytest.mark.parametrize("path", ["/gone", "/words"])
def test_what_is_no_page_stays_as_it_is(client, path):
    assert client.get(path).text == PAGE


def test_who_asks_for_no_page_gets_the_answer_as_it_is_and_compressed(client):
    answer = client.get("/draw", headers={"accept": "application/json"})
    assert answer.text == PAGE and answer.headers["content-encoding"] == "gzip"
