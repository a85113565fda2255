"""Looking inside as visitors do it: a drawn digit through all parts, in Chinese."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from fvapp.i18n import Translator

ZH = Translator("zh-Hans")
SEVEN = [[(0.25, 0.2), (0.75, 0.2), (0.4, 0.85)]]
SHORT = "/?dataset=mnist&train_images=5000&epochs=2"


def test_a_drawn_digit_goes_through_all_parts(visit):
    visitor = visit(SHORT, locale="zh-CN")
    visitor.press("train_start")
    visitor.read("run_state", ZH("states.done"), timeout=120)
    visitor.go_to(ZH("pages.draw"))
    visitor.draw(SEVEN)
    visitor.read("answer", r"\d+\.\d%", timeout=60)
    visitor.read("inside_short", ZH("draw.short.title"))
    visitor.press("short_search").read("inside_short", r"\d 个像素就把")

    visitor.go_to(ZH("pages.inside"))
    assert max(visitor.bars("inside_answer")) > 20  # pixels
    expect(visitor.find("network_flow").locator(".tile")).to_have_count(10)
    first = visitor.read("neuron", ZH("inside.neuron.bias"))
    visitor.find("network_flow").locator(".tile").nth(3).click()
    expect(visitor.find("neuron")).not_to_have_text(first)
    visitor.read("softmax_steps", ZH("inside.softmax.powers"))

    # Clicked at the centre of a square: where a Plotly chart of a known size has it is Plotly's to say.
    square = visitor.find("confusion").locator(".scatterlayer path.point").nth(12)
    square.wait_for()
    box = square.bounding_box()
    visitor.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    visitor.read("cell_images", re.escape(ZH("classes.mnist.1")))
    visitor.read("mistakes", "%")
    visitor.press("duel_begin")
    visitor.press("guess_7").read("duel_score", "/ 1")

    film = visitor.find("time_machine")
    slider = film.get_by_role("slider")
    slider.focus()
    visitor.page.keyboard.press("Home")
    expect(film.locator(".when")).to_contain_text(ZH("inside.film.start"))
    film.get_by_role("button", name=ZH("inside.film.play")).click()
    expect(film.locator(".when")).not_to_contain_text(ZH("inside.film.start"))

    visitor.read("fewest_pixels", r"\d+ 个像素就把")
    expect(visitor.find("heatmap").locator(".tile")).to_have_count(2)
    visitor.find("surgery").get_by_role("slider").first.focus()
    for _ in range(30):
        visitor.page.keyboard.press("ArrowRight")
    visitor.read("surgery", re.escape(ZH("inside.surgery.chance", n=30)))
    visitor.press("robustness_measure")
    visitor.find("robustness").locator(".js-line").first.wait_for()
    visitor.press("find_neighbours")
    expect(visitor.find("neighbours").locator(".tile")).to_have_count(20)


def test_arrow_keys_walk_through_the_small_images(visit):
    visitor = visit("/inside?model=mnist")
    tiles = visitor.find("network_flow").locator("button.tile")
    tiles.first.focus()
    visitor.page.keyboard.press("ArrowRight")
    expect(tiles.nth(1)).to_be_focused()
    before = visitor.find("neuron").inner_text()
    visitor.page.keyboard.press("Enter")
    expect(visitor.find("neuron")).not_to_have_text(before)
