"""How soon a page learns of changes once its lost connection is restored."""

from pathlib import Path

import pytest

from fvapp.core.export.scripts import read_page_files
from fvapp.ui.browser import live

SCRIPT = read_page_files("elements.js") + "".join(
    Path(live.__file__).with_name(name).read_text(encoding="utf-8")
    for name in ("shared.js", "live.js")
)

# Runs the script in an empty page with fake sockets and timers that the test controls.
PAGE = """async (script) => {
  document.body.innerHTML = "<div data-test-connection-state='CONNECTED'></div>";
  window.asked = [];
  window.timers = [];
  window.sockets = [];
  window.setTimeout = (act, pause) => timers.push({ act, pause });
  window.clearTimeout = (number) => number && (timers[number - 1].act = null);
  window.WebSocket = class {
    static OPEN = 1;
    constructor() { sockets.push(this); }
    send() {}
    close() { this.closed = true; }
  };
  const file = new Blob([script], { type: "text/javascript" });
  const { default: draw } = await import(URL.createObjectURL(file));
  window.draw = (ticket) => draw({
    data: { drawn: 0, ticket, title: "" },
    setTriggerValue: (name, value) => asked.push(value),
  });
  window.draw("first");
}"""
LAST = "timers.filter((each) => each.act && each.pause >= 1000).at(-1)"
CHANGES = {
    "the stream is there again": """async () => {
      const app = document.querySelector("[data-test-connection-state]");
      app.dataset.testConnectionState = "PINGING_SERVER";
      await Promise.resolve();
      app.dataset.testConnectionState = "CONNECTED";
      await Promise.resolve();
    }""",
    "the browser says so": "() => dispatchEvent(new Event('online'))",
}


@pytest.fixture
def page(chromium):
    context = chromium.new_context()
    page = context.new_page()
    page.route("**/*", lambda route: route.fulfill(body="<body></body>", content_type="text/html"))
    page.goto("http://alone.test/")
    page.evaluate(PAGE, SCRIPT)
    yield page
    context.close()


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_tries_without_a_connection_do_not_count_once_it_is_back_and_it_asks_at_once(page, change):
    pauses = []
    for number in range(5):  # each new ticket opens a socket, which closes at once
        page.evaluate("sockets.at(-1).onclose()")
        pauses.append(page.evaluate(f"{LAST}.pause"))
        page.evaluate(
            f"() => {{ const timer = {LAST}, {{ act }} = timer; timer.act = null; act(); draw('{number}'); }}"
        )
    assert pauses == sorted(pauses) and pauses[-1] > 10 * pauses[0]
    # The page waits a long time before it next tries to connect.
    page.evaluate("sockets.at(-1).onclose()")
    asked = page.evaluate("asked.length")
    page.evaluate(change)
    assert page.evaluate("asked.slice(-1)") == [0] and page.evaluate("asked.length") == asked + 1
    page.evaluate("draw('back')")
    page.evaluate("sockets.at(-1).onclose()")
    assert page.evaluate(f"{LAST}.pause") == pauses[0]


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_socket_from_before_is_left_for_it_may_be_dead(page, change):
    assert page.evaluate("sockets.map((each) => !!each.closed)") == [False]
    page.evaluate(change)
    assert page.evaluate("sockets.map((each) => !!each.closed)") == [True]
    page.evaluate("() => void draw('second')")
    assert page.evaluate("asked") == [0] and page.evaluate("sockets.length") == 2
