"""The result by class: measured with the run, computed from its weights, or not available."""

import json
import re
from dataclasses import replace

import numpy as np
import pytest
from plotly.graph_objects import Figure

from fvapp.charts.by_class import accuracy_by_class_figure
from fvapp.core.colours import RUNS
from fvapp.core.documents.report import write_report
from fvapp.core.documents.runfile import read_run_file, write_run_file
from fvapp.core.results.by_class import (
    find_class_far_below,
    lowest_class_sentence,
    recall_by_class,
)
from fvapp.core.results.curves import read_curves
from fvapp.core.runs import RunResult
from fvapp.core.settings import RunSettings
from fvapp.core.wording import class_names
from fvapp.i18n import Translator
from scripted_engine import by_class
from stored import DONE
from ui_pages import T, html, only_run, start, texts

EVEN = tuple((800 + 10 * label, 1_000) for label in range(10))
NO_SHIRTS = (*EVEN[:6], (0, 1_000), *EVEN[7:])
FEW_SHIRTS = (*EVEN[:6], (280, 1_000), *EVEN[7:])
MARKED = RunResult(0.5, 0.83, 4.0, None, 1.0, NO_SHIRTS, 0.2, 0.3)
RECORD = replace(DONE, id="", number=0, settings=RunSettings(marked_class=9), result=MARKED)


def test_a_class_is_far_below_the_rest_from_half_of_the_middle_one():
    assert find_class_far_below(EVEN) is None
    assert find_class_far_below(NO_SHIRTS) == find_class_far_below(FEW_SHIRTS) == 6
    assert find_class_far_below((*EVEN[:6], (430, 1_000), *EVEN[7:])) is None
    assert find_class_far_below(()) is None and find_class_far_below(((0, 0),) * 10) is None
    assert find_class_far_below((*EVEN[:6], (0, 0), *EVEN[7:])) is None
    # The network recognises no image of the median class, either.
    assert find_class_far_below(((0, 1_000),) * 6 + ((1_000, 1_000),) * 4) == 0
    # Luck alone can explain that the only image of a class is not recognised.
    assert find_class_far_below(((0, 1), (1, 1), (1, 1))) is None


def test_the_lowest_classes_are_all_named_and_none_is_lowest_of_equal_ones():
    def said(*by_class):
        return lowest_class_sentence(by_class, "abcd"[: len(by_class)], T)

    assert said() == said((1, 1), (1, 1), (1, 1)) == said((3, 4), (0, 0), (6, 8)) == ""
    assert "“b”: **50.0%**" in said((1, 1), (1, 2), (0, 0))
    several = said((1, 1), (1, 2), (2, 2), (2, 4))
    assert "**50.0%**" in several and several.endswith(": b, d.")


def test_ten_bars_for_each_run(language):
    words = Translator(language)
    names = class_names("fashion_mnist", words)
    spec = accuracy_by_class_figure({"1": EVEN, "2": NO_SHIRTS}, names, words).to_dict()
    Figure(spec)  # raises an error for any name or value that Plotly does not know
    assert [len(bars["x"]) for bars in spec["data"]] == [10, 10]
    assert spec["data"][1]["x"] == recall_by_class(NO_SHIRTS)


def test_compared_runs_have_the_colours_that_they_have_above(own_page, train):
    train(*(RunSettings(hidden=(width,)) for width in (8, 16, 32)))
    page = own_page("compare", folds=("by_class",))
    colours = re.findall(r'<i style="color:(#\w+)"', html(page))
    specs = [json.loads(chart.proto.spec)["data"] for chart in page.get("plotly_chart")]
    (bars,) = [data for data in specs if data[0]["type"] == "bar"]
    assert [bar["marker"]["color"] for bar in bars] == colours == list(RUNS[1:3])


def test_the_report_and_the_run_file_hold_it():
    report = write_report(RECORD, read_curves(()), T)
    for said in ("not one of the 1,000 test images", "Ankle\u00a0boot:\u00a089.0%", "20.0%"):
        assert said in report
    assert read_run_file(write_run_file(RECORD, ()))[0].result == RECORD.result


def test_the_result_of_an_earlier_version_is_computed_from_its_weights(
    own_page, engine, token, monkeypatch
):
    monkeypatch.setattr("scripted_engine.by_class", lambda *_: ())
    app = start(own_page("train", epochs="1"))
    engine.finish()
    app.session_state["run_numbers"] = True
    assert only_run(engine, token).result.by_class == ()
    charts = (chart.proto.spec for chart in app.run().get("plotly_chart"))
    bars = next(json.loads(spec)["data"][0] for spec in charts if '"bar"' in spec)
    assert len(bars["x"]) == 10 and 0 < np.sum(bars["x"]) < 10


@pytest.mark.usefixtures("learned")
def test_the_only_one_of_several_networks_that_is_drawn_is_named(trained_mission, monkeypatch):
    monkeypatch.setattr(
        "scripted_engine.by_class", lambda *values: ((700, 1_000), *by_class(*values)[1:])
    )
    app = trained_mission("neurons")
    app.session_state["by_class"] = True
    (said,) = (text for text in texts(app.run()) if "The lowest is" in text)
    assert re.match(r"[\d,]+ neurons: ", said)


def test_without_weights_it_is_said(own_page, engine, token):
    old = replace(RECORD, settings=RunSettings(), result=RunResult(0.5, 0.83, 4.0))
    engine.runs.add_run(token, *read_run_file(write_run_file(old, ())))
    app = own_page("train")
    app.session_state["run_numbers"] = True
    assert T("by_class.unknown") in texts(app.run())


def test_the_test_with_the_mark_stands_beside_the_result(own_page, engine, token):
    engine.runs.add_run(token, *read_run_file(write_run_file(RECORD, ())))
    said = texts(own_page("train"))
    assert any(
        "**20.0%** with the mark" in text and "30.0% are taken for “Ankle boot”" in text
        for text in said
    )
