"""What a screen reader announces: each event once, calmly, in the visitor's language."""

import re

import pytest
from playwright.sync_api import expect

from fvapp.i18n import Translator
from visitor import ONE, PERCENT, SHORT

# Marked long, because these tests keep two cores busy for one to two minutes.
pytestmark = pytest.mark.long

# Records every announcement, so that the test need not be faster than the page.
LISTEN = """
window.said = [];
new MutationObserver(() => {
  const text = document.getElementById("fvapp-said")?.textContent;
  if (text && text !== window.said.at(-1)) window.said.push(text);
}).observe(document, { subtree: true, childList: true, characterData: true });
"""


@pytest.fixture
def listener(visit):
    """Return a page that records its announcements, and the translator of its language."""
    visitor = visit("/data", locale="zh-CN")
    visitor.page.add_init_script(LISTEN)
    return visitor, Translator("zh-Hans")


def said(visitor):
    return visitor.page.evaluate("window.said")


def test_the_end_of_a_training_is_said_and_not_again_when_the_page_is_opened_again(listener):
    visitor, t = listener
    visitor.open(SHORT)
    assert said(visitor) == []
    visitor.press("train_start")
    region = visitor.page.get_by_role("status").filter(has_text=re.compile(PERCENT.pattern))
    expect(region).to_have_count(1, timeout=90_000)
    accuracy = PERCENT.search(visitor.read("test_result", PERCENT))[0]
    assert said(visitor)[-1] == t("train.said.done", accuracy=accuracy)
    # There are at most three announcements: waiting, training and done.
    assert len(said(visitor)) <= 3
    visitor.open_again().read("test_result", PERCENT)
    assert said(visitor) == []


def test_an_answer_is_said(listener):
    visitor, t = listener
    visitor.open("/draw?dataset=mnist").draw(ONE)
    words = re.search(
        r"1 · [\d.]+%", visitor.read("answer", r"1 · " + PERCENT.pattern, timeout=60)
    )[0]
    expect(visitor.page.locator("#fvapp-said")).to_have_text(t("draw.said", answer=words))


def test_an_error_is_an_alert(listener):
    visitor, t = listener
    visitor.open("/?flatten=false&train_images=1000&epochs=1").press("train_start")
    expect(visitor.page.get_by_role("alert")).to_contain_text(
        t("train.failed.rank", shape="28 × 10", count="280", n=10), timeout=90_000
    )


def test_a_notice_is_said_when_it_comes(listener):
    visitor, _ = listener
    visitor.open("/?colour=red")
    notice = visitor.read("message", "colour").strip()
    expect(visitor.page.locator("#fvapp-said")).to_have_text(notice)


def test_the_page_is_in_the_language_of_the_switch(listener):
    visitor, t = listener
    visitor.open("/data")
    html = visitor.page.locator("html")
    expect(html).to_have_attribute("lang", t("language.tag"))
    other = Translator("zh-Hant")
    visitor.switch_language(other("language.name"))
    expect(html).to_have_attribute("lang", other("language.tag"))
    visitor.go_to(other("pages.train"))
    expect(html).to_have_attribute("lang", other("language.tag"))
