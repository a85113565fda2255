"""Drives Debian's Firefox by WebDriver BiDi, because Playwright supports only its own Firefox.

This module implements the few commands of https://w3c.github.io/webdriver-bidi/ that a walk through
the app needs.
"""

import json
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from websockets.sync.client import ClientConnection, connect

_START = 60  # maximum number of seconds for Firefox to start listening
_LISTENS = "WebDriver BiDi listening on "

# Firefox must not contact the internet, and nothing may cover the page.
_PREFERENCES = """
user_pref("app.update.disabledForTesting", true);
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("network.captive-portal-service.enabled", false);
user_pref("network.connectivity-service.enabled", false);
user_pref("browser.safebrowsing.downloads.remote.enabled", false);
user_pref("services.settings.server", "data:,#remote-settings-dummy/v1");
user_pref("browser.download.folderList", 2);
user_pref("intl.locale.requested", "en-GB");
user_pref("intl.accept_languages", "en-GB");
"""


# JavaScript function that finds the element at a place. A place is a CSS selector, or two selectors
# as in "outer >>> inner", of which the inner element may be inside a component.
_FIND = """((place) => {
  const [outer, inner] = place.split(" >>> ");
  const deep = (root) => [
    ...root.querySelectorAll(inner),
    ...[...root.querySelectorAll("*")].flatMap((each) => (each.shadowRoot ? deep(each.shadowRoot) : [])),
  ];
  const found = document.querySelector(outer);
  return found && inner ? deep(found).at(-1) : found;
})"""


class Firefox:
    """One tab of a running Firefox."""

    def __init__(self, connection: ClientConnection) -> None:
        self._connection = connection
        self._numbers = count(1)
        self._events: list[dict] = []
        self.tell("session.new", capabilities={})
        (tab,) = self.tell("browsingContext.getTree")["contexts"]
        self._tab = tab["context"]

    def tell(self, method: str, patience: float = 60, **params: object) -> dict:
        """Send a command and return its result.

        Raises:
            RuntimeError: Firefox refused the command.
            TimeoutError: no answer within `patience` seconds.
        """
        number = next(self._numbers)
        self._connection.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            answer = json.loads(self._connection.recv(timeout=patience))
            if answer["type"] == "event":
                self._events.append(answer)
            elif answer.get("id") == number:
                if answer["type"] == "error":
                    raise RuntimeError(f"{method}: {answer['error']}: {answer['message']}")
                return answer["result"]

    def download(self, place: str, patience: float = 60) -> Path:
        """Click a place that downloads a file, and return the file's path once it is complete."""
        self.tell("session.subscribe", events=["browsingContext.downloadEnd"])
        self.click(place)
        while not self._events:
            self._events.append(json.loads(self._connection.recv(timeout=patience)))
        return Path(self._events.pop()["params"]["filepath"])

    def choose_file(self, selector: str, path: Path) -> None:
        """Choose a file in a file field, as the system's dialog does."""
        locator = {"type": "css", "value": selector}
        (field,) = self.tell("browsingContext.locateNodes", context=self._tab, locator=locator)[
            "nodes"
        ]
        element = {"sharedId": field["sharedId"]}
        self.tell("input.setFiles", context=self._tab, element=element, files=[str(path)])

    def open(self, url: str) -> None:
        self.tell("browsingContext.navigate", context=self._tab, url=url, wait="complete")
        self._wait_until_drawn()

    def open_file(self, path: Path) -> None:
        """Open a file as a double-click on it does."""
        self.tell("browsingContext.navigate", context=self._tab, url=path.as_uri(), wait="complete")

    def open_again(self) -> None:
        """Reload the page, as F5 does."""
        self.tell("browsingContext.reload", context=self._tab, wait="complete")
        self._wait_until_drawn()

    def _wait_until_drawn(self) -> None:
        """Wait until the page is complete and no script runs."""
        self.wait_for("!!document.querySelector('.st-key-language input')")
        self.wait_for(
            "!!document.querySelector('[data-testid=stApp][data-test-script-state=notRunning]')"
        )

    def evaluate(self, expression: str, patience: float = 60) -> object:
        """Return the value of a JavaScript expression, or of the promise that it returns."""
        wrapped = f"Promise.resolve({expression}).then((value) => JSON.stringify(value ?? null))"
        target = {"context": self._tab}
        answer = self.tell(
            "script.evaluate", patience, expression=wrapped, target=target, awaitPromise=True
        )
        if answer["type"] == "exception":
            raise RuntimeError(answer["exceptionDetails"]["text"])
        return json.loads(answer["result"]["value"])

    def wait_for(self, expression: str, patience: float = 60) -> object:
        """Wait until an expression is true of the page, and return its value."""
        again = "value ? done(value) : requestAnimationFrame(look);"
        look = f"const look = () => {{ const value = {expression}; {again} }}"
        return self.evaluate(f"new Promise((done) => {{ {look}; look(); }})", patience)

    def read(self, place: str, pattern: str, patience: float = 60) -> str:
        """Wait until the text of a place matches a regular expression, and return the text."""
        text = f"{_FIND}({json.dumps(place)})?.innerText"
        found = f"new RegExp({json.dumps(pattern)}).test({text} ?? '') && {text}"
        return str(self.wait_for(found, patience))

    def click(self, place: str) -> None:
        """Click the middle of a place as soon as the place exists and stands still."""
        self.draw(place, [[(0.5, 0.5)]])

    def draw(self, place: str, strokes: Sequence[Sequence[tuple[float, float]]]) -> None:
        """Draw strokes with the mouse; points are shares of the place's width and height."""
        actions = mouse_of([self._points(place, stroke) for stroke in strokes])
        self.tell("input.performActions", context=self._tab, actions=actions)

    def _points(self, place: str, shares: Sequence[tuple[float, float]]) -> list[tuple[int, int]]:
        found = f"{_FIND}({json.dumps(place)})"
        self.wait_for(f"!!{found} && !{found}.disabled")
        self.evaluate(f"{found}.scrollIntoView({{ block: 'center' }})")
        still = "(box, last) => last && ['x', 'y', 'width', 'height'].every((name) => box[name] === last[name])"
        box = self.evaluate(
            f"""new Promise((done) => {{
              const same = {still};
              const look = (last) => {{
                const box = {found}.getBoundingClientRect().toJSON();
                same(box, last) ? done(box) : requestAnimationFrame(() => look(box));
              }};
              look();
            }})"""
        )
        return [
            (round(box["x"] + x * box["width"]), round(box["y"] + y * box["height"]))
            for x, y in shares
        ]


def mouse_of(strokes: Sequence[Sequence[tuple[int, int]]]) -> list[dict[str, object]]:
    """Return the mouse actions that draw strokes, in the format that WebDriver and BiDi share."""
    actions: list[dict[str, object]] = []
    for first, *further in strokes:
        actions += [
            {"type": "pointerMove", "x": first[0], "y": first[1]},
            {"type": "pointerDown", "button": 0},
        ]
        actions += [{"type": "pointerMove", "x": x, "y": y, "duration": 100} for x, y in further]
        actions.append({"type": "pointerUp", "button": 0})
    return [{"type": "pointer", "id": "mouse", "actions": actions}]


@contextmanager
def start_firefox(program: str, folder: Path) -> Iterator[Firefox]:
    """Run Firefox with a new profile in `folder` until the block ends."""
    downloads = f'user_pref("browser.download.dir", {json.dumps(str(folder))});\n'
    (folder / "user.js").write_text(_PREFERENCES + downloads, encoding="utf-8")
    command = [
        program,
        "--headless",
        "--no-remote",
        "--profile",
        str(folder),
        "--remote-debugging-port",
        "0",
    ]
    log = folder / "log.txt"
    with log.open("w") as output:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )

    def said() -> str | None:
        lines = log.read_text(errors="replace").splitlines()
        return next(
            (line.removeprefix(_LISTENS).strip() for line in lines if line.startswith(_LISTENS)),
            None,
        )

    try:
        address = wait_until_it_listens(process, said)
        with connect(f"{address}/session", max_size=None) as connection:
            yield Firefox(connection)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until_it_listens(process: subprocess.Popen[bytes], look: Callable[[], str | None]) -> str:
    """Wait until a started program reports the address at which it listens; return the address.

    Args:
        look: returns the address, or None until the program has reported it.
    """
    for _ in range(10 * _START):
        if found := look():
            return found
        try:
            # Wait before the next attempt. A program that ends during the wait will never listen.
            process.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
        break
    raise RuntimeError(f"{process.args} did not listen")
