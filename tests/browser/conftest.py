"""The real app behind a real server, and visitors with a browser of their own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator

import pytest

from fvapp.bench.served_app import ServedApp, serve_app
from visitor import Visitor

OpenBrowser = Callable[..., Visitor]


@pytest.fixture(scope="module")
def server(tmp_path_factory) -> Iterator[ServedApp]:
    """The app as ``streamlit run app.py`` starts it, with runs of its own."""
    with serve_app(environ={"FVAPP_HOME": str(tmp_path_factory.mktemp("served"))}) as served:
        yield served


@pytest.fixture(scope="module")
def chromium():
    """Debian's Chromium, or what ``FVAPP_CHROMIUM`` names."""
    path = os.environ.get("FVAPP_CHROMIUM") or shutil.which("chromium")
    if path is None:
        pytest.skip("Chromium is not installed")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=30_000)  # as long as a page's own timeout: a busy machine is slow, not wrong
    with sync_playwright() as playwright:
        # As root there is no sandbox; nothing but our own page is opened.
        browser = playwright.chromium.launch(
            executable_path=path, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield browser
        browser.close()


@pytest.fixture
def visit(server, chromium) -> Iterator[OpenBrowser]:
    """Return ``visit("/draw")``: a new visitor with an empty browser, who opens that page.

    Args:
        width, height: of the window.
        locale: what the browser says it speaks.
        color_scheme: "light" or "dark".

    An error that no script of a page catches fails the test: it blanks the page.
    """
    contexts, errors = [], []

    def visit(
        path: str = "/", width: int = 1280, height: int = 1000, locale: str = "en-GB", color_scheme: str = "light"
    ) -> Visitor:
        context = chromium.new_context(
            viewport={"width": width, "height": height}, locale=locale, color_scheme=color_scheme
        )
        context.set_default_timeout(30_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        return Visitor(page, server.url).open(path)

    yield visit
    for context in contexts:
        context.close()
    print(server.log.read_text(errors="replace")[-3_000:])  # shown where a test failed
    assert errors == []
