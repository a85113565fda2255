"""The app in a frame of another site, such as a school's learning platform.

The browser may refuse to store anything for the framed app.
"""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from fvapp.bench.served_app import serve_app
from visitor import EN

# Marked long, because these tests keep two cores busy for one to two minutes.
pytestmark = pytest.mark.long

# Imitates a browser that blocks storage and cookies of framed sites: reading storage raises an
# error, and cookies are always empty.
BLOCKED = """
if (window !== window.top) {
  Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('blocked', 'SecurityError') } });
  Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException('blocked', 'SecurityError') } });
  Object.defineProperty(document, 'cookie', { get() { return '' }, set() {} });
}
"""


class Platform(BaseHTTPRequestHandler):
    """A page of another site that shows the app in a frame."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(
            f'<iframe src="{self.server.app}" width="1200" height="900"></iframe>'.encode()
        )

    def log_message(self, *values: object) -> None:
        pass


@pytest.fixture
def platform() -> Iterator[ThreadingHTTPServer]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Platform) as platform:
        threading.Thread(target=platform.serve_forever, daemon=True).start()
        yield platform
        platform.shutdown()


@pytest.mark.parametrize("blocked", [False, True])
def test_a_network_is_trained_in_a_frame_of_another_site(platform, chromium, tmp_path, blocked):
    # For a browser, localhost is a different site from 127.0.0.1.
    site = f"http://localhost:{platform.server_port}"
    environ = {"FVAPP_HOME": str(tmp_path), "FVAPP_WORKERS": "1", "FVAPP_EMBEDDED_IN": site}
    with serve_app(environ=environ) as served, chromium.new_context(locale="en-GB") as context:
        context.set_default_timeout(60_000)
        if blocked:
            context.add_init_script(BLOCKED)
        platform.app = f"{served.url}/?dataset=mnist&train_images=1000&epochs=1"
        page = context.new_page()
        page.goto(site)
        app = page.frame_locator("iframe")
        app.locator(".st-key-train_start").get_by_role("button").first.click()
        expect(app.locator(".st-key-run_state").first).to_contain_text(
            EN("states.done"), timeout=240_000
        )
        if blocked:
            expect(app.locator(".st-key-message").first).to_contain_text(EN("workspace.not_kept"))
