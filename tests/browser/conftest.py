"""The real app behind a real server, and visitors who each have a separate browser."""

import os
import shutil
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, expect, sync_playwright

from firefox import Firefox, start_firefox
from fvapp.bench.page_visitor import PageVisitor
from fvapp.bench.served_app import ServedApp, serve_app
from visitor import Visitor, aside
from webkit import WebKit, start_webkit

OpenBrowser = Callable[..., Visitor]


class RefusingHandler(BaseHTTPRequestHandler):
    """A proxy that refuses every request, and records it in the server's list `asked`."""

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
    """Request a first page, so that the server imports the modules of the pages.

    Meanwhile a worker imports Keras. On a busy machine, both imports together take longer than the
    tests wait for a page.
    """
    page = PageVisitor(url)
    await page.open("draw")
    await page.close()


@pytest.fixture(scope="session")
def server(proxy, home, tmp_path_factory) -> Iterator[ServedApp]:
    """The app as ``streamlit run app.py`` starts it; all tests share this server.

    Every visitor has a separate workspace. A test that starts long runs stops them before it ends.
    One worker process trains all runs, so a network that it has compiled for one test is ready for
    the next test.
    """
    address = f"http://127.0.0.1:{proxy.server_port}"
    # Streamlit's requests and Keras' downloads go through the proxy that the environment names.
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
    """Return a function that starts Chromium: the program ``FVAPP_CHROMIUM``, else Debian's.

    Until this fixture is torn down, Playwright runs an asyncio loop in the tests' thread.
    """
    path = os.environ.get("FVAPP_CHROMIUM") or shutil.which("chromium")
    if path is None:
        pytest.skip("Chromium is not installed")
    # Assertions wait as long as pages do: on a busy machine, a page is slow but not wrong.
    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright:

        def launch(*arguments: str) -> Browser:
            # Chromium has no sandbox when it runs as root; it opens nothing but our own pages.
            usual = ("--no-sandbox", "--disable-background-networking")
            return playwright.chromium.launch(executable_path=path, args=[*usual, *arguments])

        yield launch


@pytest.fixture(scope="package")
def chromium(launch) -> Iterator[Browser]:
    """Launch the Chromium that opens the app's pages.

    With one process per site, a visitor's next page finds its code compiled if the previous page's
    process is still running. JavaScript is not optimised, because optimising would take a third of
    the processor's time, and no page stays open long enough to win that time back.
    """
    with closing(launch("--process-per-site", "--js-flags=--no-opt --no-maglev")) as browser:
        yield browser


@pytest.fixture(scope="package")
def optimizing_chromium(launch) -> Iterator[Browser]:
    """Launch a Chromium for files that train a network, with its JavaScript optimised."""
    with closing(launch()) as browser:
        yield browser


@pytest.fixture(scope="package")
def emptied() -> dict[tuple[str, str], list[BrowserContext]]:
    """Browser contexts that a finished test has left, by locale and colour scheme.

    The contexts are empty except for the page's code. A new context must first load and compile
    that code, which takes longer than most tests.
    """
    return defaultdict(list)


@pytest.fixture
def visit(server, chromium, emptied) -> Iterator[OpenBrowser]:
    """Return ``visit("/draw")``: a new visitor, with an empty browser, who opens that page.

    With None instead of a path, the visitor opens no page yet. A test fails if a page's script
    leaves an error uncaught, which would blank the page, or if a page sends a request to another
    server.

    Args:
        width, height: size of the window in CSS pixels.
        locale: the language that the browser reports.
        color_scheme: "light" or "dark".
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
        # The page's requests are recorded here, not by a proxy, because Chromium itself also sends
        # requests.
        context.on("request", note)
        context.set_default_timeout(30_000)
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.on("pageerror", lambda error: errors.append(error.stack))
        visitor = Visitor(page, server.url)
        return visitor if path is None else visitor.open(path)

    yield visit
    for idle, context in used:
        for page in context.pages:
            with suppress(Error):  # a test may have failed because its page hangs
                print(page.locator("body").inner_text(timeout=2_000)[:1_000])
        context.remove_listener("request", note)
        empty(context, server.url)
        idle.append(context)
    # If the test has failed, pytest shows this end of the server's log.
    print(server.log.read_text(errors="replace")[-3_000:])
    assert errors == []
    assert [url for url in asked if not url.startswith((server.url, "data:", "blob:"))] == []


@pytest.fixture
def browse(chromium) -> Iterator[OpenBrowser]:
    """Return ``browse(url, has_touch=True)``: a visitor to any server, in a new browser."""
    with ExitStack() as contexts:

        def browse(url: str, **options: object) -> Visitor:
            context = contexts.enter_context(chromium.new_context(locale="en-GB", **options))
            context.set_default_timeout(60_000)
            return Visitor(context.new_page(), url)

        yield browse


@pytest.fixture
def firefox(tmp_path) -> Iterator[Firefox]:
    """Start Debian's Firefox, or the one that ``FVAPP_FIREFOX`` names."""
    program = os.environ.get("FVAPP_FIREFOX") or shutil.which("firefox-esr")
    if program is None:
        pytest.skip("Firefox is not installed")
    with start_firefox(program, tmp_path) as firefox:
        yield firefox


@pytest.fixture
def webkit(tmp_path) -> Iterator[WebKit]:
    """Start Debian's WebKitGTK, the engine of Safari."""
    driver = shutil.which("WebKitWebDriver")
    browsers = sorted(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"))
    if driver is None or not browsers or shutil.which("xvfb-run") is None:
        pytest.skip("WebKitGTK's driver or Xvfb is not installed")
    with start_webkit(driver, browsers[-1], tmp_path) as webkit:
        yield webkit


def empty(context: BrowserContext, url: str) -> None:
    """Close a browser's pages and delete the data that the pages stored.

    Closing the pages also undoes a test's changes, such as simulating a slow processor. A page with
    one word stays open, so that Chromium keeps the process of this site.
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
    """Return ``opened(path)``: a file opened as a page in a browser without a network.

    The test fails if the page has requested anything but the file itself.
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
    # Playwright also lists the requests that the content security policy has stopped.
    sent = [each.url for each in asked if each.failure != "csp"]
    assert [url for url in sent if not url.startswith(("file:", "data:"))] == []
