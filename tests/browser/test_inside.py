"""The Look inside page as visitors use it, from a drawn digit through all tools, in Chinese."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from fvapp.i18n import Translator
from visitor import EN, ON_HEADING, SEVEN, box_of

ZH = Translator("zh-Hans")
# Counts, from now on, how often the details of the chosen neuron are drawn again.
COUNT_ANSWERS = """() => {
  window.answers = 0;
  new MutationObserver(() => window.answers++).observe(
    document.querySelector('.st-key-neuron'), { subtree: true, childList: true, characterData: true });
  return window.answers;
}"""
# Returns whether the strip at the top covers the focused element, or null when the focus is not in
# the tool below.
COVERED = """() => {
  const focused = document.activeElement, strip = document.querySelector('.st-key-inside_strip');
  if (!focused.closest('.st-key-inside_body')) return null;
  const { top, height } = focused.getBoundingClientRect();
  return top + height / 2 < strip.getBoundingClientRect().bottom;
}"""
SHORT = "/?dataset=mnist&train_images=1000&epochs=2&validation_split=0.1"


def test_a_drawn_digit_goes_through_all_parts(visit):
    visitor = visit(None, locale="zh-CN")
    visitor.train(SHORT)
    visitor.go_to(ZH("pages.draw"))
    visitor.draw(SEVEN)
    visitor.read("answer", r"\d+\.\d%", timeout=60)
    visitor.read("inside_short", ZH("draw.short.title"))
    visitor.unfold("inside_short").press("short_search")
    visitor.read("inside_short", r"\d 个像素就把")

    visitor.go_to(ZH("pages.inside"))
    visitor.read("inside_answer", "%")
    open_card(visitor, "way")
    expect(visitor.find("flow_tiles").locator(".tile")).to_have_count(10)
    open_maths(visitor)
    first = visitor.read("neuron", ZH("inside.neuron.bias"))
    visitor.find("flow_tiles").locator(".tile").nth(3).click()
    expect(visitor.find("flow_tiles").locator(".tile").nth(3)).to_have_attribute(
        "aria-pressed", "true"
    )
    expect(visitor.find("neuron")).not_to_have_text(first)
    visitor.read("softmax_steps", ZH("inside.softmax.powers"))

    film = visitor.press("inside_next").find("time_machine")
    slider = film.get_by_role("slider")
    slider.focus()
    visitor.keys("Home")
    expect(film.locator(".when")).to_contain_text(ZH("inside.film.start"))
    film.get_by_role("button", name=ZH("inside.film.play")).click()
    expect(film.locator(".when")).not_to_contain_text(ZH("inside.film.start"))
    with visitor.page.expect_download() as taken:
        visitor.press("take_film")
    content = Path(taken.value.path()).read_bytes()
    assert content.startswith(b"GIF89a") and len(content) < 300_000

    visitor.press("inside_next").page.locator(".onestep").wait_for()
    visitor.press("inside_next")
    expect(visitor.find("heat_pictures").locator(".tile")).to_have_count(1)

    board = visitor.press("inside_next").find("fool")
    board.locator(".board canvas").click(position={"x": 5, "y": 5})
    visitor.read("fool", r"(?<!\d)1\s*个像素")
    board.get_by_role("button", name=ZH("draw.canvas.undo")).click()
    visitor.read("fool", r"(?<!\d)0\s*个像素")
    visitor.unfold("fool")
    visitor.read("fewest_pixels", r"\d+ 个像素就把")

    visitor.press("inside_next").press("guess_7").read("duel_last", "[✓✗]")
    visitor.press("inside_next").find("surgery").get_by_role("slider").first.focus()
    visitor.keys("30 ArrowRight")
    visitor.read("surgery", re.escape(ZH("inside.surgery.chance", n=30)))

    # A click on the middle of the square. Only Plotly knows where its chart draws that square.
    square = visitor.press("inside_next").find("confusion").locator(".barlayer .point path").nth(12)
    square.wait_for()
    click_middle(visitor.wait_until_drawn(), square)
    numbers = {"label": ZH("datasets.mnist.classes.1"), "answer": ZH("datasets.mnist.classes.2")}
    said = [ZH(f"inside.mistakes.{key}", n="\n", **numbers) for key in ("cell", "empty_cell")]
    words = [re.escape(each.splitlines()[0].replace("*", "")) for each in said]
    visitor.read("cell_images", "|".join(words))
    visitor.read("mistakes", "%")

    visitor.press("inside_next").press("find_neighbours")
    expect(visitor.find("neighbours").locator(".tile")).to_have_count(20)
    visitor.press("inside_next").press("robustness_measure")
    visitor.find("robustness").locator(".js-line").first.wait_for()


def click_middle(visitor, locator) -> None:
    """Click on the middle of a part of a chart, because Plotly finds the part by the position."""
    locator.wait_for()
    locator.scroll_into_view_if_needed()
    box = box_of(locator)
    visitor.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def open_card(visitor, part: str) -> None:
    visitor.find("cards").locator(f"[data-part={part}]").click()
    visitor.find(f"inside_part_{part}").wait_for()
    # The pressed card is gone, so the focus must move to the heading.
    visitor.page.wait_for_function(ON_HEADING)


def open_maths(visitor) -> None:
    visitor.find("inside_body").locator("summary").last.click()
    visitor.find("inside_behind").wait_for()


@pytest.mark.long
def test_a_card_opens_a_tool_and_back_shows_all(visit):
    visitor = visit("/inside?model=mnist")
    card = visitor.find("cards").locator("[data-part=why]")
    card.focus()
    visitor.keys("Enter")
    visitor.find("inside_part_why").wait_for()
    expect(visitor.page).to_have_url(re.compile("part=why"))
    visitor.page.go_back()
    visitor.find("cards").wait_for()
    # The visitor leaves the app, so the next address loads a new page.
    visitor.page.goto(f"{visitor.url}/_stcore/health")
    visitor.open("/inside?model=mnist#mistakes").find("inside_part_mistakes").wait_for()


def test_the_strip_stays_and_covers_nothing_that_has_the_focus(visit):
    visitor = visit("/inside?model=mnist&part=mistakes", width=380, height=800)
    strip = visitor.find("inside_strip")
    visitor.find("images_cell_tiles").wait_for()
    page = visitor.page
    page.mouse.move(190, 500)
    page.mouse.wheel(0, 2_000)
    expect(strip).to_be_in_viewport()
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        assert page.evaluate(COVERED) in (None, False)
    page.set_viewport_size({"width": 680, "height": 900})
    button = box_of(visitor.find("inside_another").locator("button"))
    words = [box_of(part) for part in strip.locator(".strip p > *").all()]
    assert words and all(word["x"] + word["width"] <= button["x"] for word in words)


@pytest.mark.long
def test_a_pointer_that_rests_on_a_cell_opens_it_a_click_keeps_it_and_one_on_a_bar_opens_a_neuron(
    visit,
):
    visitor = visit("/inside?model=mnist&part=way")
    maps = visitor.find("maps_tiles").locator("canvas")
    point = visitor.page.mouse
    for tile, (row, column) in ((2, (12, 16)), (4, (5, 7))):
        point.move(*cell(maps.nth(tile), row, column))
        visitor.read("neuron", f"row {row}, column {column}(?!\\d)")
    expect(maps.nth(4).locator("xpath=following-sibling::i")).to_be_visible()
    expect(visitor.find("maps_tiles").locator(".mark:visible")).to_have_count(1)
    point.click(*cell(maps.nth(1), 3, 9))
    visitor.read("neuron", "row 3, column 9(?!\\d)")
    visitor.wait_until_drawn()
    asked = visitor.page.evaluate(COUNT_ANSWERS)
    point.move(*cell(maps.nth(6), 20, 20), steps=4)
    visitor.page.wait_for_timeout(600)  # nothing must happen, so there is no event to wait for
    assert visitor.page.evaluate("window.answers") == asked == 0
    point.move(0, 0)
    point.move(*cell(maps.nth(6), 20, 20), steps=4)
    visitor.read("neuron", "row 20, column 20(?!\\d)")

    # A click on a bar shows the neuron that the bar represents.
    visitor.choose("network_flow", EN("inside.layers.only_hidden"))
    before = visitor.read("neuron", re.escape(EN("inside.layers.fed", name="").strip()))
    bar = visitor.find("network_flow").locator(".barlayer").first.locator("path").nth(4)
    click_middle(visitor.wait_until_drawn(), bar)
    expect(visitor.find("neuron").locator("strong").first).not_to_have_text(before.splitlines()[0])


def test_keys_walk_from_cell_to_cell_of_a_map_that_enter_opened(visit):
    visitor = visit("/inside?model=mnist&part=way")
    maps = visitor.find("maps_tiles").locator("button.tile")
    opened_first = re.search(r"\d+", visitor.find("neuron").inner_text())[0]
    maps.nth(0).focus()
    visitor.keys("ArrowRight")
    expect(maps.nth(1)).to_be_focused()
    visitor.keys("Enter")
    expect(maps.nth(1)).to_have_attribute("aria-pressed", "true")
    expect(visitor.find("neuron")).not_to_contain_text(re.compile(rf"Filter {opened_first}(?!\d)"))
    place = re.search(r"row (\d+), column (\d+)", visitor.find("neuron").inner_text())
    row, column = map(int, place.groups())
    up = row > 13
    left = column > 13
    visitor.keys("ArrowUp" if up else "ArrowDown", "ArrowLeft" if left else "ArrowRight")
    row += -1 if up else 1
    column += -1 if left else 1
    visitor.read("neuron", f"row {row}, column {column}(?!\\d)")
    visitor.keys("Escape", "ArrowRight")
    expect(maps.nth(2)).to_be_focused()


@pytest.mark.long
def test_a_tool_follows_the_image_that_is_drawn(visit):
    visitor = visit("/inside?model=mnist&part=surgery")
    chosen = visitor.find("surgery").locator("input").first
    expect(chosen).to_have_value("7")  # the first test image is a 7
    visitor.press("inside_another")
    visitor.draw([[(0.5, 0.15), (0.5, 0.85)]])
    expect(chosen).to_have_value("1")


def cell(canvas, row: int, column: int) -> tuple[float, float]:
    """Return the page coordinates of a cell in a 28 x 28 map."""
    canvas.scroll_into_view_if_needed()
    box = box_of(canvas)
    x = box["x"] + (column + 0.5) / 28 * box["width"]
    return x, box["y"] + (row + 0.5) / 28 * box["height"]


def onestep(visitor, screen: int):
    """Open the screen with index `screen` in the "One step" tool, and return the tool's locator."""
    step = visitor.page.locator(".onestep .steps button").nth(screen)
    step.click()
    expect(step).to_have_attribute("aria-current", "step")
    return visitor.page.locator(".onestep")


@pytest.mark.long
def test_one_steps_through_how_it_learns_with_the_keyboard(visit):
    visitor = visit(None)
    visitor.train(SHORT)
    visitor.go_to(EN("pages.inside"))
    open_card(visitor, "step")
    page = visitor.page
    tool = visitor.page.locator(".onestep")
    expect(tool.locator(".saying")).to_contain_text(re.compile(r"After \d+ steps it says"))
    tool.get_by_label(EN("step.moment")).select_option(label=EN("step.moments.start"))
    expect(tool.locator(".saying")).to_contain_text(EN("step.moments.start"))
    tool.get_by_label(EN("step.label")).select_option(index=3)
    expect(tool.locator(".saying")).to_contain_text("of 3, which you teach it")

    tool.get_by_role("button", name=EN("step.all_screens.next")).focus()
    page.keyboard.press("Enter")
    expect(tool.locator("h3")).to_be_focused()
    # Slider and ball move without the server, even when the page is offline.
    tool.get_by_role("slider").focus()
    visitor.page.context.set_offline(True)
    before = tool.locator(".ball").get_attribute("cx")
    visitor.keys("20 ArrowLeft", "40 ArrowRight")
    assert tool.locator(".ball").get_attribute("cx") != before
    expect(tool.locator(".spoken")).to_contain_text(re.compile(r"Loss \d\.\d\d"))
    visitor.page.context.set_offline(False)
    expect(tool.locator(".saying")).to_contain_text("Slope")
    tool.get_by_role("button", name=EN("step.weight.take")).press("Enter")
    expect(tool.locator(".saying")).to_contain_text("→")

    onestep(visitor, 2).get_by_role("button", name=EN("step.all.take")).press("Enter")
    expect(tool.locator(".saying")).to_contain_text(
        re.compile(r"[\d,]+ of 101,770 weights and biases moved")
    )
    onestep(visitor, 3).get_by_role("button", name=EN("step.again.until")).press("Enter")
    expect(tool.locator(".saying")).to_contain_text(re.compile(r"After step \d+"))
    expect(tool.locator(".twelve > span")).to_have_count(12)
    expect(onestep(visitor, 4).locator(".thin")).to_have_count(32)
    page.set_viewport_size({"width": 380, "height": 800})
    for place in range(6):  # on a phone, each of the six screens needs at most one scroll
        onestep(visitor, place)
        assert page.evaluate(
            "(main => main.scrollHeight <= 2 * main.clientHeight)(document.querySelector('.stMain'))"
        )
    page.set_viewport_size({"width": 1280, "height": 800})
    onestep(visitor, 5).get_by_role("slider").press("End")
    expect(tool.locator(".verdict")).to_have_text(re.compile(EN("step.size.kinds.worse")))
    open_maths(visitor)
    visitor.read("inside_behind", "momentum")
    tool.get_by_role("link", name=re.compile(EN("step.size.train", rate=r"0\.\d+"))).press("Enter")
    expect(page).to_have_url(re.compile(r"/\?dataset=mnist.*optimizer=sgd.*learning_rate=[\d.]+"))
    visitor.wait_until_drawn().unfold("topic_training")
    visitor.find("learning_rate_0").locator("input").first.wait_for(state="attached")
