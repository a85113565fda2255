"""Motor accessibility: few tab stops, visible focus, large targets, and zoom up to 400%."""

import pytest

from fvapp.core.missions import MISSIONS
from fvapp.i18n import Translator
from fvapp.ui.inside.tools import tools_for_dataset
from fvapp.ui.missions.screens import screens_of_mission
from fvapp.ui.parts.page_table import PAGES

# Marked long, because these tests keep two cores busy for one to two minutes.
pytestmark = pytest.mark.long

FINGER = 44  # CSS pixels: the size of a touch target by WCAG 2.5.5
OWN_RUNS = ("step", "film")  # tools that work only on a visitor's own runs, not on shipped networks

# Returns what the focused element is, whether it is in the widget with this key, and whether
# another element covers it.
FOCUSED = """key => {
  let element = document.activeElement;
  while (element.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
  const shown = element.matches("[type=radio], [type=checkbox]") ? element.closest("label") : element;
  const box = shown.getBoundingClientRect();
  const [x, y] = [box.left + box.width / 2, box.top + Math.min(box.height / 2, 20)];
  const seen = document.elementFromPoint(x, y);
  const root = element.getRootNode().host ?? shown;
  return {
    there: Boolean(root.closest(`.st-key-${key}`)),
    page: element === document.body || element.matches("main"),
    what: element.outerHTML.slice(0, 150),
    hidden: !seen || !(root.contains(seen) || seen.contains(root) || seen.shadowRoot?.contains(element)),
  };
}"""


def stops_until(visitor, key, most=60):
    """Press Tab from the top of the page until the focus is within the widget with this key.

    Returns:
        A description of each focused element on the way.
    """
    stops = []
    while len(stops) < most:
        visitor.keys("Tab")
        stops.append(visitor.page.evaluate(FOCUSED, key))
        if stops[-1]["there"]:
            return stops
    raise AssertionError(f"{key} is no tab stop among {[stop['what'] for stop in stops]}")


# For each page, mission and tool: its address, the key of its main widget, and the maximum number
# of tab stops before that widget.
GOALS = [
    *(
        ("/", "train_start", 7),
        ("/draw?dataset=mnist", "canvas", 8),
        ("/compare", "compare_empty", 12),
    ),
    *(
        ("/inside?model=mnist", "cards", 12),
        ("/data", "choose_image", 12),
        ("/class", "content input", 12),
    ),
    *(
        (f"/missions?mission={mission.short_name}", f"screen_{screens_of_mission(mission)[0]}", 12)
        for mission in MISSIONS.values()
    ),
    *(
        (f"/inside?model=mnist&part={part}", f"inside_part_{part}", 12)
        for part in tools_for_dataset("mnist")
        if part not in OWN_RUNS
    ),
]


@pytest.mark.parametrize("width", [1280, 380])
@pytest.mark.parametrize(("path", "key", "most"), GOALS)
def test_what_a_page_is_for_is_a_few_tab_stops_from_its_top(visit, path, key, most, width):
    stops = stops_until(visit(path, width=width, height=800), key)
    assert len(stops) <= most, [stop["what"] for stop in stops]


@pytest.mark.parametrize("language", ["en", "zh-Hant"])
def test_the_first_tab_stop_leads_to_the_other_pages(visit, language):
    t = Translator(language)
    visitor = visit(f"/?lang={language}")
    visitor.keys("Tab")
    assert visitor.page.evaluate("document.activeElement.textContent") == t("pages.skip")
    visitor.keys("Enter", "Tab")
    assert visitor.page.evaluate("document.activeElement.innerText.trim()").endswith(
        t("pages.draw")
    )
    visitor.keys("Enter")
    visitor.read("content", t("draw.title"))


@pytest.mark.parametrize("width", [1280, 380])
@pytest.mark.parametrize(
    "path", ["/", "/draw?dataset=mnist", "/compare", "/missions?mission=1", "/data"]
)
def test_what_has_the_focus_is_in_sight(visit, path, width):
    visitor = visit(path, width=width, height=640)
    hidden = []
    for _ in range(60):
        visitor.keys("Tab")
        stop = visitor.page.evaluate(FOCUSED, "none")
        hidden += [stop["what"]] if stop["hidden"] and not stop["page"] else []
    assert not hidden


# Elements that are visible only after scrolling the page sideways: they are cut off at the edge of
# the window, and not inside an element that scrolls separately.
CUT = """() => [...document.querySelectorAll(".stMain *")].filter((element) => {
  const shown = element.matches("[type=radio], [type=checkbox]") ? element.closest("label") : element;
  const box = shown.getBoundingClientRect();
  if (!box.width || !box.height || box.left >= innerWidth || box.right <= innerWidth + 1) return false;
  for (let around = element; around && !around.matches(".stMain"); around = around.parentElement) {
    const style = getComputedStyle(around);
    if (style.overflowX !== "visible" || style.visibility === "hidden" || around.tagName === "svg") return false;
  }
  return true;
}).map((element) => element.outerHTML.slice(0, 150))"""


# Windows in CSS pixels: 1280 x 1024 at 400% zoom, 1280 x 720 at 300% and 200%, and small phones.
ENLARGED = [(320, 256), (426, 240), (640, 360), (568, 320), (320, 568)]


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_at_400_percent_nothing_is_cut_and_nothing_scrolls_both_ways(visit, page):
    visitor = visit(f"/{page.url_path}", width=320, height=256)
    for width, height in ENLARGED:
        visitor.page.set_viewport_size({"width": width, "height": height})
        visitor.wait_until_drawn()
        assert visitor.page.evaluate("document.querySelector('.stMain').scrollWidth") <= width, (
            height
        )
        assert visitor.page.evaluate(CUT) == [], (width, height)


# Targets smaller than 24 pixels, except a slider's input, which nobody presses directly, and the
# skip link.
SMALL = """() => [
  ...document.querySelectorAll(".stMain :is(button, a[href], input:not([type=range]), summary)")
].map((each) => {
  const shown = each.matches("[type=radio], [type=checkbox]") ? each.closest("label") : each;
  const { width, height } = shown.getBoundingClientRect();
  return { width, height, what: each.outerHTML.slice(0, 150), seen: each.checkVisibility() };
}).filter(({ width, height, seen }) => seen && width > 1 && Math.min(width, height) < 24)"""


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_every_target_is_at_least_24_pixels(visit, page):
    assert visit(f"/{page.url_path}").page.evaluate(SMALL) == []


@pytest.mark.parametrize(
    ("path", "targets"),
    [
        ("/", ["dataset_0 [role=radio]", "preset [role=radio]", "train_start button", "pages a"]),
        (
            "/draw?dataset=mnist",
            ["draw_dataset [role=radio]", "canvas_clear button", "random_image button", "pages a"],
        ),
    ],
)
def test_a_finger_finds_what_is_on_the_main_path(server, browse, path, targets):
    phone = browse(server.url, viewport={"width": 380, "height": 800}, has_touch=True).open(path)
    assert phone.page.evaluate("matchMedia('(pointer: coarse)').matches")
    small = []
    for target in targets:
        small += phone.page.locator(f".st-key-{target}").evaluate_all(
            f"""all => all.map((each) => [each, each.getBoundingClientRect()])
                .filter(([, box]) => box.height && (box.height < {FINGER} || box.width < {FINGER}))
                .map(([each, box]) => `${{Math.round(box.width)}} x ${{Math.round(box.height)}} ${{each.outerHTML}}`)"""
        )
    assert not small


def test_in_forced_colours_what_is_chosen_has_an_edge_and_the_paper_is_white(visit):
    visitor = visit("/draw?dataset=mnist")
    page = visitor.page
    page.emulate_media(forced_colors="active", color_scheme="dark")
    edges = page.locator(".stMain [aria-checked]").evaluate_all(
        "all => all.map((each) => [each.ariaChecked, getComputedStyle(each).outlineStyle])"
    )
    assert ["true", "solid"] in edges and ["false", "none"] in edges
    assert ["true", "none"] not in edges
    pens = visitor.find("canvas").locator(".pens label")
    pens.first.wait_for()
    pen_edges = pens.evaluate_all("all => all.map((pen) => getComputedStyle(pen).outlineStyle)")
    assert pen_edges == ["none", "solid", "none"]
    paper = visitor.find("canvas").locator("> *").first
    colour = paper.evaluate("paper => getComputedStyle(paper).backgroundColor")
    assert colour == "rgb(255, 255, 255)"


def test_at_200_percent_the_menus_cover_no_link_to_another_page(visit):
    visitor = visit("/class", width=640, height=384)
    links_end, menus_start = visitor.page.evaluate(
        """() => ["pages > :last-child", "header"].map((part) =>
            document.querySelector(`.st-key-${part}`).getBoundingClientRect())
            .map((box, place) => (place ? box.left : box.right))"""
    )
    assert links_end <= menus_start


def test_who_wants_no_motion_sees_none(visit):
    visitor = visit(None)
    visitor.page.emulate_media(reduced_motion="reduce")
    visitor.open("/?train_images=1000&epochs=1").press("train_start").read("run_state", r"\d/\d")
    moving = visitor.page.evaluate(
        "document.getAnimations().filter((each) => each.playState === 'running').length"
    )
    assert moving == 0
