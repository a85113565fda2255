"""Runs compared, told apart and shared, as visitors do it; the report as it opens without any network."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import expect

from fvapp.core.documents.report import Drawing, write_report
from fvapp.core.results.curves import BlockPoints, Curves, EpochPoints
from fvapp.core.runs import RunRecord, RunResult
from fvapp.core.settings import RunSettings
from fvapp.i18n import Translator, languages
from visitor import box_of

EN, ZH = Translator("en"), Translator("zh-Hans")

# One epoch of 1,000 images: a second, on a busy machine too. The seed is said: who presses before the browser has told
# which workspace is theirs trains with another than afterwards.
SHORT = "seed=1&train_images=1000&epochs=1&hidden="
EVIL = "<img src=x onerror=\"document.title='owned'\">"
CURVES = Curves(
    BlockPoints((0.5, 1.0, 1.5, 2.0), (0.9, 0.6, 0.5, 0.4), (0.6, 0.8, 0.82, 0.86)),
    EpochPoints((1, 2), (0.7, 0.45), (0.75, 0.84), (0.5, 0.44), (0.8, 0.85), (0.4, 0.4)),
)


def train(visitor, hidden, number=1):
    """Train to the end; of a visitor's second run the first one's state would look the same."""
    visitor.open(f"/?{SHORT}{hidden}")
    if number > 1:
        visitor.read("run_state", EN("states.done"))
    visitor.press("train_start")
    if number > 1:
        shown = visitor.find("shown_run_choice").locator("input").first  # the list of before goes a moment later
        expect(shown).to_have_value(re.compile(f"^{EN('common.run', n=number, network=hidden)}"), timeout=30_000)
    visitor.read("run_state", f"{EN('states.done')}.*1/1", timeout=90)


def download(visitor, key):
    # Streamlit makes these files when asked, under a name that holds until the page is drawn again.
    visitor.wait_until_drawn()
    with visitor.page.expect_download() as download:
        visitor.press(key)
    return download.value.path()


def rename_newest(visitor, name):
    """Double click into the first row's name and type another: the table is one canvas."""
    canvas = visitor.find("runs_table").locator("canvas").first
    canvas.scroll_into_view_if_needed()
    table = box_of(canvas)
    visitor.page.mouse.dblclick(table["x"] + 60, table["y"] + 52)
    field = visitor.page.locator("textarea.gdg-input")
    field.fill(name)
    field.press("Enter")


def test_two_runs_are_told_apart_named_shared_and_brought_back(visit):
    visitor = visit("/data")
    train(visitor, 64)
    train(visitor, 128, number=2)
    visitor.open("/compare")
    visitor.read("difference", "Only one setting changed: neurons from 64 to 128.")
    visitor.read("verdict", "Too early to say")
    visitor.find("overlay").locator(".js-plotly-plot").nth(1).wait_for()
    link = visitor.read("share_link", r"/\?train_images=1000&epochs=1")
    assert link.startswith(visitor.url)

    rename_newest(visitor, EVIL)
    visitor.read("difference", re.escape(f"{EVIL}: Only one setting"))
    assert visitor.page.title() != "owned"
    visitor.open_again()
    visitor.read("difference", re.escape(EVIL))
    visit("/compare").read("runs_table", re.escape(EN("compare.empty")))  # a stranger sees nothing of it

    visitor.switch_language("简体中文")
    visitor.read("difference", f"只改变了一项设置，{ZH('compare.difference.neurons')}：64 → 128。")

    history = download(visitor, "download_history").read_text()
    assert history.splitlines()[0] == "epoch,loss,accuracy,val_loss,val_accuracy,seconds"
    assert download(visitor, "download_model").read_bytes()[:2] == b"PK"  # a .keras file is a zip archive
    run_file = download(visitor, "download_run")
    assert json.loads(run_file.read_text())["settings"]["hidden"] == [128]

    visitor.find("bring_back").locator("summary").click()
    files = visitor.find("bring_back").locator('input[type="file"]')
    files.set_input_files({"name": "run.json", "mimeType": "application/json", "buffer": b"[" * 10_000})
    visitor.read("message", re.escape(ZH("errors.runfile_too_deep")))
    files.set_input_files({"name": "run.json", "mimeType": "application/json", "buffer": run_file.read_bytes()})
    visitor.read("message", re.escape(ZH("compare.brought_back").format(title=EVIL)[:30]))
    visitor.read("difference", re.escape(ZH("compare.difference.nothing")))


def test_a_repeat_with_three_seeds_is_one_click(visit):
    visitor = visit("/data")
    train(visitor, 64)
    visitor.open("/compare").press("repeat_seeds_3")
    said = re.escape(EN("compare.group", title="§", n=4, mean="§", spread="§")).replace("§", ".*")
    visitor.read("verdict", said, timeout=120)


@pytest.mark.parametrize("language", languages())
def test_the_report_opens_offline_on_one_page_and_runs_nothing(chromium, tmp_path, language):
    record = RunRecord(
        "id",
        1,
        RunSettings(epochs=2),
        "done",
        name=EVIL,
        epochs=2,
        epoch=2,
        parameters=101_770,
        result=RunResult(0.42, 0.8523, 0.8),
        versions={"keras": EVIL},
    )
    drawings = [Drawing(bytes(range(196)) * 4, EVIL) for _ in range(6)]
    file = tmp_path / "report.html"
    file.write_text(write_report(record, CURVES, Translator(language), drawings=drawings), "utf-8")
    context = chromium.new_context(offline=True)
    page = context.new_page()
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(file.as_uri())
    assert page.locator("h1").inner_text() == EVIL
    assert page.get_by_text("85.2%").first.is_visible()
    assert page.title() == EVIL
    assert page.locator("figure svg").count() == 2
    assert box_of(page.locator("polyline").first)["width"] > 50
    assert page.locator("img").evaluate_all("all => all.every(image => image.naturalWidth == 28)")
    assert page.pdf(format="A4").count(b"/Type /Page\n") == 1
    context.close()
    assert all(url.startswith(("file:", "data:")) for url in asked)
    assert not complaints
