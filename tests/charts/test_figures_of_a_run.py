"""The figures of one run and of one answer, validated by Plotly itself."""

from itertools import product

import numpy as np
import pytest

from charts.drawn import drawn
from fvapp.charts.curves import training_curve_figures
from fvapp.charts.probabilities import answer_shares_figure
from fvapp.core.answers import Answer
from fvapp.core.results.curves import BlockPoints, EpochPoints, LearningCurves
from fvapp.core.runs import RunResult
from fvapp.i18n import Translator

t = Translator("en")
CURVES = LearningCurves(
    BlockPoints(
        (0.5, 1.0, 1.5, 2.0, 2.5, 3.0),
        (0.9, 0.6, 0.5, 0.4, None, 0.3),
        (0.6, 0.8, 0.82, 0.86, 0.87, 0.9),
    ),
    EpochPoints(
        (1, 2, 3),
        (0.7, 0.45, 0.3),
        (0.75, 0.84, 0.89),
        (0.5, 0.44, 0.6),
        (0.8, 0.85, 0.84),
        (0.4, 0.4, 0.4),
    ),
)


def traces(figures, key):
    """Return the traces, of all figures, whose name is the text of this key."""
    return [trace for figure in figures for trace in drawn(figure).data if trace.name == t(key)]


def layouts(figures):
    return [drawn(figure).layout for figure in figures]


def test_every_state_of_a_run_is_a_valid_figure_and_no_line_is_fainter_than_its_colour():
    """The colours of the lines have a contrast of 3:1 on both backgrounds."""
    result = RunResult(0.4, 0.86, 1.2, stopped_by="target")
    for curves, ended in product(
        (LearningCurves(), LearningCurves(CURVES.block_points), CURVES), (None, result)
    ):
        for spec in training_curve_figures(
            curves, t, epochs=5, result=ended, shade_from=2 if ended else None
        ):
            figure = drawn(spec)
            assert figure.layout.uirevision == "kept"
            assert ended or all(trace.opacity in (None, 1) for trace in figure.data)


def test_the_points_drawn_are_those_of_the_curves_and_validation_is_dashed():
    figures = training_curve_figures(CURVES, t, epochs=5)
    loss, accuracy = traces(figures, "charts.training")
    assert loss.x == CURVES.block_points.epoch_positions
    assert loss.y == CURVES.block_points.loss
    assert accuracy.y == CURVES.block_points.accuracy
    loss, accuracy = traces(figures, "charts.validation")
    assert (loss.x, loss.y) == (CURVES.epoch_points.epoch, CURVES.epoch_points.val_loss)
    assert accuracy.y == CURVES.epoch_points.val_accuracy
    assert {trace.line.dash for trace in traces(figures, "charts.validation")} == {"dash"}
    without = LearningCurves(
        CURVES.block_points, EpochPoints((1,), (0.7,), (0.7,), (None,), (None,), (0.4,))
    )
    assert not traces(training_curve_figures(without, t, epochs=5), "charts.validation")


def test_the_test_set_is_drawn_only_when_the_run_has_ended():
    assert not traces(training_curve_figures(CURVES, t, epochs=5), "charts.test")
    loss, accuracy = traces(
        training_curve_figures(CURVES, t, epochs=5, result=RunResult(0.4, 0.86, 1.2)), "charts.test"
    )
    assert set(loss.y) == {0.4} and set(accuracy.y) == {0.86}


def test_the_axes_stand_still_while_the_run_goes_on_and_have_room_for_added_epochs():
    begun = LearningCurves(BlockPoints((0.5,), (0.9,), (0.6,)))
    pairs = [layouts(training_curve_figures(curves, t, epochs=5)) for curves in (begun, CURVES)]
    for early, late in zip(*pairs, strict=True):
        assert early.xaxis.range == late.xaxis.range == (0, 1.02 * 5)
        assert early.yaxis.range == late.yaxis.range
    assert {
        layout.xaxis.range[1] for layout in layouts(training_curve_figures(CURVES, t, epochs=2))
    } == {1.02 * 3}


@pytest.mark.parametrize(("first", "marked"), [(None, 3), (3, 3), (2, 2)])
def test_the_epoch_where_a_target_stopped_the_run_is_marked(first, marked):
    stopped = RunResult(0.4, 0.86, 1.2, stopped_by="target", target_epoch=first)
    for layout in layouts(training_curve_figures(CURVES, t, epochs=5, result=stopped)):
        assert {shape.x0 for shape in layout.shapes} == {marked}
        assert t("charts.stopped_by.target") in [note.text for note in layout.annotations]


def test_marks_are_named_inside_the_plot_and_not_upon_each_other():
    stopped = RunResult(0.4, 0.86, 1.2, stopped_by="patience")
    for layout in layouts(
        training_curve_figures(CURVES, t, epochs=20, result=stopped, shade_from=2)
    ):
        early, late = layout.annotations[1:]
        assert t("settings.target_metric.choices.val_loss") in late.text
        assert early.xanchor == late.xanchor == "left" and early.y + 0.05 < late.y
    for layout in layouts(training_curve_figures(CURVES, t, epochs=3, shade_from=2)):
        assert layout.annotations[1].xanchor == "right"


def test_the_gap_is_shaded_from_the_best_epoch():
    loss, accuracy = traces(training_curve_figures(CURVES, t, epochs=5, shade_from=2), "charts.gap")
    assert loss.fill == accuracy.fill == "toself" and min(loss.x) == 2 and max(loss.x) == 3
    assert set(loss.y) == {0.45, 0.3, 0.44, 0.6}


def test_neither_the_first_few_batches_nor_one_wild_loss_set_the_axes_once_there_are_others():
    few = LearningCurves(BlockPoints((0.01, 0.02), (2.2, 1.6), (0.2, 0.45)))
    more = LearningCurves(BlockPoints((0.01, 0.02, 0.08), (2.2, 1.6, 0.9), (0.2, 0.45, 0.72)))
    for curves, top, bottom in ((few, 3, 0.2), (more, 1, 0.7)):
        loss, accuracy = layouts(training_curve_figures(curves, t, epochs=5))
        assert (loss.yaxis.range[1], accuracy.yaxis.range[0]) == (top, bottom)
    blocks = BlockPoints((0.1, 1.0), (95.0, 0.5), (0.1, 0.8))
    wild = LearningCurves(blocks, EpochPoints((1,), (2.6,), (0.7,), (0.5,), (0.8,), (1.0,)))
    loss, _ = layouts(training_curve_figures(wild, t, epochs=5))
    assert loss.yaxis.range[1] < 10


def test_the_highest_of_ten_bars_is_marked():
    shares = (0.02, 0.9, *(0.01,) * 8)
    names = [f"class <{label}>" for label in range(10)]
    figure = drawn(answer_shares_figure(Answer(shares), names, t))
    (bars,) = figure.data
    assert bars.x == shares
    assert [label for label, text in enumerate(bars.text) if "<b>" in text] == [1]
    assert bars.text[1] == "<b>90.0%</b>" and len(set(bars.marker.color)) == 2
    assert figure.layout.yaxis.ticktext[0] == "class &lt;0&gt;"


def test_before_an_answer_the_bars_have_their_place():
    empty = drawn(answer_shares_figure(None, list("0123456789"), t))
    full = drawn(answer_shares_figure(Answer((1.0, *(0.0,) * 9)), list("0123456789"), t))
    assert empty.layout.height == full.layout.height
    assert empty.layout.xaxis.range == full.layout.xaxis.range
    assert set(empty.data[0].x) == {0.0}


@pytest.mark.parametrize("last", [1, 2, 3, 5, 7, 8, 13, 20, 30, 99, 100, 999, 1_000])
def test_the_axis_has_a_tick_at_its_last_epoch_and_room_between_them(last):
    (across, _) = (
        layout.xaxis for layout in layouts(training_curve_figures(LearningCurves(), t, epochs=last))
    )
    ticks = list(across.tickvals)
    gaps = np.diff(ticks)
    assert ticks[0] == 0 and ticks[-1] == last and len(ticks) <= 8
    assert gaps.min() >= last / 13
