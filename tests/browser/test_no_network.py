"""Everything works without the internet: no page asks for anything elsewhere, and the server sits behind a proxy that
refuses all but this machine."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from fvapp.bench.served_app import serve_app
from fvapp.ui.pages import PAGES
from visitor import Visitor


class Refusing(BaseHTTPRequestHandler):
    """Refuses whatever it is asked for, and notes it on the server."""

    def _refuse(self) -> None:
        self.server.asked.append(f"{self.command} {self.path}")
        self.send_error(403)

    do_GET = do_POST = do_HEAD = do_OPTIONS = do_CONNECT = _refuse

    def log_message(self, *values: object) -> None:
        pass


@pytest.fixture
def proxy() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Refusing) as proxy:
        proxy.asked = []
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        yield proxy
        proxy.shutdown()


def test_no_request_leaves_this_machine_on_any_page(proxy, chromium, tmp_path):
    address = f"http://127.0.0.1:{proxy.server_port}"
    # Requests of Streamlit's, and downloads of Keras', heed the environment.
    environ = {"HTTP_PROXY": address, "HTTPS_PROXY": address, "http_proxy": address, "https_proxy": address}
    environ |= {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1", "FVAPP_HOME": str(tmp_path), "FVAPP_WORKERS": "1"}
    with serve_app(environ=environ) as served, chromium.new_context(locale="en-GB") as context:
        context.set_default_timeout(60_000)
        # By request and not by proxy: Chromium itself asks its maker for this and that.
        context.on("request", lambda request: asked.append(request.url))
        asked: list[str] = []
        visitor = Visitor(context.new_page(), served.url).open("/?dataset=mnist&train_images=1000&epochs=1")
        visitor.press("train_start").read("run_state", "Done", timeout=240)
        for page in PAGES:
            visitor.open(f"/{page.path}?dataset=mnist")
            visitor.page.wait_for_load_state("networkidle")
        assert len(asked) > len(PAGES)
        assert [url for url in asked if not url.startswith((served.url, "data:", "blob:"))] == []
    assert proxy.asked == []


def test_the_proxy_would_have_noticed(proxy):
    address = f"http://127.0.0.1:{proxy.server_port}"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({"http": address}))
    with pytest.raises(urllib.error.HTTPError) as refused:
        opener.open("http://example.org/")
    refused.value.close()
    assert refused.value.code == 403 and proxy.asked == ["GET http://example.org/"]
