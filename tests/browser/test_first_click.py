"""The first moments of a page: the server learns who the visitor is, and an early click counts."""

import pytest
from playwright.sync_api import expect
from streamlit.proto.BackMsg_pb2 import BackMsg

from fvapp.bench.page_visitor import LIVE, PageVisitor, make_trigger_state
from visitor import EN, ONE, PERCENT, SHORT, Visitor, aside

PATIENCE = 60  # seconds that a run on a busy machine may take
# Clicks a button in the same event-loop turn in which the button appears.
CLICK_AT_ONCE = """
new MutationObserver((_, observer) => {
  const button = document.querySelector(".st-key-%s button:enabled");
  if (!button) return;
  observer.disconnect();
  button.click();
}).observe(document, { subtree: true, childList: true, attributes: true });
"""


@pytest.mark.long
def test_two_first_tabs_at_once_end_in_one_workspace(visit):
    first = visit(None)
    # This page of the server stores nothing in the browser.
    first.page.goto(f"{first.url}/_stcore/health")
    tabs = []
    for _ in range(2):
        with first.page.context.expect_page() as opened:
            first.page.evaluate(f"() => void open('{SHORT}')")
        tabs.append(Visitor(opened.value, first.url))
    for tab in tabs:
        tab.wait_until_drawn()
    tabs[0].press("train_start")
    for tab in tabs:
        tab.page.bring_to_front()  # Chromium does not draw a tab in the background
        tab.read("test_result", PERCENT, timeout=PATIENCE)


@aside
async def test_a_click_just_after_a_live_part_asked_for_itself_shows_what_it_did(server):
    visitor = PageVisitor(server.url)
    await visitor.open("draw", "dataset=fashion_mnist")
    click, _ = visitor._click_widget_state("random_image")
    live, fragment = visitor._find_component(LIVE)
    # Streamlit's page merges the click and the live part's request into one message, addressed to
    # the fragment of the live part.
    await visitor._run_script([*click, make_trigger_state(live.id, "changed", 1)], fragment)
    assert PERCENT.search(visitor.text("answer"))
    await visitor.close()


@pytest.mark.long
def test_a_page_without_storage_says_so_once(visit):
    visitor = visit(None)
    visitor.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error(); } })"
    )
    sent = []
    visitor.page.on(
        "websocket", lambda socket: socket.on("framesent", lambda message: sent.append(message))
    )
    visitor.train()
    asked = [
        BackMsg.FromString(message).rerun_script for message in sent if isinstance(message, bytes)
    ]
    states = [state for rerun in asked for state in rerun.widget_states.widgets]
    assert len({state.json_value for state in states if "storage" in state.id}) == 1
    expect(visitor.find("message")).to_contain_text(EN("workspace.not_kept"))


def test_a_click_in_the_very_turn_in_which_the_button_comes_counts(visit):
    visitor = visit("/data")  # from now on, the browser has a workspace
    for path, key, shown in (
        (SHORT, "train_start", "test_result"),
        # This button is inside a fragment of the page.
        ("/draw?dataset=fashion_mnist", "random_image", "answer"),
    ):
        visitor.page.add_init_script(CLICK_AT_ONCE % key)
        visitor.open(path)
        visitor.read(shown, PERCENT, timeout=90)


def test_a_link_that_is_followed_is_not_undone_by_a_part_that_asks_for_itself(visit):
    """The page requests an update before the server has answered the click on a link.

    A page makes this request automatically, a second after it has been drawn.
    """
    visitor = visit(None)
    waits = []
    held = []

    def route(socket):
        server = socket.connect_to_server()
        server.on_message(lambda message: (held.append if waits else socket.send)(message))
        held.append(socket)

    visitor.page.route_web_socket("**/_stcore/stream", route)
    visitor.page.clock.install()
    visitor.open("/draw?dataset=mnist").draw(ONE).read("answer", f"1 · {PERCENT.pattern}")
    socket = held.pop(0)
    waits.append(True)
    visitor.find("pages").get_by_role("link", name=EN("pages.inside"), exact=True).click()
    visitor.page.clock.fast_forward(1_500)
    waits.clear()
    for message in held:
        socket.send(message)
    visitor.read("inside_answer", PERCENT)
