"""A new visitor does all missions in order in a real browser, in each language."""

from itertools import product
from time import monotonic

import pytest
from playwright.sync_api import expect

from chinese_text import gaps, latin_words
from fvapp.core.datasets import DATASETS
from fvapp.core.missions import MISSIONS
from fvapp.core.missions.table.only_me import IMAGES_PER_DIGIT, MINE
from fvapp.core.missions.table.teach import TRIES
from fvapp.i18n import Translator
from fvapp.ui.missions.screens import screen_container_key
from visitor import EN, ON_HEADING, box_of


def do_missions(visitor, t, seconds):
    """Do every mission in the list as a student would.

    Returns:
        The seconds from the click to the result, by mission.
    """
    took = {}
    for mission in MISSIONS.values():
        page = visitor.page
        title = t(
            "missions.page.name", mark=mission.short_name, title=t(f"missions.{mission.id}.title")
        )
        mission_button(visitor, t("missions.page.all")).click()
        visitor.find("mission").get_by_role("dialog").get_by_role("button", name=title).click()
        expect(page.get_by_role("heading", name=title).first).to_be_visible()
        visitor.wait_until_drawn()
        for screen in (*mission.screens_before, "predict")[1:]:
            go_on(visitor, screen)
        visitor.choose("predict", t(f"missions.{mission.id}.predict.held"))
        if mission.second_prediction:
            go_on(visitor, "second")
            words = f"missions.{mission.id}.{mission.second_prediction.name}.predict.held"
            visitor.choose("predict", t(words))
        if not mission.has_training_runs:
            go_on(visitor, "watch")
        expect(visitor.button("mission_run")).to_be_enabled()
        begin = monotonic()
        visitor.press("mission_run")
        # The first click trained the network. The prediction is about the races between learning
        # rates, which start now.
        if "runs" in mission.screens_before:
            races = visitor.find("mission_run").get_by_text(t("missions.page.one_step_button"))
            races.click(timeout=1_000 * seconds)
        if mission.teaching_ways:
            teach_six(visitor)
        elif DATASETS[mission.dataset].is_own:
            write_digits(visitor)
        result = visitor.read("mission_result", r"\d", timeout=seconds)
        took[mission.short_name] = monotonic() - begin
        assert t("missions.page.unfinished") not in page.inner_text("body")
        if mission.fails_on_purpose:
            error = visitor.read("keras_error", "rank|label")
            assert "output.shape=(None, 28, 10)" in error or "valid range of [0, 5)" in error
        for screen in mission.screens_after:
            go_on(visitor, screen)
        for question in mission.questions:
            go_on(visitor, f"question:{question.name}")
            words = f"missions.{mission.id}.questions.{question.name}"
            right = t(f"{words}.choices.{question.right_choice}").replace("`", "")
            visitor.choose("question", right)
            feedback = t(f"{words}.feedback.{question.right_choice}").replace("`", "")
            expect(visitor.find("question")).to_contain_text(feedback)
        go_on(visitor, "done")
        expect(page.get_by_role("heading", name=t("missions.page.finished"))).to_be_visible()
        assert page.locator('[data-testid="stException"]').count() == 0
        assert t.language == "en" or latin_words(page) == {}, mission.id
        assert gaps(page) == [], mission.id
        print(mission.short_name, f"{took[mission.short_name]:.1f} s", result.replace("\n", " "))
    expect(visitor.find("mission_end")).to_contain_text(t("missions.page.end"))
    return took


def mission_button(visitor, name: str):
    return visitor.find("mission").get_by_role("button", name=name, exact=True)


def go_on(visitor, screen):
    """Press Next and wait for the next screen.

    Until that screen is drawn to its end, the button still belongs to the previous screen.
    """
    visitor.press("mission_forward").find(screen_container_key(screen)).wait_for()
    visitor.wait_until_drawn()
    # On these screens the heading is the question, and takes the focus.
    if screen.partition(":")[0] in ("predict", "second", "question"):
        visitor.page.wait_for_function(ON_HEADING)


def write_digits(visitor):
    """Draw 4, 7 and 9 several times, at changing angles; have two networks learn the drawings."""
    strokes = {
        "4": [(0.6, 0.15), (0.25, 0.6), (0.8, 0.6)],
        "7": [(0.25, 0.2), (0.75, 0.2), (0.4, 0.85)],
    }
    strokes["9"] = [(0.7, 0.35), (0.5, 0.18), (0.3, 0.32), (0.45, 0.5), (0.7, 0.38), (0.6, 0.88)]
    for number, digit in product(range(IMAGES_PER_DIGIT[MINE]), strokes):
        visitor.draw([[(x + (0.5 - y) * 0.05 * (number - 5), y) for x, y in strokes[digit]]])
        visitor.press(f"collect_{'479'.index(digit)}")
        visitor.read("collecting", rf"{digit} · {number + 1}")
    visitor.press("mission_run")


def teach_six(visitor):
    """Draw six sevens, and have the network taught with them twice, in two ways."""
    for number in range(TRIES):
        visitor.draw([[(0.2 + 0.05 * number, 0.2), (0.75, 0.2), (0.4, 0.85)]])
        visitor.read("answer", r"\d%")
        visitor.press("keep_no").find("keep_label").get_by_role("radio", name="7").click()
        visitor.find("keep_undo").wait_for()
        visitor.press("canvas_clear")
        visitor.find("keep_undo").wait_for(state="hidden")
    visitor.press("teach").find("teach_mixed").wait_for()
    visitor.press("teach_mixed")


def test_a_rule_sorts_twenty_images_as_its_limit_is_moved_and_stays_where_it_was_left(visit):
    visitor = visit("/missions?mission=A")
    rule = visitor.find("rule")
    counts = rule.locator("h3 b")
    expect(counts).to_have_text(["16", "4"])
    slider = rule.get_by_role("slider")
    slider.fill("14")
    expect(counts).to_have_text(["17", "3"])
    expect(rule.locator(".wrong .tile")).to_have_count(3)
    rule.locator(".wrong .tile").first.click()
    expect(rule.get_by_role("dialog").locator(".grid i")).to_have_count(784)
    swipe = rule.get_by_text(EN("missions.look.rule.swipe"))
    expect(swipe).to_be_hidden()
    visitor.keys("Escape")
    visitor.page.set_viewport_size({"width": 390, "height": 844})
    rule.locator(".wrong .tile").first.click()
    expect(swipe).to_be_visible()
    visitor.page.set_viewport_size({"width": 1280, "height": 1000})
    visitor.keys("Escape")
    visitor.wait_until_drawn()
    visitor.press("mission_forward").find("predict").wait_for()
    mission_button(visitor, EN("missions.look.rule.step")).click()
    expect(slider).to_have_value("14")


@pytest.mark.long
@pytest.mark.parametrize(
    ("language", "locale"), [("en", "en-GB"), ("zh-Hans", "zh-CN"), ("zh-Hant", "zh-HK")]
)
def test_a_new_visitor_does_all_missions_with_1_000_images(visit, language, locale):
    t = Translator(language)
    visitor = visit("/missions?train_images=1000", locale=locale)
    expect(visitor.button("mission_forward")).to_be_enabled()
    do_missions(visitor, t, seconds=120)
    visitor.open_again()
    mission_button(visitor, t("missions.page.all")).click()
    expect(
        visitor.page.get_by_text(t("missions.page.done", done=len(MISSIONS), total=len(MISSIONS)))
    ).to_be_visible()


@pytest.mark.long
def test_a_new_visitor_does_all_missions_in_less_than_six_minutes_of_training(visit):
    visitor = visit("/missions", locale="zh-CN")
    expect(visitor.button("mission_forward")).to_be_enabled()
    took = do_missions(visitor, Translator("zh-Hans"), seconds=400)
    assert sum(took.values()) < 360, took


def test_a_heading_that_is_hidden_at_first_has_the_focus_once_it_is_seen(visit):
    visitor = visit("/missions?mission=A")
    screen = screen_container_key("predict")
    hide = visitor.page.add_style_tag(content=f".st-key-{screen} {{ display: none; }}")
    visitor.press("mission_forward").find(screen).get_by_role(
        "heading", include_hidden=True
    ).first.wait_for(state="attached")
    visitor.wait_until_drawn()
    assert not visitor.page.evaluate(ON_HEADING)
    hide.evaluate("style => style.remove()")
    visitor.page.wait_for_function(ON_HEADING)


@pytest.mark.parametrize("width", [380, pytest.param(1280, marks=pytest.mark.long)])
def test_the_next_screen_is_seen_from_its_beginning_and_every_mission_is_in_a_list_for_the_keyboard_too(
    visit, width
):
    visitor = visit("/missions?mission=A", width=width, height=500)
    visitor.find("mission_forward").scroll_into_view_if_needed()
    assert visitor.page.evaluate("document.querySelector('.stMain').scrollTop") > 100
    visitor.press("mission_forward")
    expect(visitor.find("predict").get_by_role("radio").first).to_be_enabled()
    expect(visitor.page.locator("h1")).to_be_in_viewport()
    button = mission_button(visitor, EN("missions.page.all"))
    assert width > 640 or min(box_of(button)[side] for side in ("width", "height")) >= 44
    button.focus()
    visitor.keys("Enter")
    names = visitor.find("mission").get_by_role("dialog").get_by_role("listitem")
    expect(names).to_have_count(len(MISSIONS))
    title = EN("missions.page.name", mark="2", title=EN("missions.neurons.title"))
    names.get_by_role("button", name=title).focus()
    visitor.keys("Enter")
    expect(visitor.page.get_by_role("heading", name=title)).to_be_visible()
    expect(visitor.find("mission").locator('.list [aria-current="step"]')).to_contain_text(title)


def test_a_word_in_a_question_opens_its_picture_and_closes_again_and_the_code_is_downloaded(visit):
    visitor = visit("/missions?mission=2")
    visitor.page.get_by_role("button", name="neurons", exact=True).click()
    opened = visitor.find("mission_ask").get_by_role("dialog")
    expect(opened).to_contain_text(EN("glossary.neuron.text"))
    visitor.keys("Escape")
    expect(opened).to_be_hidden()
    visitor.unfold("mission_about")
    for key, ending in (("download_py", ".py"), ("download_ipynb", ".ipynb")):
        with visitor.page.expect_download() as download:
            visitor.press(key)
        assert download.value.suggested_filename.endswith(ending)
        assert "model.compile(" in download.value.path().read_text(encoding="utf-8")
