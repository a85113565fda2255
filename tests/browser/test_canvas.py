"""The drawing canvas in a browser: what it sends, and that no stroke is ever lost."""

import json
import re
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic

import pytest
from playwright.sync_api import expect

from fvapp.core.datasets import DATASETS
from fvapp.core.preparation import BRUSHES, prepare_drawing_or_photo
from fvapp.core.preparation.strokes import parse_canvas
from visitor import EN, ONE, PERCENT, SEVEN, TSHIRT, box_of

NOTHING_YET = re.escape(EN("draw.nothing_yet"))
BAR = [[(0.2, 0.5), (0.8, 0.5)]]
PIXELS = """(image) => {
  const context = new OffscreenCanvas(28, 28).getContext("2d");
  context.drawImage(image, 0, 0);
  return [...context.getImageData(0, 0, 28, 28).data].filter((_, place) => place % 4 === 0);
}"""


# Messages that the page sends without a click. The page's live part sends "changed" when the server
# announces a change, such as a training process that is ready. The page also sends "rested" when a
# drawing has not changed for a second.
BY_ITSELF = re.compile(rb'\[\{"event":"(?:changed|rested)",')


class Messages(list):
    """The messages that a visitor's page has sent to the server, with the canvas's strokes."""

    def heard(self, frame: object) -> None:
        message = frame if isinstance(frame, bytes) else str(frame).encode()
        if not BY_ITSELF.search(message):
            self.append(message)

    def strokes(self) -> list[dict[str, object]]:
        """Return the strokes in the latest message from the canvas, in the library's format."""
        for frame in reversed(self):
            start = frame.find(b'{"drawing":{"raw":')
            if start >= 0:
                value, _ = json.JSONDecoder().raw_decode(frame[start:].decode(errors="replace"))
                return value["drawing"]["raw"]["objects"]
        return []


def test_the_sheet_fills_its_frame_where_the_tools_are_as_wide_as_the_canvas(visit):
    visitor = visit("/draw?dataset=mnist", width=390, height=844)
    canvas = visitor.find("canvas")
    canvas.locator(".paper").wait_for()
    canvas.evaluate("canvas => canvas.style.cssText = 'width: 280px; max-width: 280px'")
    box = box_of(canvas.locator(".paper"))
    assert box["width"] == box_of(canvas)["width"] == 280
    tools = canvas.locator(".tools").evaluate("tools => tools.scrollWidth - tools.clientWidth")
    assert tools <= 0


@pytest.fixture
def draw_page(visit):
    """Return ``open_page(...)``: a visitor on the draw page, and the messages that the page sends.

    The page has already answered a first drawing, and the canvas is empty again.
    """

    def open_page(path: str = "/draw?dataset=mnist", scale: int = 1, **window: object):
        visitor = visit(None, **window)
        sent = Messages()
        visitor.page.on("websocket", lambda socket: socket.on("framesent", sent.heard))
        if scale > 1:
            metrics = {"width": window["width"], "height": 800, "mobile": True}
            visitor.page.context.new_cdp_session(visitor.page).send(
                "Emulation.setDeviceMetricsOverride", metrics | {"deviceScaleFactor": scale}
            )
        visitor.open(path)
        visitor.draw(ONE)
        visitor.read("answer", PERCENT)
        visitor.press("canvas_clear")
        visitor.read("answer", NOTHING_YET)
        visitor.wait_until_drawn()
        sent.clear()
        return visitor, sent

    return open_page


def place_in(visitor, x: float, y: float) -> tuple[float, float]:
    box = box_of(visitor.find("canvas").locator("[role=application]"))
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def drag(visitor, start: tuple[float, float], end: tuple[float, float], steps: int = 5) -> None:
    """Move the pressed mouse across the canvas."""
    visitor.page.mouse.move(*place_in(visitor, *start))
    visitor.page.mouse.down()
    visitor.page.mouse.move(*place_in(visitor, *end), steps=steps)


@contextmanager
def stands_still(server) -> Iterator[None]:
    server.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        server.process.send_signal(signal.SIGCONT)


def wait_for(visitor, is_so: Callable[[], bool], patience: float = 30) -> None:
    """Wait until a condition on the page's messages holds, then until the page is drawn.

    The condition is checked at each animation frame.
    """
    until = monotonic() + patience
    while not is_so():
        assert monotonic() < until
        visitor.page.evaluate("() => new Promise(requestAnimationFrame)")
    visitor.wait_until_drawn()


def test_a_stroke_an_undo_a_clear_and_its_undo_are_one_message_each_before_and_after_a_refresh(
    draw_page,
):
    visitor, sent = draw_page()
    drag(visitor, (0.5, 0.15), (0.5, 0.85), steps=40)
    assert sent == []  # the page sends nothing while somebody draws
    visitor.page.mouse.up()
    visitor.read("answer", r"1 · " + PERCENT.pattern)
    assert len(sent) == 1 and len(sent.strokes()) == 1
    # The help on keys appears only for visitors who draw with the keyboard.
    expect(visitor.find("canvas").locator(".keys")).to_be_hidden()

    def each_is_one_message(steps: list[tuple[str, str]]) -> None:
        for number, (handle, answer) in enumerate(steps):
            visitor.wait_until_drawn()
            sent.clear()
            visitor.press(handle)
            visitor.read("answer", answer)
            visitor.wait_until_drawn()
            assert len(sent) == 1, (number, handle)

    one = r"1 · " + PERCENT.pattern
    each_is_one_message([("canvas_undo", NOTHING_YET)])
    visitor.draw(ONE).draw(BAR)
    wait_for(visitor, lambda: len(sent.strokes()) == 2)
    each_is_one_message([("canvas_clear", NOTHING_YET), ("canvas_undo", PERCENT)])
    # A refresh replaces the strokes on the canvas by an image below the canvas.
    visitor.open_again()
    visitor.read("answer", PERCENT)
    each_is_one_message([("canvas_undo", one), ("canvas_clear", NOTHING_YET), ("canvas_undo", one)])
    # The wait below is for a new message with one stroke; the last message also had one stroke.
    sent.clear()
    visitor.draw(BAR)
    wait_for(visitor, lambda: len(sent.strokes()) == 1)
    # Undo first removes the stroke on the canvas, then the stroke in the image below it.
    each_is_one_message([("canvas_undo", one), ("canvas_undo", NOTHING_YET)])


def ink(visitor) -> int:
    """Return how many pixels of the library's canvas are drawn on."""
    return (
        visitor.find("canvas")
        .locator(".dc-canvas.lower-canvas")
        .evaluate(
            """canvas => {
              const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
              return data.filter((value, at) => at % 4 === 3 && value).length;
            }"""
        )
    )


@pytest.mark.long
def test_a_clear_of_more_strokes_than_the_library_can_undo_leaves_nothing(draw_page):
    visitor, sent = draw_page()
    visitor.draw([[(0.2, 0.2 + row / 200), (0.3, 0.2 + row / 200)] for row in range(103)])
    wait_for(visitor, lambda: len(sent.strokes()) == 103)
    visitor.press("canvas_clear").read("answer", NOTHING_YET)
    assert ink(visitor) == 0
    wait_for(visitor, lambda: sent.strokes() == [])


@pytest.mark.long
def test_a_clear_of_strokes_on_the_canvas_and_earlier_ones_is_taken_back_before_the_server_has_heard(
    draw_page, server
):
    visitor, sent = draw_page()
    visitor.draw(ONE)
    wait_for(visitor, lambda: len(sent.strokes()) == 1)
    visitor.open_again()
    visitor.read("answer", PERCENT)
    image = visitor.find("seen_28").locator("img")
    first = image.get_attribute("src")
    visitor.draw(BAR)
    expect(image).not_to_have_attribute("src", first)
    seen = image.get_attribute("src")
    earlier = visitor.find("canvas").locator(".earlier path")
    with stands_still(server):
        visitor.press("canvas_clear")
        expect(earlier).to_have_attribute("hidden", "")
        assert ink(visitor) == 0
        visitor.press("canvas_undo")
        expect(earlier).not_to_have_attribute("hidden", "")
        assert ink(visitor) > 0
    expect(image).to_have_attribute("src", seen)
    visitor.press("canvas_undo").read("answer", r"1 · " + PERCENT.pattern)
    visitor.press("canvas_undo").read("answer", NOTHING_YET)


def test_the_librarys_buttons_stand_in_the_order_in_which_the_companion_takes_them(draw_page):
    visitor, _ = draw_page()
    buttons = visitor.find("canvas").locator(".dc-toolbar-card > button")
    titles = [button.get_attribute("title") for button in buttons.all()]
    assert titles == [
        "Update the app with this drawing",
        "Undo",
        "Redo",
        "Edit",
        "Reset canvas & history",
    ]


@pytest.mark.long
def test_a_drawing_of_many_long_strokes_is_there_after_a_refresh(draw_page):
    visitor, sent = draw_page("/draw?dataset=fashion_mnist")
    for row in range(12):
        drag(visitor, (0.1, 0.1 + 0.07 * row), (0.9, 0.12 + 0.07 * row), steps=100)
        visitor.page.mouse.up()
    wait_for(visitor, lambda: len(sent.strokes()) == 12)
    shade = BRUSHES[DATASETS["fashion_mnist"].way].ink_lightness
    drawing = parse_canvas(sent.strokes(), shade)
    pixels = prepare_drawing_or_photo(drawing, "fashion_mnist").image.ravel().tolist()
    picture = visitor.find("seen_28").locator("img")
    wait_for(visitor, lambda: picture.evaluate(PIXELS) == pixels)
    visitor.open_again()
    wait_for(visitor, lambda: picture.evaluate(PIXELS) == pixels)


def test_the_picture_of_the_pen_gives_way_to_the_networks_even_if_a_stroke_changes_nothing(
    draw_page,
):
    visitor, sent = draw_page("/draw?dataset=fashion_mnist")
    screen = visitor.find("seen_28")
    addresses = []
    for strokes in (1, 2):
        visitor.draw(ONE)
        wait_for(visitor, lambda count=strokes: len(sent.strokes()) == count)
        expect(screen).not_to_have_attribute("style", re.compile("--live"))
        addresses.append(screen.locator("img").get_attribute("src"))
    assert addresses[0] == addresses[1]


def test_a_script_run_in_the_middle_of_a_stroke_loses_nothing(draw_page):
    visitor, sent = draw_page()
    drag(visitor, (0.25, 0.2), (0.75, 0.2))
    # Choosing another brush starts a script run, which draws the canvas again.
    visitor.page.get_by_label(EN("draw.canvas.thick")).evaluate("field => field.click()")
    wait_for(visitor, lambda: len(sent) == 1)
    visitor.page.mouse.move(*place_in(visitor, 0.4, 0.85), steps=5)
    visitor.page.mouse.up()
    visitor.read("answer", r"7 · " + PERCENT.pattern)
    (stroke,) = sent.strokes()
    assert len(stroke["path"]) >= 10 and stroke["strokeWidth"] == 4 * 30


@pytest.mark.long
def test_strokes_drawn_while_the_server_stands_still_are_all_there(draw_page, server):
    visitor, sent = draw_page()
    with stands_still(server):
        visitor.page.get_by_label(EN("draw.canvas.thin")).check(force=True)
        visitor.draw(BAR)
        visitor.press("canvas_undo")
        visitor.draw([[(0.2, 0.9), (0.8, 0.9)]])
        visitor.press("canvas_clear")
        visitor.draw(SEVEN)
        drag(visitor, (0.3, 0.5), (0.5, 0.5))
    visitor.read("answer", r"7 · " + PERCENT.pattern)
    visitor.page.mouse.move(*place_in(visitor, 0.7, 0.5), steps=5)
    visitor.page.mouse.up()
    wait_for(visitor, lambda: len(sent.strokes()) == 2)
    bar = sent.strokes()[1]
    # The whole stroke arrived, with the chosen pen.
    assert bar["strokeWidth"] == 4 * 12 and bar["path"][-1][1] - bar["path"][0][1] > 400


class Fingers:
    """Fingers that touch a visitor's canvas."""

    def __init__(self, visitor) -> None:
        self.visitor, self.session = visitor, visitor.page.context.new_cdp_session(visitor.page)

    def touch(self, kind: str, *points: tuple[float, float]) -> None:
        places = [place_in(self.visitor, *point) for point in points]
        touches = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(places)]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})


@pytest.mark.long
def test_on_a_phone_the_canvas_is_sharp_and_a_second_finger_or_one_taken_away_spoils_no_stroke(
    draw_page,
):
    visitor, sent = draw_page(width=380, scale=3)
    canvas = visitor.find("canvas").locator("[role=application]")
    drawn = visitor.find("canvas").locator(".upper-canvas")
    assert drawn.evaluate("e => e.width / (e.clientWidth * devicePixelRatio)") >= 1
    assert canvas.evaluate("e => e.clientWidth") >= 340
    expect(visitor.find("canvas").locator(".dc-toolbar")).to_be_hidden()

    fingers = Fingers(visitor)
    fingers.touch("touchStart", (0.5, 0.2))
    fingers.touch("touchStart", (0.5, 0.2), (0.9, 0.9))
    for step in range(2, 9):
        fingers.touch("touchMove", (0.5, step / 10), (0.2, step / 10))
    fingers.touch("touchEnd")
    visitor.read("answer", r"1 · " + PERCENT.pattern)
    assert len(sent.strokes()) == 1
    seen = visitor.find("seen_28").locator("img").get_attribute("src")
    fingers.touch("touchStart", (0.2, 0.9))
    for x in (0.1, -0.1, -0.1, 0.1, 0.2):  # points outside the canvas are not drawn
        fingers.touch("touchMove", (x, 0.9))
    fingers.touch("touchEnd")
    wait_for(visitor, lambda: len(sent.strokes()) == 2)
    expect(visitor.find("seen_28").locator("img")).not_to_have_attribute("src", seen)

    visitor.press("canvas_clear").read("answer", NOTHING_YET)
    fingers.touch("touchStart", (0.5, 0.2))
    for step in range(3, 9):
        fingers.touch("touchMove", (0.5, step / 10))
    fingers.touch("touchCancel")
    visitor.read("answer", r"1 · " + PERCENT.pattern)
    fingers.touch("touchStart", (0.2, 0.5))
    fingers.touch("touchMove", (0.8, 0.5))
    fingers.touch("touchEnd")
    wait_for(visitor, lambda: len(sent.strokes()) == 2)


# Streamlit keeps the chart of the previous answer, hidden, until the next chart is drawn.
NAMES_SHOWN = """() => {
    const chart = document.querySelector(".st-key-probabilities");
    const names = [...chart.querySelectorAll(".ytick text")];
    const shown = names.filter((each) => each.checkVisibility({ visibilityProperty: true }));
    return shown.length === 10 && [chart, ...shown].map((each) => each.getBoundingClientRect().toJSON());
}"""


@pytest.mark.long
def test_the_names_beside_the_bars_have_the_room_they_need(draw_page):
    visitor, _ = draw_page("/draw?dataset=fashion_mnist")
    visitor.draw(TSHIRT)
    visitor.read("answer", PERCENT)
    chart, *names = visitor.page.wait_for_function(NAMES_SHOWN).json_value()
    assert min(each["left"] for each in names) >= chart["left"]
    # All class names end at the same x coordinate, beside their bars.
    assert len({round(each["right"]) for each in names}) == 1
