"""The page waits until the visitor is known, then appears in the chosen language and state.

The browser names the visitor when the page opens its socket. If the browser cannot do so, the
server asks for the visitor.
"""

import re

import pytest
from playwright.sync_api import expect

from fvapp.i18n import Translator
from visitor import EN, ONE, PERCENT, SHORT

ZH = Translator("zh-Hant")
HELD = "JSON.parse(localStorage.fvapp || '{}').token"
# Imitates a host that serves Streamlit's page without our scripts.
CANNOT_GREET = "Object.defineProperty(window, 'WebSocket', { value: WebSocket, writable: false })"
# Records every heading that appears on the page, even for a moment.
NOTE_TITLES = """
window.titles = new Set();
new MutationObserver(() => {
  const title = document.querySelector("h1")?.innerText;
  if (title) titles.add(title);
}).observe(document, { subtree: true, childList: true, characterData: true });
"""


@pytest.mark.long
def test_after_a_reload_with_a_drawing_the_chosen_network_and_the_language_are_still_there(visit):
    visitor = visit(None)
    visitor.train(f"{SHORT}&dataset=mnist")
    visitor.open("/draw?dataset=mnist").switch_language(ZH("language.name"))
    visitor.read("content", ZH("draw.title"))
    visitor.draw(ONE)
    visitor.read("answer", r"\d")
    visitor.page.add_init_script(NOTE_TITLES)
    for page, choice in (("draw", "model_choice"), ("inside", "inside_model")):
        visitor.go_to(ZH(f"pages.{page}"))
        box = visitor.page.locator(f"[class*=st-key-{choice}]").first.locator("input").first
        expect(box).not_to_have_value("", timeout=30_000)
        shown = box.input_value()
        box.click()
        options = visitor.page.get_by_role("option")
        options.nth(1).wait_for()
        other = next(text for text in options.all_inner_texts() if text.strip() != shown)
        options.get_by_text(other, exact=True).click()
        expect(box).to_have_value(other)
        visitor.wait_until_drawn()
        visitor.open_again()
        expect(box).to_have_value(other)
        assert visitor.page.evaluate("[...titles]") == [ZH(f"{page}.title")]


@pytest.mark.long
def test_a_browser_that_does_not_answer_is_told_so_after_five_seconds(visit):
    visitor = visit("/data")

    def route(socket):
        server = socket.connect_to_server()
        socket.on_message(lambda message: b"available" in message or server.send(message))

    visitor.page.route_web_socket("**/_stcore/stream", route)
    visitor.page.add_init_script(CANNOT_GREET)
    visitor.page.goto(visitor.url)
    later = visitor.page.locator(".fvapp-later")
    later.wait_for(state="attached")
    assert later.evaluate("each => getComputedStyle(each).visibility") == "hidden"
    expect(later).to_be_visible()
    expect(later).to_have_text(EN("common.no_answer"))
    expect(visitor.page.locator("h1")).to_have_count(0)


@pytest.mark.long
def test_a_page_says_who_is_here_as_it_opens_and_one_that_cannot_is_asked(visit):
    visitor = visit(None)
    answers = []

    def note(message: str | bytes) -> None:
        if isinstance(message, bytes) and b'"held"' in message:
            answers.append(message)

    visitor.page.on("websocket", lambda socket: socket.on("framesent", note))
    accuracy = visitor.train().split()[-1]
    visitor.switch_language(ZH("language.name")).open("/")
    assert accuracy in visitor.read("test_result", PERCENT) and answers == []

    visitor.page.add_init_script(CANNOT_GREET + NOTE_TITLES)
    visitor.open_again()
    assert accuracy in visitor.read("test_result", PERCENT) and len(answers) == 1
    assert visitor.page.evaluate("[...titles]") == [ZH("train.title")]


@pytest.mark.long
def test_the_token_is_made_by_the_browser_and_stays_and_one_without_a_workspace_begins_one(visit):
    visitor = visit("/data")
    token = visitor.page.evaluate(HELD)
    assert re.fullmatch(r"[\w-]{43}", token)
    visitor.open_again()
    assert visitor.page.evaluate(HELD) == token
    assert_begins(visitor, f'{{"token": "{"x" * 43}"}}')


@pytest.mark.long
@pytest.mark.parametrize("stored", ['{"token": 5}', "null", "no JSON"])
def test_a_browser_that_holds_no_token_begins_a_workspace_and_stays_in_it(visit, stored):
    visitor = visit("/data")
    visitor.page.wait_for_function(HELD)
    assert_begins(visitor, stored)


def assert_begins(visitor, stored: str) -> None:
    visitor.page.evaluate("stored => localStorage.setItem('fvapp', stored)", stored)
    accuracy = visitor.train()
    visitor.open_again()
    assert visitor.read("test_result", PERCENT) == accuracy
