"""Touch: a swipe that begins on a chart, and taps on numbers, helps and buttons."""

import pytest
from playwright.sync_api import expect

from visitor import PERCENT, SEVEN, box_of


def swipe_up(page, locator):
    """Swipe up by 300 pixels from the middle of an element; the page may prevent the scrolling."""
    locator.scroll_into_view_if_needed()
    box = box_of(locator)
    x = box["x"] + box["width"] / 2
    y = box["y"] + box["height"] / 2
    session = page.context.new_cdp_session(page)
    session.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    for step in range(16):
        touch = {
            "type": "touchMove" if step else "touchStart",
            "touchPoints": [{"x": x, "y": y - 20 * step}],
        }
        session.send("Input.dispatchTouchEvent", touch)
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_swipe_that_begins_on_a_chart_scrolls_the_page(visit):
    page = visit("/", width=380, height=800).page
    chart = page.locator(".st-key-curves .nsewdrag").first
    chart.wait_for()
    chart.scroll_into_view_if_needed()
    place = "document.querySelector('.stMain').scrollTop"
    before = page.evaluate(place)
    swipe_up(page, chart)
    page.wait_for_function(f"{place} > {before} + 200")


@pytest.mark.parametrize(
    "width", [380, *(pytest.param(each, marks=pytest.mark.long) for each in (820, 1280))]
)
def test_all_numbers_of_an_image_fit_and_a_tap_makes_them_large_where_they_are_small(visit, width):
    page = visit("/data", width=width, height=800).page
    grid = page.locator(".fvapp-pixels > div")
    cell = grid.locator("td").nth(1 + 15 * 28 + 15)  # the table's first cell is its corner
    expect(cell).to_be_attached()
    assert grid.evaluate("grid => grid.scrollWidth <= grid.clientWidth")
    small = box_of(cell)["width"]
    cell.click()
    expect(cell).to_be_in_viewport()
    if width < 1280:
        assert small < 22 < box_of(cell)["width"]
        cell.click()
    assert box_of(cell)["width"] == pytest.approx(small, abs=0.5)


def test_the_help_of_a_switch_flips_nothing_and_a_random_image_comes_into_view(visit):
    visitor = visit("/draw?dataset=mnist", width=380, height=800)
    visitor.draw(SEVEN)
    visitor.read("answer", PERCENT)
    visitor.unfold("draw_more")
    switch = visitor.page.locator('[class*="st-key-step_"]').first
    switch.wait_for()
    # The help closes when elements that are drawn later move the switch, so wait for them.
    visitor.wait_until_drawn()
    switch.get_by_role("button").click()
    expect(visitor.page.get_by_role("tooltip")).to_be_visible()
    visitor.wait_until_drawn()
    expect(switch.get_by_role("switch")).to_be_checked()

    visitor.unfold("other_ways")
    visitor.press("random_image")
    expect(visitor.find("answer_row")).to_be_in_viewport(ratio=1)


def test_an_expander_closes_at_once_so_that_nothing_moves_away_from_under_a_finger(visit):
    visitor = visit("/draw?dataset=mnist", width=380, height=800)
    visitor.unfold("other_ways")
    visitor.button("random_image").wait_for()
    visitor.wait_until_drawn()
    heights = visitor.find("other_ways").evaluate(
        """async (expander) => {
          const frame = () => new Promise(requestAnimationFrame);
          expander.querySelector("summary").click();
          await frame();
          await frame();
          return ["details", "summary"].map((part) => expander.querySelector(part).offsetHeight);
        }"""
    )
    assert heights[0] == pytest.approx(heights[1], abs=5)  # the borders
