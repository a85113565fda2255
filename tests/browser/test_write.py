"""A text network writes in the browser, by buttons and by keys, and none of the text is sent."""

import re

import pytest
from playwright.sync_api import expect

from axe import look
from browser.test_axe import LOOKS, put_on
from browser.test_frame import SHIFTS
from fvapp.core.dataset_table import DATASETS
from visitor import EN, SHORT, Visitor

STORIES = DATASETS["stories"].text
WORDS = """() => {
  const wordsOf = (root) => [...root.childNodes].map((each) => {
    if (each.nodeType === Node.TEXT_NODE) return each.data;
    const hidden = !each.checkVisibility?.({ checkVisibilityCSS: true }) || each.matches("style, script, .read, .said");
    return hidden || each.dataset.testid === "stIconMaterial" ? "" : wordsOf(each.shadowRoot ?? each);
  }).join(" ");
  const parts = ["draw_top", "write", "write_below"].map((key) => document.querySelector(`.st-key-${key}`));
  return parts.map(wordsOf).join(" ").split(/\\s+/).filter(Boolean);
}"""


@pytest.fixture(scope="module")
def writer(server, chromium):
    """A visitor with a short run on the stories, on the page where its network writes."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
    context.set_default_timeout(30_000)
    page = context.new_page()
    page.add_init_script(SHIFTS)
    visitor = Visitor(page, server.url)
    visitor.train(f"{SHORT}&dataset=stories")
    yield visitor
    context.close()


@pytest.fixture
def page(writer):
    writer.open("/draw?dataset=stories")
    expect(writer.page.locator(".writer .text")).to_have_text(STORIES.beginning)
    return writer.page


def button(page, word: str):
    return page.locator(".writer").get_by_role("button", name=EN(f"write.page.{word}"), exact=True)


def written(page) -> str:
    return page.locator(".writer .text").text_content()


def test_what_is_typed_is_written_on_sign_by_sign_and_never_sent(writer):
    sent = []
    page = writer.page
    page.on(
        "websocket", lambda socket: socket.on("framesent", lambda payload: sent.append(payload))
    )
    page.on("request", lambda request: sent.append(f"{request.url} {request.post_data}"))
    writer.open("/draw?dataset=stories")
    field = page.get_by_label(EN("write.page.beginning"))
    field.fill("Zyxzyx, my friend")
    text = page.locator(".writer .text")
    expect(text).to_have_text("zyxzyx my friend")
    for count in range(1, 4):
        button(page, "one").click()
        assert len(written(page)) == len("zyxzyx my friend") + count
    assert set(written(page)) <= set(STORIES.signs)
    button(page, "go").click()
    expect(text).to_have_text(re.compile(r"^zyxzyx my friend.{20,}"))
    button(page, "stop").click()
    expect(button(page, "go")).to_be_visible()
    stopped = written(page)
    button(page, "again").click()
    expect(text).to_have_text("zyxzyx my friend")
    assert len(stopped) > 24
    # The page sends delayed messages, if any, before the next page is complete.
    writer.go_to(EN("pages.data"))
    assert sent and not [each for each in sent if "zyxzyx" in str(each).lower()]


def test_a_character_that_the_network_has_no_sign_for_is_named(page):
    page.get_by_label(EN("write.page.beginning")).fill("the 3 foxes 猫 ran")
    expect(page.locator(".writer .text")).to_have_text("the foxes ran")
    expect(page.locator(".writer .lost")).to_have_text(EN("write.page.lost", characters="3 猫"))


def test_a_character_that_is_being_composed_is_read_once_it_is_there(page):
    field = page.get_by_label(EN("write.page.beginning"))
    text = page.locator(".writer .text")
    field.evaluate("""(field) => {
      field.value = "wo";
      field.dispatchEvent(new InputEvent("input", { isComposing: true }));
    }""")
    assert written(page) == STORIES.beginning
    field.evaluate("(field) => field.dispatchEvent(new CompositionEvent('compositionend'))")
    expect(text).to_have_text("wo")


def test_without_chance_the_likeliest_sign_is_taken_and_with_much_the_page_says_what_chance_took(
    page,
):
    chance = page.get_by_label(re.compile(re.escape(EN("write.page.chance"))))
    took = page.locator(".writer .took")
    first = page.locator(".writer .bars li").first
    chance.fill("0")
    expect(first.locator("span")).to_have_text("100%")
    for _ in range(5):
        button(page, "one").click()
        expect(first).to_have_class("taken")
        sign = first.locator("b").text_content()
        assert took.text_content() == EN("write.page.likeliest", taken=sign)
    chance.fill("1.5")
    for _ in range(200):
        button(page, "one").click()
        likeliest = first.locator("b").text_content()
        if took.text_content() != EN("write.page.likeliest", taken=likeliest):
            break
    taken = page.locator(".writer .bars .taken b").text_content()
    assert took.text_content() == EN("write.page.by_chance", taken=taken, likeliest=likeliest)


@pytest.mark.long
def test_it_opens_with_few_words_and_nothing_moves_while_it_writes(page):
    assert len(page.evaluate(WORDS)) <= 60
    page.evaluate(
        "shifts = 0; const usual = setInterval; setInterval = (tick, pace) => usual(tick, pace / 10)"
    )
    button(page, "go").click()
    # A text of 600 characters is longer than its field.
    expect(page.locator(".writer .text")).to_have_text(re.compile(".{600,}"))
    button(page, "stop").click()
    assert page.evaluate("shifts") <= 0.05


def test_keys_do_all_of_it_and_the_text_is_read_when_one_asks(page):
    aloud = page.locator(".writer [role=status]")
    page.get_by_label(EN("write.page.beginning")).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".writer .text")).to_have_text(re.compile(".{25,}"))
    page.keyboard.press("Enter")
    expect(button(page, "go")).to_be_visible()
    expect(aloud).to_have_text("")
    for word in ("go", "one", "again"):
        page.keyboard.press("Tab")
        expect(button(page, word)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label(re.compile(re.escape(EN("write.page.chance"))))).to_have_value("0.6")
    page.keyboard.press("Tab")
    expect(page.locator(".writer .page")).to_be_focused()
    page.keyboard.press("Tab")
    expect(button(page, "read")).to_be_focused()
    page.keyboard.press("Enter")
    expect(aloud).to_have_text(written(page))
    assert page.locator(".writer [aria-live]").count() == 0


def test_where_nothing_is_to_move_many_signs_come_at_once(page):
    page.emulate_media(reduced_motion="reduce")
    button(page, "go").click()
    assert len(written(page)) == len(STORIES.beginning) + 110
    expect(button(page, "go")).to_be_visible()
    page.emulate_media(reduced_motion="no-preference")


def test_no_rule_is_broken_where_it_has_written(writer, page):
    page.emulate_media(reduced_motion="reduce")
    button(page, "go").click()
    for width, theme in LOOKS:
        put_on(writer, width, theme)
        assert page.evaluate("document.querySelector('.stMain').scrollWidth") <= width
        assert look(page) == []
    page.emulate_media(reduced_motion="no-preference")
