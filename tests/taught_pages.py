"""Helpers for tests of pages that learn: waiting, training, saving, and reading saved files."""

import json
import re
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page

from fvapp.core.export.at_home import layer_scripts
from fvapp.core.inspection.network import Network
from fvapp.core.layers.dense import Dense
from fvapp.core.layers.flatten import Flatten
from fvapp.ui.server.handing import SANDBOXED

IDLE = "document.querySelector('.teach-save')?.ariaDisabled === 'false'"
SAYS = "document.querySelector('.{place} .teach-said').textContent"
SENT = "fetch('https://example.org/').then(() => 'sent', () => 'refused')"


@contextmanager
def opened_scripts(browser: Browser, source: str, names: str) -> Iterator[Page]:
    """Open a page that runs scripts of the take-home page, and makes some of their names global."""
    with closing(browser.new_page()) as page:
        page.evaluate(f"{{{layer_scripts()}{source}; Object.assign(globalThis, {{ {names} }}); }}")
        yield page


@contextmanager
def serve_sandboxed(file: Path) -> Iterator[str]:
    """Serve a page as the app does, with an opaque origin, and yield its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            for name, value in (SANDBOXED | {"Content-Type": "text/html"}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(file.read_bytes())

        def log_message(self, *values: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/page"
        server.shutdown()


def wait_until_ready(page: Page, timeout: float = 30_000) -> Page:
    """Wait until the page is idle, and return the page.

    A click marks the page as busy at once, so the wait cannot end before the work has begun.
    """
    page.wait_for_function(f"() => {IDLE}", timeout=timeout)
    return page


def train(page, timeout: float = 60_000, **chosen: object) -> None:
    """Train a new network on the smallest edition's page, with the settings in `chosen`."""
    for name, value in chosen.items():
        page.locator(f".train-{name}").select_option(str(value))
    page.locator(".train-go").click()
    wait_until_ready(page, timeout)


def save(page, path: Path, examples: bool = True) -> Path:
    """Save a page, with its examples or without, as a new file."""
    page.locator(".teach-with").set_checked(examples)
    with page.expect_download() as download:
        page.locator(".teach-save").click()
    download.value.save_as(path)
    return path


def data_of(path: Path) -> dict:
    """Return the data that the script of a saved page reads from its file."""
    return json.loads(
        re.search(r'(?s)id="data">(.*?)</script>', path.read_text(encoding="utf-8"))[1]
    )


def network_of(path: Path) -> Network:
    """Return the network in a saved page, which has dense layers only."""
    packed = data_of(path)["network"]
    steps = [step for step in packed["steps"] if "kernel" in step]
    dense = [
        Dense(_kernel(step), _floats(step["bias"]["data"]), step["activation"]) for step in steps
    ]
    return Network((Flatten(), *dense), packed["scale"], packed["temperature"])


def _kernel(step: dict) -> np.ndarray:
    kernel = step["kernel"]
    assert kernel["bits"] == 16
    whole = np.frombuffer(b64decode(kernel["data"]), "<i2").astype(np.float32)
    scales = _floats(kernel["scales"])
    return whole.reshape(-1, len(scales)) * scales


def _floats(text: str) -> np.ndarray:
    return np.frombuffer(b64decode(text), "<f4")
