"""The main path as visitors walk it: train, draw, upload, refresh, and nobody sees the work of another."""

from __future__ import annotations

import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from fvapp.core.datasets import load_dataset
from fvapp.core.places import Places
from fvapp.i18n import Translator
from visitor import ONE, PERCENT, SEVEN

EN, ZH = Translator("en"), Translator("zh-Hans")


# The default settings with fewer images and epochs: seconds, on a busy machine too.
SHORT = "/?train_images=1000&epochs=2&validation_split=0.1"


@pytest.fixture
def sneaker(home, tmp_path):
    """A picture file of a sneaker from the test set, enlarged, dark on white as people photograph."""
    dataset = load_dataset("fashion_mnist", Places(home))
    image = dataset.x_test[np.flatnonzero(dataset.y_test == 7)[0]]
    path = tmp_path / "sneaker.png"
    Image.fromarray(255 - np.kron(image, np.ones((8, 8), np.uint8))).save(path)
    return path


def test_a_first_training_is_one_click_away_and_ends_with_a_network_that_answers(visit, sneaker):
    visitor = visit(SHORT)
    assert visitor.find("train_start").is_visible()
    visitor.press("train_start")
    visitor.read("run_state", f"{EN('states.done')}.*2/2", timeout=90)
    accuracy = float(re.search(r"(\d+\.\d)%", visitor.read("test_result", PERCENT)).group(1))
    assert 55 < accuracy < 95  # 1,000 images and two epochs teach that much, and not more
    assert visitor.lines("curves") >= 4  # loss and accuracy, of training and validation
    visitor.go_to(EN("pages.draw"))
    visitor.upload(sneaker)
    visitor.read("answer", PERCENT)
    assert visitor.find("seen_28").locator("img").get_attribute("alt")
    assert "128" in visitor.find("model_choice").locator("input").first.input_value()


def test_a_drawing_is_answered_before_any_training_and_an_empty_canvas_is_not(visit):
    visitor = visit("/draw")
    visitor.read("answer", re.escape(EN("draw.nothing_yet")))
    visitor.draw(ONE)
    visitor.read("answer", r"1 · " + PERCENT.pattern, timeout=60)
    assert max(visitor.bars("probabilities")) > 20  # pixels
    visitor.press("canvas_clear")
    visitor.read("answer", re.escape(EN("draw.nothing_yet")))
    visitor.draw(SEVEN)
    visitor.read("answer", r"7 · " + PERCENT.pattern)


def test_the_browser_keeps_language_and_run_for_its_visitor_alone(visit):
    visitor = visit(SHORT)
    visitor.press("train_start")
    visitor.read("test_result", PERCENT, timeout=90)
    visitor.switch_language(ZH("language.name"))
    visitor.read("train_start", ZH("train.start"))
    visitor.read("run_state", ZH("states.done"))
    accuracy = visitor.read("test_result", PERCENT)
    visitor.open_again()
    visitor.read("train_start", ZH("train.start"))
    visitor.read("run_state", ZH("states.done"))
    assert visitor.read("test_result", PERCENT) == accuracy

    second = visit("/")
    second.read("run_state", re.escape(EN("train.empty")))
    assert not PERCENT.search(second.find("test_result").inner_text())
    second.go_to(EN("pages.draw"))
    assert second.find("model_choice").locator("input").first.input_value() == EN("draw.shipped_model")


def test_who_sits_down_here_next_is_told_so_and_sees_an_empty_page(visit):
    visitor = visit(SHORT)
    visitor.press("train_start")
    visitor.read("test_result", PERCENT, timeout=90)
    visitor.open_work("work_leave").press("leave_workspace")
    visitor.read("message", re.escape(EN("workspace.left")))
    assert_stays(visitor, EN("workspace.left"))
    assert not visitor.find("leave_workspace").is_visible()
    visitor.read("run_state", re.escape(EN("train.empty")))


def test_a_refresh_in_mid_run_finds_the_run_again_and_stop_keeps_its_model(visit):
    visitor = visit("/?epochs=100")
    visitor.press("train_start")
    visitor.read("run_state", f"{EN('states.running')} [1-9]", timeout=90)
    visitor.open_again()
    visitor.read("run_state", f"{EN('states.running')} [2-9]", timeout=60)
    visitor.go_to(EN("pages.data")).go_to(EN("pages.train"))
    visitor.press("train_stop")
    visitor.read("run_state", EN("states.stopped"))
    visitor.read("test_result", PERCENT)
    assert visitor.lines("curves") >= 4


@pytest.mark.parametrize(
    "stored",
    [
        f'{{"token": "{"x" * 43}"}}',
        *(pytest.param(each, marks=pytest.mark.long) for each in ('{"token": 5}', "null", "no JSON")),
    ],
)
def test_a_browser_whose_workspace_is_not_there_begins_a_new_one_and_stays_in_it(visit, stored):
    visitor = visit("/data")
    visitor.page.wait_for_function("localStorage.getItem('fvapp')")
    visitor.page.evaluate("stored => localStorage.setItem('fvapp', stored)", stored)
    visitor.open(SHORT)
    visitor.press("train_start")
    accuracy = visitor.read("test_result", PERCENT, timeout=90)
    visitor.open_again()
    assert visitor.read("test_result", PERCENT) == accuracy


def test_a_bad_value_in_the_address_is_a_notice_and_the_default_counts(visit):
    visitor = visit("/?epochs=1000&colour=red")
    notice = visitor.read("message", "colour")
    assert EN("settings.epochs.label") in notice
    assert visitor.find("train_start").is_visible()
    assert_stays(visitor, "colour")


def test_who_waits_sees_the_place_in_the_queue_and_deleting_everything_ends_it_all(visit):
    visitor = visit("/?epochs=100")
    visitor.press("train_start")
    visitor.read("run_state", EN("states.running"), timeout=90)
    trains_or_waits = re.compile(f"{EN('states.running')}|{re.escape(EN('train.place', place=1))}")
    for number in range(2, 11):  # more than there are processes
        visitor.open(f"/?epochs=100&seed={number}")  # with the same settings it would be a click that came twice
        visitor.press("train_start")
        shown = visitor.find("shown_run_choice").locator("input").first  # the list of before goes a moment later
        expect(shown).to_have_value(re.compile(f"^{EN('common.run', n=number, network='128')}"), timeout=30_000)
        if EN("train.place", place=1) in visitor.read("run_state", trains_or_waits):
            break
    assert visitor.find("queue_place").inner_text() == EN("train.place", place=1)
    visitor.open_work("work_delete").find("delete_all_sure").get_by_text(EN("workspace.delete_sure")).click()
    visitor.press("delete_all")
    visitor.read("message", re.escape(EN("workspace.deleted")))
    visitor.read("run_state", re.escape(EN("train.empty")))


def assert_stays(visitor, notice):
    """Check that a notice is not gone with what browser and server still say to each other."""
    visitor.page.wait_for_function("(JSON.parse(localStorage.getItem('fvapp')) || {}).token")
    visitor.page.wait_for_timeout(1_000)  # nothing tells that no more will come
    visitor.wait_until_drawn()
    assert notice in visitor.find("message").inner_text()
