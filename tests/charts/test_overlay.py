"""Several runs in one chart, as Plotly itself reads it."""

from itertools import pairwise

import plotly.graph_objects as go
import pytest

from fvapp.charts.overlay import OverlaidRun, groups_figure, overlay_figure, run_mark
from fvapp.core.results.comparison import REFERENCES
from fvapp.core.results.curves import BlockPoints, Curves, EpochPoints
from fvapp.core.results.statistics import group_runs
from fvapp.core.runs import RunRecord, RunResult
from fvapp.core.settings import RunSettings
from fvapp.i18n import Translator, languages

t = Translator("en")


def curves(validation=True):
    val = (0.5, 0.4) if validation else (None, None)
    return Curves(BlockPoints(), EpochPoints((1, 2), (0.6, 0.4), (0.8, 0.85), val, val, (0.4, 0.6)))


def run(number, title="wide", **more):
    return OverlaidRun(number, title, curves(), RunResult(0.45, 0.84, 1.0), **more)


def drawn(*runs, measure="loss", **more):
    return go.Figure(overlay_figure(runs, t, measure=measure, **more).to_dict())


def lines(figure, name):
    return [trace for trace in figure.data if trace.name == name and trace.x != (None,)]


def test_a_run_keeps_its_colour_whoever_stands_beside_it():
    alone, crowded = drawn(run(3, "a")), drawn(run(1, "b"), run(2, "c"), run(3, "a"))
    (one,), (other,) = ({trace.line.color for trace in lines(f, "a · Training")} for f in (alone, crowded))
    assert one == other


def test_eight_runs_have_eight_marks():
    assert len({run_mark(number) for number in range(1, 73)}) == 72
    assert len({run_mark(number)[0] for number in range(1, 9)}) == 8


@pytest.mark.parametrize(("measure", "training", "test"), [("loss", (0.6, 0.4), 0.45), ("accuracy", (0.8, 0.85), 0.84)])
def test_training_validation_and_test_are_drawn(measure, training, test):
    figure = drawn(run(1), measure=measure)
    assert [trace.y for trace in lines(figure, "wide · Training")] == [training]
    assert {trace.line.dash for trace in lines(figure, "wide · Validation")} == {"dash"}
    assert [trace.y for trace in lines(figure, "wide · Test")] == [(test,)]
    assert figure.layout.hovermode == "x unified"


def test_seconds_add_up_over_the_epochs():
    (loss,) = lines(drawn(run(1), by="seconds"), "wide · Training")
    assert loss.x == pytest.approx((0.4, 1.0))


def test_a_run_without_validation_or_result_is_drawn_all_the_same():
    figure = drawn(OverlaidRun(1, "bare", curves(validation=False)), OverlaidRun(2, "empty", Curves()))
    assert not lines(figure, "bare · Validation") and not lines(figure, "bare · Test")


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("dataset", REFERENCES)
def test_published_lines_stand_at_their_accuracy(dataset, language):
    words = Translator(language)
    figure = overlay_figure([run(1)], words, measure="accuracy", references=REFERENCES[dataset])
    shapes = go.Figure(figure.to_dict()).layout.shapes
    assert [(shape.y0, shape.y1) for shape in shapes] == [(r.low, r.high) for r in REFERENCES[dataset]]
    assert not overlay_figure([run(1)], words, measure="loss", references=REFERENCES[dataset]).to_dict()["layout"][
        "shapes"
    ]


def test_published_numbers_stand_beside_the_curves_and_apart_from_each_other():
    figure = drawn(run(1), measure="accuracy", references=REFERENCES["fashion_mnist"])
    _, *labels = figure.layout.annotations
    plot = figure.layout.height - figure.layout.margin.t - figure.layout.margin.b
    bottom, top = figure.layout.yaxis.range
    assert bottom <= 0.8 and top == 1
    assert all((label.x, label.xanchor) == (1, "left") for label in labels)
    places = sorted(plot * (label.y - bottom) / (top - bottom) + label.yshift for label in labels)
    assert all(above - below >= 12.9 for below, above in pairwise(places))
    assert figure.layout.margin.r > drawn(run(1), measure="accuracy").layout.margin.r


def test_a_name_in_html_is_shown_as_text():
    text = overlay_figure([run(1, "<a href='javascript:alert(1)'>x</a>")], t, measure="loss").to_dict()
    assert all("<a" not in trace["name"] for trace in text["data"])


def test_a_group_shows_its_runs_and_its_mean_and_a_bar_only_beside_another():
    records = [
        RunRecord(str(seed), seed, RunSettings(seed=seed), "done", result=RunResult(0.4, accuracy, 1.0))
        for seed, accuracy in ((1, 0.88), (2, 0.90), (3, 0.89))
    ]
    (group,) = group_runs(records)
    figure = go.Figure(groups_figure([("<i>128</i>", 1, group)], "test_accuracy", t).to_dict())
    points, mean = figure.data
    assert points.x == (0.88, 0.90, 0.89)
    assert mean.x == (pytest.approx(0.89),)
    assert mean.error_x.visible is False
    assert figure.layout.yaxis.ticktext == ("&lt;i&gt;128&lt;/i&gt;",)
