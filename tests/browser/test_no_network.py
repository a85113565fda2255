"""Everything works without the internet: no page asks for anything elsewhere, and the server of all these tests sits
behind a proxy that refuses all but this machine."""

from __future__ import annotations

import urllib.error
import urllib.request

import pytest

from fvapp.ui.pages import PAGES
from visitor import Visitor


def test_no_request_leaves_this_machine_on_any_page(proxy, server, chromium):
    with chromium.new_context(locale="en-GB") as context:
        context.set_default_timeout(60_000)
        # By request and not by proxy: Chromium itself asks its maker for this and that.
        context.on("request", lambda request: asked.append(request.url))
        asked: list[str] = []
        visitor = Visitor(context.new_page(), server.url).open("/?dataset=mnist&train_images=1000&epochs=1")
        visitor.press("train_start").read("run_state", "Done", timeout=240)
        for page in PAGES:
            visitor.open(f"/{page.path}?dataset=mnist")
            visitor.page.wait_for_load_state("networkidle")
        assert len(asked) > len(PAGES)
        assert [url for url in asked if not url.startswith((server.url, "data:", "blob:"))] == []
    assert proxy.asked == []


def test_the_proxy_would_have_noticed(proxy):
    address = f"http://127.0.0.1:{proxy.server_port}"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({"http": address}))
    with pytest.raises(urllib.error.HTTPError) as refused:
        opener.open("http://example.org/")
    refused.value.close()
    assert refused.value.code == 403 and proxy.asked == ["GET http://example.org/"]
    proxy.asked.clear()
