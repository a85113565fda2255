"""The main path as visitors take it: train, draw, upload, refresh; nobody sees another's work."""

import re

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from fvapp.i18n import Translator
from visitor import EN, ONE, PERCENT, SEVEN, Visitor

ZH = Translator("zh-Hans")


# The default settings with fewer images and epochs, which take seconds even on a busy machine.
SHORT = "/?train_images=1000&epochs=2&validation_split=0.1"
LONG = "/?epochs=100&hidden=512"  # settings that take minutes to train


@pytest.fixture
def sneaker(fashion, tmp_path):
    """An image file of a sneaker from the test set, enlarged and dark on white like a photo."""
    image = fashion.x_test[np.flatnonzero(fashion.y_test == 7)[0]]
    path = tmp_path / "sneaker.png"
    Image.fromarray(255 - np.kron(image, np.ones((8, 8), np.uint8))).save(path)
    return path


def test_a_first_training_answers_a_photo_is_there_after_a_refresh_and_is_seen_by_nobody_else(
    visit, sneaker
):
    visitor = visit(f"{SHORT}&hidden=-1&colour=red")
    # A notice lists the mistakes in an address.
    assert EN("settings.hidden.label") in visitor.read("message", "colour")
    assert_stays(visitor, "colour")
    visitor.press("train_start")
    visitor.read("run_state", f"{EN('states.done')}.*2/2", timeout=90)
    accuracy = visitor.read("test_result", PERCENT)
    # Training on 1,000 images leads to an accuracy in this range.
    assert 55 < float(re.search(r"(\d+\.\d)%", accuracy).group(1)) < 95
    visitor.wait_for_lines("curves", 2)  # the curves of training and validation
    visitor.go_to(EN("pages.draw"))
    visitor.upload(sneaker)
    visitor.read("answer", PERCENT)
    assert visitor.find("seen_28").locator("img").get_attribute("alt")
    assert "128" in visitor.find("model_choice").locator("input").first.input_value()

    visitor.go_to(EN("pages.train")).switch_language(ZH("language.name"))
    visitor.read("train_start", ZH("train.start"))
    visitor.read("run_state", ZH("states.done"))
    accuracy = visitor.read("test_result", PERCENT)
    visitor.open_again()
    visitor.read("train_start", ZH("train.start"))
    visitor.read("run_state", ZH("states.done"))
    assert visitor.read("test_result", PERCENT) == accuracy

    stranger = visit("/")
    stranger.read("so_far", re.escape(EN("train.empty")))
    assert not stranger.find("test_result").count()

    visitor.open_work("work_leave").press("leave_workspace")
    visitor.read("message", re.escape(ZH("workspace.left")))
    assert_stays(visitor, ZH("workspace.left"))
    assert not visitor.find("leave_workspace").is_visible()
    visitor.read("so_far", re.escape(ZH("train.empty")))


def test_a_drawing_is_answered_before_any_training_and_an_empty_canvas_is_not(visit):
    visitor = visit("/draw")
    visitor.read("answer", re.escape(EN("draw.nothing_yet")))
    assert visitor.find("model_choice").locator("input").first.input_value() == EN(
        "draw.shipped_model"
    )
    visitor.draw(ONE)
    visitor.read("answer", r"1 · " + PERCENT.pattern, timeout=60)
    bars = "[...document.querySelectorAll('.st-key-probabilities .barlayer path')]"
    visitor.page.wait_for_function(
        f"{bars}.length === 10 && {bars}.some((bar) => bar.getBBox().width > 20)"
    )
    visitor.press("canvas_clear")
    visitor.read("answer", re.escape(EN("draw.nothing_yet")))
    visitor.draw(SEVEN)
    visitor.read("answer", r"7 · " + PERCENT.pattern)


@pytest.mark.long
def test_a_long_training_is_followed_over_pages_and_a_refresh_and_stopped_with_keys_alone(visit):
    visitor = visit(LONG)
    start = visitor.button("train_start")
    start.focus()
    visitor.keys("Enter")
    visitor.read("run_state", f"{EN('states.running')} [1-9]", timeout=90)
    expect(start).to_be_focused()  # drawing the page again does not move the focus
    expect(visitor.page).to_have_title(re.compile(rf"^[1-9]\d?/100 · {EN('pages.train')}$"))
    visitor.go_to(EN("pages.data"))
    expect(visitor.page).to_have_title(re.compile(rf"^\d+/100 · {EN('pages.data')}$"))
    visitor.go_to(EN("pages.train")).open_again()
    stop = visitor.button("train_stop")
    stop.focus()
    seen = int(
        re.search(rf"{EN('states.running')} (\d+)", visitor.read("run_state", r"\d+/100"))[1]
    )
    visitor.read("run_state", f"{EN('states.running')} (?!{seen}/)")
    expect(stop).to_be_focused()
    visitor.keys("Enter")
    expect(visitor.button("try_network")).to_be_focused()
    visitor.read("run_state", EN("states.stopped"))
    visitor.read("test_result", PERCENT)
    visitor.wait_for_lines("curves", 2)
    expect(visitor.page).to_have_title(f"{EN('pages.train')} · fvapp")


@pytest.mark.long
def test_another_tab_sees_a_run_begin_a_second_one_wait_and_all_of_it_deleted(visit):
    visitor = visit(None)
    opened = []

    def route(socket):
        opened.append(socket)
        # As when a laptop loses its Wi-Fi, the server does not learn that the socket is closed.
        socket.on_close(lambda *why: None)
        socket.connect_to_server()

    visitor.page.route_web_socket(re.compile("/live$"), route)
    visitor.open(LONG)
    opened[0].close()
    visitor.press("train_start").read("run_state", EN("states.running"), timeout=90)
    other = Visitor(visitor.page.context.new_page(), visitor.url)
    # The seed differs, because a second run with equal settings counts as a double click.
    other.open(f"{LONG}&seed=2")
    other.press("train_start")
    # The only worker trains the first visitor's run, so the other visitor's run is next in line.
    other.read("queue_place", f"^{re.escape(EN('train.place', place=1))}$")
    visitor.find("shown_run_choice").wait_for()  # the list appears when there are two runs
    other.open_work("work_delete").find("delete_all_sure").get_by_text(
        EN("workspace.delete_sure")
    ).click()
    other.press("delete_all")
    other.read("message", re.escape(EN("workspace.deleted")))
    other.read("so_far", re.escape(EN("train.empty")))
    visitor.read("message", ".")
    visitor.read("so_far", re.escape(EN("train.empty")))


def assert_stays(visitor, notice):
    """Check that a notice survives the messages that browser and server still exchange."""
    visitor.page.wait_for_function("(JSON.parse(localStorage.getItem('fvapp')) || {}).token")
    visitor.page.wait_for_timeout(1_000)  # no event shows that all messages have arrived
    visitor.wait_until_drawn()
    assert notice in visitor.find("message").inner_text()
