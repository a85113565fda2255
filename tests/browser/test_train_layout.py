"""The layout of the train page: what a phone shows first, and what stays visible during a run."""

import re
from random import Random

import pytest
from playwright.sync_api import expect

from fvapp.core.settings import preset_settings
from fvapp.core.wording import settings_summary
from fvapp.ui.train.form import CARDS
from visitor import EN, PERCENT, box_of

SHORT = "/?train_images=1000&epochs=2&validation_split=0.1"
CHART = ".st-key-curves .js-plotly-plot"
HUNDRED = ".fvapp-hundred"

# Returns the names in a chart's legend that overlap the chart's heading.
COVERED = """(chart) => {
  const box = (element) => element.getBoundingClientRect();
  const plot = document.querySelector(chart);
  const heading = box(plot.querySelector(".annotation-text"));
  const names = [...plot.querySelectorAll(".legendtext")];
  return names.filter((name) => box(name).bottom > heading.top + 1).map((name) => name.textContent);
}"""

# Returns the labels of the curves that are not visible: below the window, or cut off by the chart's
# container.
CUT = """height => [...document.querySelectorAll(".st-key-curves .js-plotly-plot")].flatMap((chart) => {
  const place = chart.closest(".stElementContainer").getBoundingClientRect();
  return [...chart.querySelectorAll(".xtitle, .xtick, .ytick")].filter((label) => {
    const { top, bottom } = label.getBoundingClientRect();
    return bottom > height || bottom > place.bottom + 1 || top < place.top;
  }).map((label) => [label.textContent, label.getBoundingClientRect().bottom, place.bottom]);
})"""


def top(visitor, selector: str) -> float:
    """Return an element's y coordinate once the element exists, as after a redraw of the page."""
    box = visitor.page.wait_for_function(
        "s => (box => box?.height ? [box.y] : null)(document.querySelector(s)?.getBoundingClientRect())",
        arg=selector,
    )
    return box.json_value()[0]


def bottom(visitor, selector: str) -> float:
    """Return the y coordinate at which an element ends, once the element exists."""
    return top(visitor, selector) + box_of(visitor.page.locator(selector).first)["height"]


def rises_to(visitor, selector: str, y: float, side: str = "bottom") -> None:
    """Wait until a side of an element ("top" or "bottom") is at or above `y`.

    While a page is redrawn, other elements above this element appear and disappear.
    """
    visitor.page.wait_for_function(
        "([s, y, side]) => (box => box?.height && box[side] <= y)(document.querySelector(s)?.getBoundingClientRect())",
        arg=[selector, y, side],
    )


@pytest.mark.long
@pytest.mark.parametrize("scrolled", [0, 150])
def test_a_phone_shows_the_hundred_pixels_and_the_whole_first_curve_before_in_and_after_a_training(
    visit, scrolled
):
    # A run of some seconds, so that the page can be looked at while the run trains.
    visitor = visit("/?train_images=1000&epochs=60", width=380, height=800)
    tabs = top(visitor, ".st-key-pages")
    assert top(visitor, HUNDRED) < bottom(visitor, CHART) <= tabs
    visitor.page.locator(".stMain").evaluate("(main, y) => main.scrollTo(0, y)", scrolled)
    visitor.press("train_start")
    visitor.read("run_state", EN("states.running"), timeout=90)
    assert top(visitor, HUNDRED) < bottom(visitor, CHART) <= tabs
    visitor.read("test_result", PERCENT, timeout=90)
    assert top(visitor, ".st-key-run_state") >= 0
    assert top(visitor, HUNDRED) < bottom(visitor, CHART) <= tabs
    assert visitor.page.evaluate(COVERED, CHART) == []
    visitor.press("form_change")
    expect(visitor.find("preset")).to_be_visible()
    rises_to(visitor, CHART, tabs)
    visitor.find("preset").get_by_role("radio").nth(1).click()
    visitor.press("train_start")
    visitor.find("shown_run_choice").wait_for()  # this list of runs adds a line to the page
    visitor.find("run_commands").get_by_text(EN("train.buttons.try_network")).wait_for(
        timeout=90_000
    )
    visitor.press("form_change")
    expect(visitor.find("preset")).to_be_visible()
    rises_to(visitor, CHART, tabs - 100, "top")


@pytest.mark.long
@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1280, 800), (820, 800)])
def test_charts_are_whole_on_the_first_screen_and_parts_of_a_run_stay_where_they_are(
    visit, width, height
):
    def charts_are_whole() -> None:
        expect(visitor.page.locator(f"{CHART} .xtitle")).to_have_count(1)
        # Wait until the chart has placed its labels.
        visitor.page.wait_for_function(f"height => !({CUT})(height).length", arg=height)

    visitor = visit(SHORT, width=width, height=height)
    charts_are_whole()
    visitor.press("train_start")
    visitor.read("form_change", re.escape("128 neurons · 2 epochs"))
    expect(visitor.find("preset")).not_to_be_visible()
    visitor.read("test_result", PERCENT, timeout=90)
    charts_are_whole()
    state = visitor.find("run_state")
    state.evaluate("(element) => (element.dataset.same = 'yes')")
    visitor.press("form_change")
    charts_are_whole()
    visitor.find("preset").get_by_role("radio").nth(1).click()
    visitor.press("train_start")
    chosen = visitor.find("run_choice").locator("input").first
    expect(chosen).to_have_value(re.compile(re.escape(EN("common.run", n=2, network="512"))))
    visitor.read("test_result", PERCENT, timeout=90)
    expect(state).to_have_attribute("data-same", "yes")
    visitor.press("try_network")
    visitor.page.wait_for_url("**/draw")
    visitor.wait_until_drawn()
    chosen = visitor.find("model_choice").locator("input").first
    expect(chosen).to_have_value(re.compile("^" + re.escape(EN("common.run", n=2, network="512"))))


@pytest.mark.long
def test_presets_pressed_while_the_page_comes_late_are_trained_whole(visit):
    visitor = visit(None)
    late = []
    draw = Random(1)

    def route(socket):
        server = socket.connect_to_server()
        server.on_message(
            lambda message: late.append((socket, message)) if holds else socket.send(message)
        )

    holds: list[bool] = []
    visitor.page.route_web_socket("**/_stcore/stream", route)
    visitor.open("/")
    for topic in ("network", "training", "data"):
        visitor.unfold(f"topic_{topic}")
        visitor.find(f"topic_{topic}").locator("input").first.wait_for()
    cards = visitor.find("preset").get_by_role("radio")
    for _ in range(20):
        holds.append(True)
        for _ in range(3):
            cards.nth(place := draw.randrange(3)).click()
            # The pause is random, so that some clicks interrupt the answer to the previous click.
            visitor.page.wait_for_timeout(draw.randrange(50, 900))
            for socket, message in [late.pop(0) for _ in range(draw.randint(0, len(late)))]:
                socket.send(message)
        holds.clear()
        for socket, message in late:
            socket.send(message)
        late.clear()
        settings = preset_settings(CARDS[place], "fashion_mnist")
        visitor.read("form_line", re.escape(settings_summary(settings, EN)))
        expect(visitor.page.locator("[class*=st-key-batch_size_] input")).to_have_value(
            str(settings.batch_size)
        )
        expect(cards.nth(place)).to_be_checked()


def test_the_presets_are_one_choice_for_the_keyboard_and_settings_survive_a_refresh(visit):
    visitor = visit("/")
    cards = visitor.find("preset").get_by_role("radio")
    expect(cards.nth(0)).to_be_checked()
    cards.nth(0).focus()
    visitor.keys("ArrowRight", "Space")
    expect(cards.nth(1)).to_be_checked()
    expect(visitor.find("network_picture")).to_contain_text("512")
    assert all(box_of(card)["height"] >= 44 for card in cards.all())
    # A text has no convolutions, and its cards make way for those of the next data set.
    for dataset, names in (("stories", ["standard", "wide"]), ("mnist", CARDS)):
        visitor.page.get_by_role("radio", name=EN(f"datasets.{dataset}.what")).click()
        expect(visitor.page.get_by_text(EN(f"datasets.{dataset}.intro"))).to_be_visible()
        expect(cards).to_have_count(len(names))
        for card, name in zip(cards.all(), names, strict=True):
            expect(card).to_contain_text(EN(f"presets.{name}.label"))
    visitor.open_again()
    expect(cards.nth(1)).to_be_checked()
    expect(visitor.page.get_by_text(EN("datasets.mnist.intro"))).to_be_visible()
