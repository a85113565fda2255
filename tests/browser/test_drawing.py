"""Drawing in a browser with keys and fingers, over a refresh, and files in place of a drawing."""

import re
from base64 import b64encode

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from catalogue_texts import SHIPS
from fvapp.bench.drawings import canvas_json, place_drawing
from fvapp.bench.page_visitor import PageVisitor
from fvapp.core.preparation import Strokes
from fvapp.i18n import Translator
from visitor import CAMERA, EN, ONE, PERCENT, SEVEN, TSHIRT, aside, box_of

NOTHING_YET = re.escape(EN("draw.nothing_yet"))
FOCUSED = "() => { let e = document.activeElement; while (e.shadowRoot) e = e.shadowRoot.activeElement; return e }"


@pytest.mark.parametrize(
    "language",
    ["en", *(pytest.param(each, marks=pytest.mark.long) for each in SHIPS if each != "en")],
)
def test_a_digit_is_drawn_with_keys_alone_in_few_tab_stops_and_each_step_is_said(visit, language):
    t = Translator(language)
    visitor = visit(f"/draw?lang={language}")
    canvas = visitor.find("canvas").locator("[role=application]")
    said = visitor.find("canvas").locator("[aria-live]")
    expect(canvas).to_have_accessible_name(t("draw.canvas.label"))
    expect(canvas).to_have_accessible_description(t("draw.canvas.keys"))
    visitor.find("draw_dataset").get_by_role("radio", checked=True).focus()
    visitor.keys("2 Tab")  # the first Tab leads to the other data sets
    expect(canvas).to_be_focused()
    visitor.keys("9 ArrowUp")
    expect(said).to_have_text(t("draw.canvas.here", row=6, column=15))
    visitor.keys(" ")
    expect(said).to_have_text(t("draw.canvas.down", row=6, column=15))
    visitor.keys("18 ArrowDown")
    expect(said).to_have_text(t("draw.canvas.drawing", row=24, column=15))
    visitor.keys(" ")
    visitor.read("answer", r"1 · " + PERCENT.pattern)
    visitor.keys("Delete")
    visitor.read("answer", re.escape(t("draw.nothing_yet")))
    visitor.keys("Escape")
    expect(canvas).not_to_be_focused()
    expect(visitor.button("canvas_undo")).to_be_focused()

    canvas.focus()
    names = []
    for _ in range(3):  # the three tools: brush, undo, clear
        visitor.keys("Tab")
        names.append(
            visitor.page.evaluate_handle(FOCUSED).evaluate("e => e.ariaLabel || e.textContent")
        )
    assert names == [t("draw.canvas.medium"), t("draw.canvas.undo"), t("draw.clear")]
    canvas.focus()
    visitor.keys("18 ArrowUp")
    visitor.page.keyboard.down(" ")  # the held key draws until it is released
    visitor.keys("18 ArrowDown", "5 ArrowRight", "5 Delete")
    visitor.page.keyboard.up(" ")
    visitor.read("answer", r"1 · " + PERCENT.pattern)
    visitor.press("canvas_undo")
    visitor.read("answer", re.escape(t("draw.nothing_yet")))

    visitor.find("draw_dataset").get_by_role("radio", checked=True).focus()
    visitor.keys("2 Tab")
    keys = visitor.find("canvas").locator(".keys")
    expect(keys).to_be_visible()
    visitor.draw(ONE)
    # The help on keys must not cover the drawing of a visitor who uses a mouse or finger.
    expect(keys).to_be_hidden()


@pytest.mark.parametrize("locale", ["en-GB", pytest.param("zh-CN", marks=pytest.mark.long)])
def test_on_a_phone_the_canvas_fills_the_width_and_the_answer_is_on_the_first_screen(visit, locale):
    visitor = visit("/draw", width=380, height=800, locale=locale)
    canvas = visitor.find("canvas").locator("[role=application]")
    visitor.draw(SEVEN)
    visitor.read("answer", r"7 · " + PERCENT.pattern)
    assert visitor.page.evaluate("document.querySelector('.stMain').scrollTop") == 0
    assert box_of(canvas)["width"] >= 340
    answer = visitor.find("answer")
    assert box_of(answer)["y"] <= 620
    assert answer.locator("h2").evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= 40
    for tool in visitor.find("canvas").locator(".tools label, .tools button").all():
        assert min(box_of(tool)["height"], box_of(tool)["width"]) >= 44


def test_each_data_set_keeps_its_drawing_over_a_refresh_too_until_the_workspace_is_left(visit):
    visitor = visit("/draw?dataset=mnist")
    visitor.draw(ONE)
    visitor.read("answer", r"1 · " + PERCENT.pattern)
    visitor.choose_dataset("fashion_mnist")
    visitor.read("answer", NOTHING_YET)
    visitor.draw(TSHIRT)
    visitor.read("answer", PERCENT)
    visitor.choose_dataset("mnist")
    visitor.read("answer", r"1 · " + PERCENT.pattern)
    # The visitor switches data sets as fast as the browser can.
    for dataset in 3 * ("fashion_mnist", "mnist") + ("fashion_mnist",):
        visitor.choose_dataset(dataset)
    visitor.read("answer", r"[a-z] · " + PERCENT.pattern)  # the name of a piece of clothing
    visitor.wait_until_drawn()
    expect(visitor.page.locator("[role=application]")).to_have_count(1)
    # The choice survives a refresh, although the address still names the other data set.
    visitor.open_again()
    expect(visitor.find("draw_dataset").get_by_role("radio", checked=True)).to_have_text(
        EN("datasets.fashion_mnist.what")
    )
    visitor.read("answer", PERCENT)
    visitor.choose_dataset("mnist")
    visitor.read("answer", r"1 · " + PERCENT.pattern)
    visitor.open_work("work_leave").press("leave_workspace")
    visitor.read("message", re.escape(EN("workspace.left")))
    visitor.read("answer", NOTHING_YET)
    expect(visitor.button("canvas_undo")).to_have_attribute("aria-disabled", "true")


# Holds back the message with the second stroke until the test calls `sendHeld`.
HOLD = """globalThis.sendHeld = undefined;
{
  const { send } = WebSocket.prototype;
  WebSocket.prototype.send = function (message) {
    const strokes = typeof message !== "string" && new TextDecoder().decode(message).split("strokeWidth").length - 1;
    if (strokes === 2 && !sendHeld) sendHeld = () => send.call(this, message);
    else send.call(this, message);
  };
}"""


def test_who_comes_next_finds_an_empty_canvas_also_when_a_stroke_of_the_one_before_comes_late(
    visit,
):
    visitor = visit(None)
    visitor.page.add_init_script(HOLD)
    visitor.open("/draw").draw(ONE)
    visitor.read("answer", r"1 · " + PERCENT.pattern)
    visitor.draw(ONE).page.wait_for_function("sendHeld !== undefined")
    visitor.open_work("work_leave").press("leave_workspace").read(
        "message", re.escape(EN("workspace.left"))
    )
    undo = visitor.button("canvas_undo")
    expect(undo).to_have_attribute("aria-disabled", "true")
    expect(visitor.page.locator(".st-key-leave_workspace")).to_have_count(0)  # the dialog is closed
    visitor.page.evaluate("sendHeld()")
    visitor.draw(SEVEN)
    visitor.read("answer", r"7 · " + PERCENT.pattern)
    visitor.press("canvas_undo").read("answer", NOTHING_YET)
    expect(undo).to_have_attribute("aria-disabled", "true")


@aside
async def test_any_drawing_that_was_kept_as_an_example_is_known_as_kept_after_a_refresh(server):
    rng = np.random.default_rng()
    seven = Strokes((280 * np.array(SEVEN[0]),))
    for _ in range(5):
        visitor = PageVisitor(server.url)
        await visitor.open("draw", "dataset=mnist")
        drawing = canvas_json(place_drawing(seven, rng.uniform(0.5, 0.9), 20, rng))
        await visitor.draw(drawing)
        await visitor.press("keep_right")
        assert visitor.has("keep_undo"), drawing
        await visitor.open("draw", "dataset=mnist")
        assert visitor.has("keep_undo"), drawing
        await visitor.close()


@pytest.fixture
def large_photo(tmp_path):
    """A 5 MB photo of a handwritten 1 on grainy paper, like a photo taken with a phone."""
    rng = np.random.default_rng(1)
    pixels = rng.integers(180, 220, (2000, 1500, 3), dtype=np.uint8)
    pixels[400:1600, 710:790] //= 6
    path = tmp_path / "one.png"
    Image.fromarray(pixels).save(path)
    assert path.stat().st_size > 4_300_000
    return path


def test_a_picture_is_sent_refused_made_smaller_dropped_or_chosen_by_keys_and_the_drawing_comes_back(
    visit, large_photo
):
    t = Translator("zh-Hant")
    visitor = visit("/draw?lang=zh-Hant").unfold("other_ways")
    visitor.draw(SEVEN)
    visitor.read("answer", r"7 · " + PERCENT.pattern)
    broken = large_photo.with_name("broken.png")
    broken.write_bytes(bytes(1_000))
    # The server refuses this file, so its own error message appears.
    visitor.upload(broken).read("upload_trouble", re.escape(t("errors.not_an_image")))
    for name, size in (("photo.png", 300_000), ("photo.png", 5_000_000), ("essay.pdf", 1_000)):
        file = large_photo.with_name(f"no_{name}")
        file.write_bytes(bytes(size))
        visitor.upload(file)
        expect(visitor.find("upload").get_by_role("alert")).to_have_text(t("errors.not_an_image"))
        expect(visitor.find("upload").locator(".chosen")).to_have_text(file.name)
        expect(visitor.find("upload_trouble")).to_have_count(0)
        assert PERCENT.search(visitor.find("answer").inner_text())
    visitor.upload(large_photo)
    visitor.read("answer", r"1 · " + PERCENT.pattern)
    expect(visitor.find("upload").get_by_role("alert")).to_have_count(0)
    assert visitor.find("chosen_picture").locator("img").get_attribute("alt")
    assert not visitor.find("canvas").is_visible()
    visitor.press("back_to_drawing")
    visitor.read("answer", r"7 · " + PERCENT.pattern)
    expect(visitor.find("canvas").locator("[role=application]")).to_be_visible()
    visitor.press("canvas_undo")
    visitor.read("answer", re.escape(t("draw.nothing_yet")))

    dropped = visitor.page.evaluate_handle(
        """([content]) => {
          const all = new DataTransfer();
          const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0));
          all.items.add(new File([bytes], "one.png", { type: "image/png" }));
          return all;
        }""",
        [b64encode(large_photo.read_bytes()).decode()],
    )
    visitor.find("upload").locator(".zone").dispatch_event("drop", {"dataTransfer": dropped})
    visitor.read("answer", r"1 · " + PERCENT.pattern)

    visitor.page.evaluate(
        """() => {
          window.opened = [];
          const note = (event) => {
            const [target] = event.composedPath();
            if (target.type !== "file") return;
            event.preventDefault(); // no window of the system's
            window.opened.push(target.ariaLabel);
          };
          addEventListener("click", note, true);
        }"""
    )
    label = f"{t('draw.upload')}: {t('draw.field.choose')}"
    visitor.find("upload").get_by_label(label).focus()
    visitor.keys("Enter", "Space")
    visitor.page.wait_for_function(
        f"window.opened.length === 2 && window.opened.every((each) => each === '{label}')"
    )
    phones = visitor.find("upload").locator("input[capture]")
    expect(phones).to_have_attribute("capture", "environment")
    expect(phones).to_be_hidden()  # this browser does not run on a phone


# Presses an element as soon as another one appears.
PRESS_AT_ONCE = """([appears, pressed]) => new MutationObserver((_, watching) => {
  if (!document.querySelector(appears)) return;
  watching.disconnect();
  document.querySelector(pressed).click();
  document.hasPressed = true;
}).observe(document.body, { subtree: true, childList: true })"""


def choose_large_photo(visitor, large_photo):
    visitor.unfold("other_ways").upload(large_photo)


def go_to_train(visitor, large_photo):
    visitor.page.locator(".st-key-page_train a").click()


@pytest.mark.parametrize(
    ("leave", "appears", "back"),
    [
        (choose_large_photo, ".st-key-back_to_drawing button", ".st-key-back_to_drawing button"),
        (go_to_train, ".st-key-train_page", ".st-key-page_draw a"),
    ],
    ids=["picture", "page"],
)
def test_whoever_comes_back_before_the_page_is_drawn_to_its_end_can_undo_the_drawing(
    visit, large_photo, leave, appears, back
):
    visitor = visit("/draw?dataset=mnist")
    visitor.draw(SEVEN).read("answer", r"7 · " + PERCENT.pattern)
    visitor.page.evaluate(PRESS_AT_ONCE, [appears, back])
    leave(visitor, large_photo)
    visitor.page.wait_for_function("document.hasPressed")
    visitor.find("chosen_picture").wait_for(state="detached")
    visitor.read("answer", r"7 · " + PERCENT.pattern)
    visitor.press("canvas_undo").read("answer", re.escape(EN("draw.nothing_yet")))


def test_the_camera_s_picture_is_answered_or_the_field_says_why_there_is_none(visit):
    visitor = visit("/draw").unfold("other_ways")
    visitor.page.evaluate(CAMERA)
    visitor.find("camera_on").locator("label").click()
    camera = visitor.find("camera_picture")
    expect(camera.get_by_role("alert")).to_have_text(EN("draw.field.no_camera"))
    expect(camera.get_by_role("button")).to_be_disabled()
    visitor.page.evaluate("window.allowed = true")
    visitor.find("camera_on").locator("label").click()
    expect(camera).to_have_count(0)
    visitor.find("camera_on").locator("label").click()
    camera.get_by_role("button", name=EN("draw.field.photo")).click()
    visitor.read("answer", r"1 · " + PERCENT.pattern)
    visitor.find("camera_on").locator("label").click()
    visitor.page.wait_for_function("window.stopped")
