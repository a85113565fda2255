"""The twelve test images of the train page: how answers change, and are replayed and opened."""

import re

import pytest
from playwright.sync_api import expect

from fvapp.core.datasets import DATASETS
from visitor import EN

# Marked long, because these tests keep two cores busy for one to two minutes.
pytestmark = pytest.mark.long

SHORT = "/?train_images=1000&epochs=2&validation_split=0.1"
LAST = EN("train.twelve.epoch", n=2)
# Counts the pixels of a canvas that are more red than blue, and the pixels that are more blue.
COLOURED = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const by = Array.from({ length: data.length / 4 }, (_, i) => data[4 * i] - data[4 * i + 2]);
  return [by.filter(each => each > 20).length, by.filter(each => each < -20).length];
}"""


@pytest.fixture
def trained(visit):
    """A visitor whose first run has ended and whose film has been played to its end."""

    def train(**options):
        visitor = visit(SHORT)
        visitor.page.emulate_media(**options)
        visitor.press("train_start")
        visitor.read("run_state", f"{EN('states.done')}.*2/2", timeout=90)
        expect(line(visitor)).to_contain_text(LAST)
        return visitor

    return train


def line(visitor):
    return visitor.find("twelve").locator(".line")


def tiles(visitor):
    return visitor.find("twelve").locator(".tile")


def slider(visitor):
    return visitor.find("twelve").get_by_role("slider")


def test_before_the_first_run_the_images_are_there_with_a_question_mark_each(visit):
    visitor = visit()
    expect(line(visitor)).to_have_text(EN("train.twelve.empty"))
    assert tiles(visitor).all_inner_texts() == ["?"] * 12
    expect(tiles(visitor).first).to_be_disabled()
    expect(slider(visitor)).to_be_hidden()


def test_after_a_run_each_image_has_its_guess_the_slider_goes_back_and_opened_again_it_shows_its_end(
    trained,
):
    visitor = trained()
    names = [EN(key) for key in DATASETS["fashion_mnist"].class_names]
    assert all(text.replace("\u2011", "-") in names for text in tiles(visitor).all_inner_texts())
    right = visitor.find("twelve").locator('.tile[data-state="right"]').count()
    assert 0 < right < 12 and f"{right} of 12" in line(visitor).inner_text()
    slider(visitor).focus()
    visitor.keys("Home")
    expect(line(visitor)).to_contain_text(EN("train.twelve.before"))
    visitor.keys("ArrowRight")
    expect(line(visitor)).to_contain_text(EN("train.twelve.first"))
    expect(slider(visitor)).to_have_attribute(
        "aria-valuetext", re.compile(re.escape(EN("train.twelve.first")))
    )
    visitor.find("twelve").get_by_role("button", name=EN("train.twelve.play")).click()
    expect(line(visitor)).to_contain_text(LAST)
    visitor.open_again()
    expect(line(visitor)).to_contain_text(LAST)
    assert slider(visitor).input_value() == slider(visitor).get_attribute("max")


def test_who_waits_guesses_first_and_each_guess_stays_beside_the_networks(visit):
    """The visitor waits because another visitor's long runs occupy all workers."""
    visitor = visit(SHORT)
    other = visit("/?epochs=100&hidden=512")
    other.press("train_start")
    other.read("run_state", EN("states.running"), timeout=90)
    other.open("/?epochs=100&hidden=511").press("train_start")
    other.read("run_state", EN("states.running"), timeout=90)
    visitor.press("train_start")
    visitor.find("twelve").get_by_role("button", name=EN("train.twelve.guess_now")).click()
    dialog = visitor.page.locator("dialog[open]")
    for _ in range(12):
        dialog.get_by_role("button", name=EN(DATASETS["fashion_mnist"].class_names[8])).click()
    expect(dialog).to_have_count(0)
    visitor.read("run_state", f"{EN('states.done')}.*2/2", timeout=90)
    expect(line(visitor)).to_contain_text(LAST)
    mine = EN("train.twelve.mine", label=EN(DATASETS["fashion_mnist"].class_names[8]))
    expect(tiles(visitor).last).to_contain_text(mine)
    visitor.open_again()
    assert all(mine in text for text in tiles(visitor).all_inner_texts())


def test_without_motion_one_goes_on_moment_by_moment_and_neurons_colour_the_lines_of_the_diagram(
    trained,
):
    visitor = trained(reduced_motion="reduce")
    play = visitor.find("twelve").get_by_role("button", name=EN("train.twelve.play"))
    play.click()
    expect(line(visitor)).to_contain_text(EN("train.twelve.before"))
    play.click()
    expect(line(visitor)).to_contain_text(EN("train.twelve.first"))
    switch = visitor.find("run_shows")
    canvas = visitor.find("network_picture").locator("canvas")
    visitor.unfold("train_more_fold")
    expect(canvas).to_be_hidden()
    switch.get_by_text(EN("train.shows.neurons")).click()
    expect(canvas).to_be_visible()
    orange, blue = canvas.evaluate(COLOURED)
    assert orange > 1_000 and blue > 1_000
    switch.get_by_text(EN("train.shows.neurons")).click()
    expect(canvas).to_be_hidden()


def test_an_image_opens_by_key_with_all_it_was_taken_for_and_leads_inside(trained):
    visitor = trained()
    tiles(visitor).first.focus()
    visitor.keys("ArrowRight")
    expect(tiles(visitor).nth(1)).to_be_focused()
    visitor.keys("Enter")
    dialog = visitor.page.locator("dialog[open]")
    trousers = EN(DATASETS["fashion_mnist"].class_names[1])
    expect(dialog).to_contain_text(EN("train.twelve.label", label=trousers))
    expect(dialog.locator("li")).to_have_count(int(slider(visitor).get_attribute("max")) + 1)
    visitor.keys("Escape")
    expect(dialog).to_have_count(0)
    expect(tiles(visitor).nth(1)).to_be_focused()
    visitor.keys("Enter")
    dialog.get_by_role("button", name=EN("train.twelve.look")).click()
    expect(visitor.page).to_have_url(re.compile("/inside"))
    visitor.read("inside_answer", re.escape(EN("inside.labelled", class_name=trousers)))
    expect(visitor.find("inside_model").locator("input")).to_have_value(re.compile("1"))
