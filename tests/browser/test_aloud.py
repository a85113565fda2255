"""A mission is read aloud in the page's language, by a voice installed on the computer.

Chromium has no voices in these tests, so the tests add a fake voice.
"""

import re

import pytest
from playwright.sync_api import expect

from fvapp.i18n import Translator
from visitor import box_of

SPEECH = """
window.said = [];
window.SpeechSynthesisUtterance = class { constructor(text) { this.text = text; } };
const speech = { cancel: () => said.splice(0), speak: (one) => said.push(one), getVoices: () => [] };
Object.defineProperty(window, "speechSynthesis", { value: speech });
"""
VOICE = "(own) => {speechSynthesis.getVoices = () => [own]; speechSynthesis.onvoiceschanged()}"


@pytest.mark.long
@pytest.mark.parametrize(
    ("language", "locale", "lang"),
    [
        ("en", "en-GB", "en-US"),
        ("zh-Hant", "zh-HK", "zh_TW"),
    ],
)
def test_a_screen_is_read_without_its_buttons_until_the_button_or_another_screen_ends_it(
    visit, language, locale, lang
):
    t = Translator(language)
    visitor = visit(None, locale=locale)
    page = visitor.page
    page.add_init_script(SPEECH)
    visitor.open("/missions?mission=A").press("mission_forward").find("predict").wait_for()
    visitor.wait_until_drawn()
    button = visitor.button("mission_aloud_place")
    before = box_of(page.locator("h1"))
    # No button appears: the first voice speaks another language, and the second voice sends the
    # text to a server.
    for other in (
        {"lang": "zh-CN", "localService": True},
        {"lang": lang, "localService": False},
    ):
        page.evaluate(VOICE, other)
        expect(button).to_be_hidden()
    page.evaluate(VOICE, {"lang": lang, "localService": True})
    button.press("Enter")
    expect(button).to_have_accessible_name(t("missions.aloud.stop"))
    assert box_of(page.locator("h1")) == before

    first, *further = page.evaluate("said.map(({ text }) => text)")
    times = t("missions.aloud.signs.times")
    equals = t("missions.aloud.signs.equals")
    assert re.search(rf"28 +{times} +28 +{equals} +784", first) and further[-1] == t(
        "missions.look.predict.held"
    )
    assert t("missions.page.forward") not in further
    page.evaluate("said.at(-1).onend()")
    expect(button).to_have_accessible_name(t("missions.aloud.start"))
    button.click(click_count=2, delay=100)
    assert page.evaluate("said.length") == 0
    button.click()
    visitor.find("mission").get_by_role("button", name=re.compile("^1 ")).first.click()
    page.wait_for_function("said.length === 0")
    expect(button).to_have_accessible_name(t("missions.aloud.start"))
