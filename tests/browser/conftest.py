"""The real app behind a real server, and visitors with a browser of their own."""

import os
import shutil
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from firefox import Firefox, start_firefox
from fvapp.bench.page_visitor import PageVisitor
from fvapp.bench.served_app import ServedApp, serve_app
from visitor import Visitor, aside
from webkit import WebKit, start_webkit

OpenBrowser = Callable[..., Visitor]


class RefusingHandler(BaseHTTPRequestHandler):
    """Refuses whatever it is asked for, and notes it on the server."""

    def _refuse(self) -> None:
        self.server.asked.append(f"{self.command} {self.path}")
        self.send_error(403)

    do_GET = do_POST = do_HEAD = do_OPTIONS = do_CONNECT = _refuse

    def log_message(self, *values: object) -> None:
        pass


@pytest.fixture(scope="session")
def proxy() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), RefusingHandler) as proxy:
        proxy.asked = []
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        yield proxy
        proxy.shutdown()


@aside
async def open_first_page(url: str) -> None:
    """Have a server draw a page, for which it first imports what draws pages, beside a worker that
    imports Keras.

    On a busy machine that takes longer than the tests wait for a page.
    """
    page = PageVisitor(url)
    await page.open("draw")
    await page.close()


@pytest.fixture(scope="session")
def server(proxy, home, tmp_path_factory) -> Iterator[ServedApp]:
    """The app as ``streamlit run app.py`` starts it, one for all: its processes take seconds to
    start.

    Every visitor has a workspace of their own. A test stops the runs it began that would train on.
    One process trains:
    what it compiled for one test, the next one need not wait for.
    """
    address = f"http://127.0.0.1:{proxy.server_port}"
    # Requests of Streamlit's, and downloads of Keras', heed the environment.
    environ = {
        "HTTP_PROXY": address,
        "HTTPS_PROXY": address,
        "http_proxy": address,
        "https_proxy": address,
    }
    environ |= {"NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    folder = tmp_path_factory.mktemp("served")
    (folder / "cache").symlink_to(home / "cache")
    with serve_app(environ={"FVAPP_HOME": str(folder), "FVAPP_WORKERS": "1", **environ}) as served:
        open_first_page(url=served.url)
        yield served
    assert proxy.asked == []


@pytest.fixture(scope="package")
def launch() -> Iterator[Callable[..., Browser]]:
    """Return ``launch(*arguments)``: Debian's Chromium, or what ``FVAPP_CHROMIUM`` names. While it is
    there an asyncio loop runs in this thread.
    """
    path = os.environ.get("FVAPP_CHROMIUM") or shutil.which("chromium")
    if path is None:
        pytest.skip("Chromium is not installed")
    # as long as a page's own timeout: a busy machine is slow, not wrong
    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright:

        def launch(*arguments: str) -> Browser:
            # As root there is no sandbox; nothing but our own page is opened.
            usual = ("--no-sandbox", "--disable-background-networking")
            return playwright.chromium.launch(executable_path=path, args=[*usual, *arguments])

        yield launch


@pytest.fixture(scope="package")
def chromium(launch) -> Iterator[Browser]:
    """Open the app's pages.

    A visitor's next page finds the code compiled where the process of the one before is still
    there. To optimise that code would take a third of the processor's time, and no page stays for
    so long that it is won back.
    """
    with closing(launch("--process-per-site", "--js-flags=--no-opt --no-maglev")) as browser:
        yield browser


@pytest.fixture(scope="package")
def optimizing_chromium(launch) -> Iterator[Browser]:
    """Open files that train a network."""
    with closing(launch()) as browser:
        yield browser


@pytest.fixture(scope="package")
def emptied() -> dict[tuple[str, str], list[BrowserContext]]:
    """Browsers that a test is done with, by locale and colours, and that hold nothing any more but
    the page's code.

    A new one has to load and compile that first, which takes longer than most of the tests do.
    """
    return defaultdict(list)


@pytest.fixture
def visit(server, chromium, emptied) -> Iterator[OpenBrowser]:
    """Return ``visit("/draw")``: a new visitor with an empty browser, who opens that page; none yet
    for None.

    Args:
        width, height: of the window.
        locale: what the browser says it speaks.
        color_scheme: "light" or "dark".

    An error that no script of a page catches fails the test: it blanks the page. So does a request
        to anybody else.
    """
    used = []
    errors = []
    asked = []

    def note(request) -> None:
        asked.append(request.url)

    def visit(
        path: str | None = "/",
        width: int = 1280,
        height: int = 1000,
        locale: str = "en-GB",
        color_scheme: str = "light",
    ) -> Visitor:
        idle = emptied[locale, color_scheme]
        context = (
            idle.pop() if idle else chromium.new_context(locale=locale, color_scheme=color_scheme)
        )
        used.append((idle, context))
        # and not by the proxy: Chromium itself asks its maker for this and that
        context.on("request", note)
        context.set_default_timeout(30_000)
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.on("pageerror", lambda error: errors.append(error.stack))
        visitor = Visitor(page, server.url)
        return visitor if path is None else visitor.open(path)

    yield visit
    for idle, context in used:
        context.remove_listener("request", note)
        empty(context, server.url)
        idle.append(context)
    print(server.log.read_text(errors="replace")[-3_000:])  # shown where a test failed
    assert errors == []
    assert [url for url in asked if not url.startswith((server.url, "data:", "blob:"))] == []


@pytest.fixture
def firefox(tmp_path) -> Iterator[Firefox]:
    """Debian's Firefox, or what ``FVAPP_FIREFOX`` names."""
    program = os.environ.get("FVAPP_FIREFOX") or shutil.which("firefox-esr")
    if program is None:
        pytest.skip("Firefox is not installed")
    with start_firefox(program, tmp_path) as firefox:
        yield firefox


@pytest.fixture
def webkit(tmp_path) -> Iterator[WebKit]:
    """Debian's WebKitGTK, the engine of Safari."""
    driver = shutil.which("WebKitWebDriver")
    browsers = sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))
    if driver is None or not browsers or shutil.which("xvfb-run") is None:
        pytest.skip("WebKitGTK's driver or Xvfb is not installed")
    with start_webkit(driver, browsers[-1], tmp_path) as webkit:
        yield webkit


def empty(context: BrowserContext, url: str) -> None:
    """Take away what the pages kept, and close them, and with them whatever a test has made of them,
    such as a slow processor. A page of one word stays, and with it the process of this site.
    """
    used = context.pages
    context.set_offline(False)
    stays = context.new_page()
    stays.goto(f"{url}/_stcore/health")
    for page in used:
        page.close()
    of_page = {
        "origin": url,
        "storageTypes": "cookies,local_storage,indexeddb,cache_storage,service_workers",
    }
    context.new_cdp_session(stays).send("Storage.clearDataForOrigin", of_page)


@pytest.fixture
def opened(optimizing_chromium, tmp_path):
    """Return ``opened(path)``: a page without the internet that has asked for nothing but the file
    when all is over.
    """
    context = optimizing_chromium.new_context(offline=True, viewport={"width": 1280, "height": 900})
    asked = []
    errors = []
    context.on("request", lambda request: asked.append(request))

    def open_page(path: Path):
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(error.stack))
        page.goto(path.as_uri())
        page.locator("main").wait_for()
        return page

    yield open_page
    context.close()
    assert errors == []
    # what the policy stops, Playwright counts as well
    sent = [each.url for each in asked if each.failure != "csp"]
    assert [url for url in sent if not url.startswith(("file:", "data:"))] == []
