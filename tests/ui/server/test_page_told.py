"""Streamlit's page is told where its server is, and nothing else is touched."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from fvapp.ui.server.files import Files

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
