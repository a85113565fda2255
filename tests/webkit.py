"""Debian's WebKitGTK, the engine of Safari, driven by WebDriver (https://w3c.github.io/webdriver/).

It asks for a screen; Xvfb is one that nobody sees.
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
    """One window of MiniBrowser."""

    def __init__(self, address: str, browser: Path) -> None:
        self._address = address
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
        """Return what a JavaScript expression, or its promise, comes to."""
        script = {"script": f"Promise.resolve({expression}).then(arguments[0])", "args": []}
        return self.tell("POST", f"{self._session}/execute/async", script)

    def wait_for(self, expression: str) -> None:
        """Wait until an expression is true of the page as it is drawn."""
        look = f"const look = () => ({expression}) ? done(true) : requestAnimationFrame(look)"
        self.evaluate(f"new Promise((done) => {{ {look}; look(); }})")

    def click(self, selector: str) -> None:
        self.draw(selector, [[(0.5, 0.5)]])

    def draw(self, selector: str, strokes: Sequence[Sequence[tuple[float, float]]]) -> None:
        """Draw with the mouse, each stroke through its points, in shares of a place."""
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

    def close(self) -> None:
        self.tell("DELETE", self._session)


@contextmanager
def start_webkit(driver: str, browser: Path, folder: Path) -> Iterator[WebKit]:
    """Run WebKitGTK until the block ends; what it says of itself goes into a file of the folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # As root its sandbox does not start; nothing but our own page is opened.
    environ = os.environ | {"WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1"}
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
        window = WebKit(address, browser)
        try:
            yield window
        finally:
            window.close()
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()
