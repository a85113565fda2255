"""Drives Debian's WebKitGTK, the engine of Safari, by WebDriver.

See https://w3c.github.io/webdriver/. WebKitGTK needs a screen; Xvfb provides an invisible one.
"""

import json
import os
import signal
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

from firefox import mouse_of, wait_until_it_listens


class WebKit:
    """A window of MiniBrowser, the browser that comes with WebKitGTK."""

    def __init__(self, address: str, browser: Path, downloads: Path) -> None:
        self._address = address
        self._downloads = downloads
        options = {"binary": str(browser), "args": ["--automation"]}
        wanted = {"capabilities": {"alwaysMatch": {"webkitgtk:browserOptions": options}}}
        self._session = f"/session/{self.tell('POST', '/session', wanted)['sessionId']}"

    def tell(self, method: str, path: str, body: object = None) -> object:
        """Send a command and return its value."""
        data = None if body is None else json.dumps(body).encode()
        request = Request(
            self._address + path, data, {"Content-Type": "application/json"}, method=method
        )
        with urlopen(request, timeout=60) as answer:
            return json.load(answer)["value"]

    def open(self, url: str) -> None:
        self.tell("POST", f"{self._session}/url", {"url": url})

    def evaluate(self, expression: str) -> object:
        """Return the value of a JavaScript expression, or of the promise that it returns."""
        script = {"script": f"Promise.resolve({expression}).then(arguments[0])", "args": []}
        return self.tell("POST", f"{self._session}/execute/async", script)

    def wait_for(self, expression: str) -> None:
        """Wait until an expression is true of the page."""
        look = f"const look = () => ({expression}) ? done(true) : requestAnimationFrame(look)"
        self.evaluate(f"new Promise((done) => {{ {look}; look(); }})")

    def click(self, selector: str) -> None:
        self.draw(selector, [[(0.5, 0.5)]])

    def draw(self, selector: str, strokes: Sequence[Sequence[tuple[float, float]]]) -> None:
        """Draw strokes with the mouse; points are shares of an element's width and height."""
        self.evaluate(f"document.querySelector('{selector}').scrollIntoView({{ block: 'center' }})")
        box = self.evaluate(
            f"document.querySelector('{selector}').getBoundingClientRect().toJSON()"
        )
        left, top, width, height = (box[name] for name in ("x", "y", "width", "height"))
        points = [
            [(round(left + x * width), round(top + y * height)) for x, y in stroke]
            for stroke in strokes
        ]
        self.tell("POST", f"{self._session}/actions", {"actions": mouse_of(points)})

    def download(self, selector: str) -> Path:
        """Click an element that downloads a file, and return the path of the complete file."""
        before = set(self._downloads.iterdir())
        self.click(selector)
        # No event announces the end of a download, but the file gets its final name only then.
        for _ in range(600):
            arrived = set(self._downloads.glob("*.html")) - before
            if arrived:
                return arrived.pop()
            self.wait_for("true")
        raise TimeoutError(f"{selector} downloaded nothing")

    def choose_file(self, selector: str, path: Path) -> None:
        """Choose a file in a file field, as the system's dialog does."""
        found = self.tell(
            "POST", f"{self._session}/element", {"using": "css selector", "value": selector}
        )
        (element,) = found.values()
        self.tell("POST", f"{self._session}/element/{element}/value", {"text": str(path)})

    def close(self) -> None:
        self.tell("DELETE", self._session)


@contextmanager
def start_webkit(driver: str, browser: Path, folder: Path) -> Iterator[WebKit]:
    """Run WebKitGTK until the block ends; its log is ``webkit.txt`` in the folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # WebKitGTK's sandbox does not start as root; the browser opens nothing but our own pages.
    environ = os.environ | {
        "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
        "XDG_CONFIG_HOME": str(folder),
    }
    downloads = folder / "downloads"
    downloads.mkdir()
    (folder / "user-dirs.dirs").write_text(f'XDG_DOWNLOAD_DIR="{downloads}"\n')
    with (folder / "webkit.txt").open("w") as log:
        command = ["xvfb-run", "-a", driver, f"--port={port}"]
        process = subprocess.Popen(
            command, stdout=log, stderr=log, env=environ, start_new_session=True
        )
    address = f"http://127.0.0.1:{port}"

    def said() -> str | None:
        with suppress(URLError), urlopen(f"{address}/status", timeout=5):
            return address

    try:
        wait_until_it_listens(process, said)
        window = WebKit(address, browser, downloads)
        try:
            yield window
        finally:
            window.close()
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()
