"""Several runs in one chart, as Plotly itself reads it."""

import plotly.graph_objects as go
import pytest

from fvapp.charts.overlay import OverlaidRun, overlay_figure
from fvapp.core.results.curves import BlockPoints, Curves, EpochPoints
from fvapp.i18n import Translator

t = Translator("en")


def curves(validation=True):
    val = (0.5, 0.4) if validation else (None, None)
    return Curves(BlockPoints(), EpochPoints((1, 2), (0.6, 0.4), (0.8, 0.85), val, val, (0.4, 0.6)))


def run(number, title="wide"):
    return OverlaidRun(number, title, curves())


def drawn(*runs, measure="loss", **more):
    return go.Figure(overlay_figure(runs, t, measure=measure, **more).to_dict())


def lines(figure, name):
    return [trace for trace in figure.data if trace.name == name and trace.x != (None,)]


def test_a_run_keeps_its_colour_whoever_stands_beside_it():
    alone, crowded = drawn(run(3, "a")), drawn(run(1, "b"), run(2, "c"), run(3, "a"))
    (one,), (other,) = ({trace.line.color for trace in lines(f, "a · Training")} for f in (alone, crowded))
    assert one == other


def test_eight_runs_have_eight_marks():
    marks = [lines(drawn(run(number)), "wide · Training")[0].marker for number in range(1, 73)]
    assert len({(mark.color, mark.symbol) for mark in marks}) == 72
    assert len({mark.color for mark in marks[:8]}) == 8


@pytest.mark.parametrize(("measure", "training"), [("loss", (0.6, 0.4)), ("accuracy", (0.8, 0.85))])
def test_training_and_validation_are_drawn(measure, training):
    figure = drawn(run(1), measure=measure)
    assert [trace.y for trace in lines(figure, "wide · Training")] == [training]
    assert {trace.line.dash for trace in lines(figure, "wide · Validation")} == {"dash"}
    assert figure.layout.hovermode == "x unified"


def test_a_run_without_validation_is_drawn_all_the_same():
    figure = drawn(OverlaidRun(1, "bare", curves(validation=False)), OverlaidRun(2, "empty", Curves()))
    assert not lines(figure, "bare · Validation")


def test_a_name_in_html_is_shown_as_text():
    text = overlay_figure([run(1, "<a href='javascript:alert(1)'>x</a>")], t, measure="loss").to_dict()
    assert all("<a" not in trace["name"] for trace in text["data"])
