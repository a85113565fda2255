"""The take-home file, opened from a folder without the internet: drawn on, explored and printed."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from urllib.parse import urljoin

import pytest
from playwright.sync_api import expect

from axe import look
from catalogue_texts import SHIPS
from fvapp.core.export.at_home import write_take_home_page
from fvapp.core.inspection.answering import load_shipped_model
from fvapp.core.runs import RunRecord, RunResult
from fvapp.core.settings import RunSettings
from fvapp.i18n import Translator
from hands import draw_digit, placed_digit
from pairs import pairs
from random_networks import random_network
from shipped_sets import load_shipped
from taught_pages import SENT, network_of, save, train, wait_until_ready
from visitor import ONE, PERCENT, SHORT

EN = Translator("en")
WILD = '</script><script>document.title = "taken"</script><b>Mia</b>'
RESULT = RunResult(0.3, 0.9, 12.0, by_class=((900, 1_000),) * 10)
GREYS = """(canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return new Set(data.filter((_, at) => at % 4 === 0)).size;
}"""


def written(folder: Path, t: Translator = EN, **settings) -> Path:
    """Write the take-home file of a network; return its path.

    If settings are given, the network has random weights. Otherwise, the file contains the shipped
    network for digits.
    """
    path = folder / "at-home.html"
    path.write_bytes(content_of_file(t, **settings))
    return path


@cache
def content_of_file(t: Translator, **settings) -> bytes:
    dataset = load_shipped(settings.get("dataset", "mnist"))
    network = load_shipped_model("mnist").network
    record = None
    if settings:
        network = random_network(**settings)
        record = RunRecord(
            "r",
            1,
            RunSettings(**settings),
            "done",
            epochs=5,
            epoch=5,
            created=1.79e9,
            result=RESULT,
        )
    return write_take_home_page(network, dataset, t, record=record, name=WILD)


def test_a_digit_that_is_drawn_is_answered_with_its_lights(opened, tmp_path):
    page = opened(written(tmp_path))
    words = page.locator(".words")
    # When it opens, the page shows the last of its test images.
    assert words.inner_text().startswith("9 · ")
    for label in (3, 7, 0):
        page.locator(".clear").click()
        page.get_by_text(EN("draw.nothing_yet")).wait_for()
        draw_digit(page, label)
        page.wait_for_function(
            f"document.querySelector('.words').textContent.startsWith('{label} · ')"
        )
        assert page.locator(".bars .best").inner_text().split()[0] == str(label)
    assert int(re.search(r"\d+", page.locator(".panels .quiet").nth(1).inner_text())[0]) > 0
    # The brightness of each cell shows its value, so the cells have several shades of grey.
    assert page.locator(".cells").last.evaluate(GREYS) > 6
    page.locator(".cells").last.click(position={"x": 5, "y": 5})
    assert page.locator(".cells").last.get_attribute("aria-valuenow") == "1"
    page.keyboard.press("ArrowRight")
    assert page.locator(".cells").last.get_attribute("aria-valuenow") == "2"
    page.locator(".undo").click()
    page.get_by_text(EN("draw.nothing_yet")).wait_for()


def test_what_is_no_digit_is_said_to_be_none(opened, tmp_path):
    page = opened(written(tmp_path, dataset="mnist"))
    box = page.locator(".paper canvas").bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    for step in range(60):
        page.mouse.move(box["x"] + 20 + (step * 97) % 300, box["y"] + 20 + (step * 61) % 300)
    page.mouse.up()
    unlike = EN("datasets.mnist.unlike")
    page.locator(".unlike", has_text=unlike).wait_for()
    page.wait_for_function(
        "end => document.querySelector('.said').textContent.endsWith(end)", arg=unlike
    )
    assert PERCENT.search(page.locator(".words").inner_text())


def test_keys_draw_and_say_where_they_are(opened, tmp_path):
    page = opened(written(tmp_path))
    page.locator(".clear").click()
    page.locator(".paper canvas").focus()
    for _ in range(6):
        page.keyboard.press("ArrowUp")
    page.keyboard.press(" ")
    for _ in range(14):
        page.keyboard.press("ArrowDown")
    page.wait_for_function(
        "text => document.querySelector('.said').textContent === text",
        arg=EN("draw.canvas.drawing", row=23, column=15),
    )
    page.keyboard.press(" ")
    page.wait_for_function("document.querySelector('.words').textContent.startsWith('1 · ')")
    page.keyboard.press("Delete")
    page.get_by_text(EN("draw.nothing_yet")).wait_for()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.className") == "undo"


def test_the_browser_refuses_whatever_a_page_could_ask_for_and_any_other_script(opened, tmp_path):
    page = opened(written(tmp_path, dataset="mnist"))
    assert page.title() == EN("at_home.title", name=" ".join(WILD.split())[:60])
    assert page.locator("h1 b").count() == 0
    refused = page.evaluate(
        """async () => {
          const seen = [];
          document.addEventListener("securitypolicyviolation", (event) => seen.push(event.effectiveDirective));
          await fetch("https://example.org/").catch(() => {});
          const add = (name, about) => document.body.append(Object.assign(document.createElement(name), about));
          add("img", { src: "https://example.org/a.png" });
          add("script", { textContent: "document.title = 'taken'" });
          add("iframe", { src: "https://example.org/" });
          while (new Set(seen).size < 4) await new Promise(requestAnimationFrame);
          return [...new Set(seen)].sort();
        }"""
    )
    assert refused == ["connect-src", "frame-src", "img-src", "script-src-elem"]
    assert "taken" not in page.title()[:5]


KINDS = {
    "ready-made": {},
    "cnn": {"dataset": "fashion_mnist", "network": "cnn"},
    "deep": {"dataset": "mnist", "hidden": (64, 48, 32, 16)},
}


@pytest.mark.parametrize(("settings", "language"), pairs(KINDS, SHIPS))
def test_it_fits_every_window_and_one_sheet_and_breaks_no_rule(
    opened, tmp_path, language, settings
):
    page = opened(written(tmp_path, Translator(language), **settings))
    for width in (1280, 820, 380, 320):
        for theme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=theme)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            if width in (1280, 380):
                assert look(page) == [], (width, theme)
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 1


@pytest.mark.long  # tests Firefox, the other browser that schools have
def test_firefox_opens_it_too(firefox, tmp_path):
    firefox.open_file(written(tmp_path))
    draws_and_sends_nothing(firefox)


@pytest.mark.long
def test_webkit_opens_it_too(webkit, tmp_path):
    webkit.open(written(tmp_path).as_uri())
    draws_and_sends_nothing(webkit)


def draws_and_sends_nothing(browser) -> None:
    browser.wait_for("document.querySelector('.words').textContent.startsWith('9 · ')")
    for label in (0, 3):
        browser.click(".clear")
        browser.draw(".paper canvas", placed_digit(label))
        browser.wait_for(f"document.querySelector('.words').textContent.startsWith('{label} · ')")
    assert browser.evaluate(SENT) == "refused"


def test_a_trained_network_is_taken_home_from_train_and_from_draw_and_answers_as_in_the_app(
    visit, opened, tmp_path
):
    visitor = visit(None)
    visitor.page.add_init_script(COUNT_RECEIVED)
    visitor.open(f"{SHORT}&dataset=mnist").press("train_start")
    visitor.read("run_state", f"{EN('states.done')}.*1/1", timeout=120)
    trained = taken(visitor, "at_home_trained", tmp_path / "trained.html")
    page = opened(trained)
    assert page.title() == EN("at_home.title", name="Mia") and page.locator(
        "dd"
    ).first.inner_text().startswith("Mia · ")
    visitor.open("/draw?dataset=mnist").draw(ONE)
    said = visitor.read("answer", PERCENT, timeout=60)
    drawn = opened(taken(visitor.unfold("draw_more"), "at_home_drawn", tmp_path / "drawn.html"))
    # The file contains the drawing, and the page answers it as the app does.
    expect(drawn.locator(".words")).to_have_text(said)
    assert drawn.locator(".whose").inner_text() == EN("at_home.drew", name="Mia")


# Counts the messages that the page receives from the server.
COUNT_RECEIVED = """window.received = 0;
window.WebSocket = class extends WebSocket {
  constructor(...values) {
    super(...values);
    if (this.url.includes("/stream")) this.addEventListener("message", () => window.received++);
  }
};"""


def taken(visitor, key: str, path: Path) -> Path:
    """Open a button's window, type a name and save the file there; return its path."""
    visitor.press(key)
    visitor.find(f"{key}_name").wait_for()  # the script run that draws the window has begun
    visitor.wait_until_drawn()
    visitor.page.evaluate("window.received = 0")
    visitor.find(f"{key}_name").locator("input").fill("Mia")
    visitor.find(f"{key}_name").locator("input").press("Enter")
    # The script run that reads the name sends its first and last message.
    visitor.page.wait_for_function("window.received > 1")
    visitor.wait_until_drawn()
    with visitor.page.expect_download() as download:
        visitor.press(f"{key}_file")
    download.value.save_as(path)
    return path


@pytest.mark.long
def test_a_link_leads_a_phone_to_the_file_once(visit, chromium):
    visitor = visit("/draw?dataset=mnist").draw(ONE)
    visitor.read("answer", PERCENT, timeout=60)
    visitor.unfold("draw_more").press("at_home_drawn")
    visitor.press("at_home_drawn_phone")
    # This test's server is reached from this computer only, so the page shows a link but no code.
    link = visitor.page.locator('a[href*="/at-home/"]').get_attribute("href")
    assert not visitor.find("at_home_drawn_code").count()
    phone = chromium.new_context(viewport={"width": 380, "height": 700}, has_touch=True)
    page = phone.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(link)
    # The file contains the visitor's digit, which the page draws and answers when it opens.
    expect(page.locator(".words")).to_have_text(re.compile("^1 · "))
    # The page has an opaque origin, so it cannot reach anything of the app's.
    assert page.evaluate("self.origin") == "null"
    assert [url for url in asked if not url.startswith("data:")] == [link]
    assert page.goto(link).status == 404
    phone.close()


@pytest.mark.long
def test_the_smallest_edition_is_served_in_an_origin_of_its_own_where_it_learns_and_saves(
    visit, tmp_path
):
    page = visit("/draw?dataset=mnist").page
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    address = urljoin(page.url, "/home")
    page.goto(address)
    wait_until_ready(page)
    assert page.evaluate("self.origin") == "null"
    for mine in ("localStorage", "sessionStorage", "document.cookie"):
        reach = (
            f"() => {{ try {{ return String({mine}); }} catch (error) {{ return error.name; }} }}"
        )
        assert page.evaluate(reach) == "SecurityError", mine
    train(page, epochs=1, neurons=16)
    assert network_of(save(page, tmp_path / "served.html")).class_count == 10
    assert {url for url in asked if not url.startswith(("data:", "blob:"))} == {address}
