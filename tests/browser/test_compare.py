"""Runs are compared, named and shared as visitors do it, and the report opens offline."""

import json
import re
from contextlib import suppress
from dataclasses import replace

import pytest
from playwright.sync_api import TimeoutError as TookTooLong
from playwright.sync_api import expect

from catalogue_texts import SHIPS
from fvapp.core.documents.report import ReportDrawing, write_report
from fvapp.i18n import Translator
from made_up_runs import CURVES, ENDED
from visitor import box_of

ZH = Translator("zh-Hans")

# One epoch of 1,000 images takes about a second, even on a busy machine. The seed is fixed because
# it otherwise depends on the visitor's workspace, which the server may not know yet at the first
# click.
SHORT = "seed=1&train_images=1000&epochs=1&hidden="
EVIL = "<img src=x onerror=\"document.title='owned'\">"


def download(visitor, key):
    # Streamlit makes these files on demand, and their addresses change when the page is drawn
    # again, so a click must wait until then.
    visitor.wait_until_drawn()
    with visitor.page.expect_download() as download:
        visitor.press(key)
    return download.value.path()


def rename_newest(visitor, name):
    """Double-click the name in the table's first row and type another name.

    The table is a single canvas. A click finds no name until the table has read its rows, and
    nothing on the page shows when that has happened.
    """
    canvas = visitor.find("runs_table").locator("canvas").first
    field = visitor.page.locator("textarea.gdg-input")
    for _ in range(5):
        canvas.scroll_into_view_if_needed()
        table = box_of(canvas)
        visitor.page.mouse.dblclick(table["x"] + 60, table["y"] + 52)
        with suppress(TookTooLong):
            field.wait_for(timeout=5_000)
            break
    field.fill(name)
    field.press("Enter")


def unfold(visitor, key):
    visitor.wait_until_drawn()  # an expander moves while the page is drawn
    visitor.unfold(key)
    return visitor


@pytest.mark.long
def test_two_runs_are_told_apart_named_shared_and_brought_back(visit):
    visitor = visit(None)
    visitor.train(f"/?{SHORT}64")
    visitor.train_second(f"/?{SHORT}128")
    visitor.open("/compare")
    visitor.read("verdict", r"Too early to say\s*▲ 64 neurons: .*%\s*● 128 neurons: .*%")
    visitor.find("overlay").locator(".js-plotly-plot").nth(1).wait_for()
    unfold(visitor, "compare_why").read(
        "difference", "Only one setting changed: neurons from 64 to 128."
    )
    unfold(visitor, "compare_all")
    link = visitor.open_work("run_more").read("share_link", r"/\?train_images=1000&epochs=1")
    assert link.startswith(visitor.url)
    visitor.keys("Escape")

    rename_newest(visitor, EVIL)
    visitor.read("difference", re.escape(f"{EVIL}: Only one setting"))
    assert visitor.page.title() != "owned"
    visitor.read("verdict", re.escape(EVIL))
    visitor.open_again()
    visitor.read("verdict", re.escape(EVIL))

    visitor.switch_language("简体中文")
    unfold(visitor, "compare_why").read(
        "difference", f"只改变了一项设置，{ZH('compare.difference.neurons')}：64 → 128。"
    )

    visitor.open_work("run_more")
    # The downloaded .keras file is a zip archive, which begins with "PK".
    assert download(visitor, "download_model").read_bytes()[:2] == b"PK"
    run_file = download(visitor, "download_run")
    assert json.loads(run_file.read_text())["settings"]["hidden"] == [128]

    visitor.unfold("bring_back")
    files = visitor.find("bring_back").locator('input[type="file"]')
    files.set_input_files(
        {"name": "run.json", "mimeType": "application/json", "buffer": run_file.read_bytes()}
    )
    visitor.read("message", re.escape(ZH("workspace.run.brought_back").format(title=EVIL)[:30]))


def test_a_curve_stands_alone_while_one_points_at_it(visit):
    visitor = visit("/compare")
    chart = visitor.find("curves_chart")
    chart.locator(".js-line").nth(1).wait_for(state="attached")
    plot = box_of(chart.locator(".nsewdrag"))
    middle = plot["x"] + plot["width"] / 2
    for step in range(2):
        visitor.page.mouse.move(middle + step, plot["y"] + plot["height"] * 0.9)
    expect(chart.locator(".fvapp-other")).to_have_count(1)
    visitor.page.mouse.move(5, 5)
    expect(chart.locator(".fvapp-other")).to_have_count(0)


@pytest.mark.parametrize(
    "language",
    [each if each == "zh-Hant" else pytest.param(each, marks=pytest.mark.long) for each in SHIPS],
)
def test_the_report_opens_offline_on_one_page_and_runs_nothing(chromium, tmp_path, language):
    record = replace(ENDED, name=EVIL, versions={"keras": EVIL})
    drawings = [ReportDrawing(bytes(range(196)) * 4, EVIL) for _ in range(6)]
    file = tmp_path / "report.html"
    file.write_text(write_report(record, CURVES, Translator(language), drawings=drawings), "utf-8")
    context = chromium.new_context(offline=True)
    page = context.new_page()
    asked = []
    complaints = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(file.as_uri())
    assert page.locator("h1").inner_text() == EVIL
    assert page.get_by_text("85.2%").first.is_visible()
    assert page.title() == EVIL
    assert (
        page.locator("figure svg").count() == 2
        and box_of(page.locator("polyline").first)["width"] > 50
    )
    assert page.locator("img").evaluate_all("all => all.every(image => image.naturalWidth == 28)")
    assert page.pdf(format="A4").count(b"/Type /Page\n") == 1
    context.close()
    assert all(url.startswith(("file:", "data:")) for url in asked)
    assert not complaints
