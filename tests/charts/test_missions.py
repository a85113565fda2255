"""The figures of a mission: the race of its runs, and their results over the band of chance."""

import pytest

from charts.drawn import drawn
from fvapp.charts.missions import (
    AccuracyRow,
    accuracy_rows_figure,
    live_accuracy_figure,
    losses_figure,
)
from fvapp.core.colours import RUNS, TEST, TRAINING
from fvapp.core.results.curves import BlockPoints, EpochPoints, LearningCurves
from fvapp.core.runs import RunRecord
from fvapp.core.settings import RunSettings
from fvapp.i18n import Translator

T = Translator("en")


def run(width, accuracy):
    curves = LearningCurves(BlockPoints((0.5, 1.0), (0.5, 0.4), (0.7, accuracy)))
    return f"{width} neurons", RunRecord("", 1, RunSettings(), epochs=5), curves


def test_each_run_has_a_colour_of_its_own_and_its_name_at_its_end_as_far_as_there_is_room():
    figure = drawn(live_accuracy_figure([run(64, 0.9), run("1024 + 1024 + 1024", 0.901)], T))
    assert [line.line.color for line in figure.data] == list(RUNS[:2])
    low, high = figure.layout.annotations
    assert (low.text, high.text) == ("64 neurons", "1024 + 1024 + 10…") and low.x == high.x == 1.0
    assert high.yshift - low.yshift > 10  # names that are closer than this overlap
    begun = run(128, 0.9)[:2]
    assert drawn(live_accuracy_figure([(*begun, LearningCurves())], T)).layout.xaxis.range == (0, 5)


def test_the_band_holds_what_chance_alone_does_and_filled_dots_are_those_compared():
    rows = [
        AccuracyRow("64", 0.88, 3.0),
        AccuracyRow("128", 0.882, 6.0, is_compared=False),
        AccuracyRow("1,024", 0.9, 27.0),
    ]
    figure = drawn(accuracy_rows_figure(rows, 0.007, T))
    (band,) = figure.layout.shapes
    assert (band.x0, band.x1) == pytest.approx((0.873, 0.887))
    assert figure.data[0].marker.symbol == ("circle", "circle-open", "circle")
    assert {"<b>90.0%</b>", "88.2%", "3.00 s", "6.00 s", "27.00 s"} < {
        note.text for note in figure.layout.annotations
    }


def test_where_time_is_not_compared_no_bars_are_drawn():
    dots, times = accuracy_rows_figure(
        [AccuracyRow("new", 0.88), AccuracyRow("seen", 0.9, colour=TRAINING)], 0.01, T
    ).to_dict()["data"]
    assert dots["marker"]["color"] == [TEST, TRAINING] and not times["x"]


def losses(*names, validation=True):
    val = (0.5, 0.4) if validation else (None, None)
    curves = LearningCurves(
        BlockPoints(), EpochPoints((1, 2), (0.6, 0.4), (0.8, 0.85), val, val, (0.4, 0.6))
    )
    return drawn(losses_figure(dict.fromkeys(names, curves), T))


def lines(figure, name):
    return [trace for trace in figure.data if trace.name == name and trace.x != (None,)]


def test_losses_of_72_runs_have_each_a_mark_of_their_own():
    names = [f"run {n}" for n in range(72)]
    figure = losses(*names)
    marks = [lines(figure, f"{name} · Training")[0].marker for name in names]
    assert len({(mark.color, mark.symbol) for mark in marks}) == 72
    assert len({mark.color for mark in marks[:8]}) == 8


def test_losses_are_drawn_of_training_and_validation_where_there_is_any_under_plain_names():
    figure = losses("wide", "<a href='javascript:alert(1)'>x</a>")
    assert all("<a" not in trace.name for trace in figure.data)
    assert not lines(losses("bare", validation=False), "bare · Validation")
    drawn(losses_figure({"empty": LearningCurves()}, T))
    assert [trace.y for trace in lines(figure, "wide · Training")] == [(0.6, 0.4)]
    assert {trace.line.dash for trace in lines(figure, "wide · Validation")} == {"dash"}
    assert figure.layout.hovermode == "x unified"
