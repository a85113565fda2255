"""A new visitor does all missions in order, in each language, in a real browser; and the page they are on."""

from __future__ import annotations

import re
from time import monotonic

import pytest
from playwright.sync_api import expect

from chinese_text import latin_words
from fvapp.core.lessons import MISSIONS
from fvapp.i18n import Translator
from visitor import box_of

EN = Translator("en")


def do_missions(visitor, t, seconds):
    """Do every mission from the path, as a student would; return the seconds from the click to the result of each."""
    took = {}
    for mission in MISSIONS.values():
        page = visitor.page
        title = t("lessons.page.name", mark=mission.mark, title=t(f"lessons.{mission.id}.title"))
        visitor.find("mission").get_by_role("button", name=title, exact=True).click()
        expect(page.get_by_role("heading", name=title).first).to_be_visible()
        visitor.wait_until_drawn()
        visitor.find("predict").get_by_text(t(f"lessons.{mission.id}.predict.held"), exact=True).click()
        if mission.second:
            words = f"lessons.{mission.id}.{mission.second.name}.predict.held"
            visitor.find("predict").get_by_text(t(words), exact=True).click()
        expect(visitor.find("mission_run").get_by_role("button")).to_be_enabled()
        expect(page.locator(".st-key-mission_changes")).to_have_count(int(mission.kind == "runs"))
        begin = monotonic()
        visitor.press("mission_run")
        result = visitor.read("mission_result", r"\d", timeout=seconds)
        took[mission.mark] = monotonic() - begin
        assert t("lessons.page.unfinished") not in page.inner_text("body")
        if mission.fails:
            error = visitor.read("keras_error", "rank|label")
            assert "output.shape=(None, 28, 10)" in error or "valid range of [0, 5)" in error
        for question in mission.questions:
            words = f"lessons.{mission.id}.questions.{question.name}"
            right = t(f"{words}.choices.{question.right}").replace("`", "")
            visitor.find("question").get_by_text(right, exact=True).click()
            feedback = t(f"{words}.feedback.{question.right}").replace("`", "")
            expect(visitor.find("question")).to_contain_text(feedback)
        assert page.locator('[data-testid="stException"]').count() == 0
        assert t.language == "en" or latin_words(page) == {}, mission.id
        print(mission.mark, f"{took[mission.mark]:.1f} s", result.replace("\n", " "))
    expect(page.get_by_text(t("lessons.page.done", done=len(MISSIONS), total=len(MISSIONS)))).to_be_visible()
    return took


@pytest.mark.long
@pytest.mark.parametrize(("language", "locale"), [("en", "en-GB"), ("zh-Hans", "zh-CN"), ("zh-Hant", "zh-HK")])
def test_a_new_visitor_does_all_missions_with_1_000_images(visit, language, locale):
    t = Translator(language)
    visitor = visit("/lessons?train_images=1000", locale=locale)
    expect(visitor.find("predict").get_by_role("radio").first).to_be_enabled()
    do_missions(visitor, t, seconds=120)
    visitor.open_again()
    expect(visitor.page.get_by_text(t("lessons.page.done", done=len(MISSIONS), total=len(MISSIONS)))).to_be_visible()


@pytest.mark.long
def test_a_new_visitor_does_all_missions_in_less_than_six_minutes_of_training(visit):
    visitor = visit("/lessons", locale="zh-CN")
    expect(visitor.find("predict").get_by_role("radio").first).to_be_enabled()
    took = do_missions(visitor, Translator("zh-Hans"), seconds=400)
    assert sum(took.values()) < 360, took


def test_the_next_mission_is_seen_from_its_beginning(visit):
    visitor = visit("/lessons?mission=A", width=380, height=800)
    title = EN("lessons.page.name", mark="B", title=EN("lessons.network.title"))
    visitor.find("mission_next").scroll_into_view_if_needed()
    assert visitor.page.evaluate("document.querySelector('.stMain').scrollTop") > 300
    visitor.press("mission_next")
    heading = visitor.page.get_by_role("heading", name=title)
    expect(heading).to_be_in_viewport()
    assert box_of(heading)["y"] < 420


def test_on_a_phone_the_path_is_one_line_with_arrows_for_the_keyboard_too(visit):
    visitor = visit("/lessons?mission=A", width=380, height=800)
    path, total = visitor.find("mission"), len(MISSIONS)
    expect(path.get_by_role("button")).to_have_count(2)
    expect(path.get_by_text(EN("lessons.page.here", n=1, total=total))).to_be_visible()
    expect(path.get_by_role("button", name=EN("lessons.page.previous_button"))).to_be_disabled()
    arrow = path.get_by_role("button", name=EN("lessons.page.next_button"))
    assert min(box_of(arrow)[side] for side in ("width", "height")) >= 44
    arrow.focus()
    visitor.page.keyboard.press("Enter")
    expect(path.get_by_text(EN("lessons.page.here", n=2, total=total))).to_be_visible()
    visitor.page.keyboard.press("Enter")  # the arrow has kept the focus
    expect(path.get_by_text(EN("lessons.page.here", n=3, total=total))).to_be_visible()


def test_on_a_desk_the_path_names_every_mission_and_says_where_one_is(visit):
    path = visit("/lessons?mission=2").find("mission")
    expect(path.get_by_role("listitem")).to_have_count(len(MISSIONS))
    title = EN("lessons.page.name", mark="2", title=EN("lessons.neurons.title"))
    expect(path.locator('[aria-current="step"]')).to_have_text(title)


def test_the_code_of_a_mission_is_downloaded(visit):
    visitor = visit("/lessons?mission=4", locale="zh-CN")
    visitor.find("mission_code").locator("summary").click()
    for key, ending in (("download_py", ".py"), ("download_ipynb", ".ipynb")):
        with visitor.page.expect_download() as download:
            visitor.press(key)
        assert download.value.suggested_filename.endswith(ending)
        assert "jit_compile=False" in download.value.path().read_text(encoding="utf-8")


def test_a_made_link_opens_the_mission_with_its_seed_and_language_for_somebody_else(visit):
    teacher = visit("/lessons?mission=6", locale="en-GB")
    teacher.press("make_link")
    teacher.find("link_seed").locator("input").fill("7")
    teacher.find("link_seed").locator("input").press("Enter")
    address = re.search(r"https?://\S+", teacher.read("make_link", r"seed=7"))[0]
    assert address.startswith(teacher.url)
    student = visit(f"{address.removeprefix(teacher.url)}&lang=zh-Hant", locale="en-GB")
    heading = Translator("zh-Hant")("lessons.epochs.title")
    expect(student.page.get_by_role("heading", name=re.compile(heading))).to_be_visible()
