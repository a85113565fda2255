"""The dots and curves of a comparison, validated by Plotly itself."""

import pytest

from charts.drawn import drawn
from fvapp.charts.by_class import accuracy_by_class_figure
from fvapp.charts.comparison import RunCurve, SeedGroupRow, accuracy_curves_figure, seed_dots_figure
from fvapp.charts.curves import training_curve_figures
from fvapp.core.colours import QUIET, RUNS
from fvapp.core.results.curves import LearningCurves
from fvapp.core.results.statistics import group_runs
from fvapp.core.runs import RunRecord, RunResult
from fvapp.core.settings import RunSettings
from fvapp.i18n import Translator

t = Translator("en")
EVIL = "<a href='javascript:alert(1)'>x</a>"


def group(*accuracies, hidden=128):
    records = []
    for seed, accuracy in enumerate(accuracies, start=1):
        settings = RunSettings(seed=seed, hidden=(hidden,))
        result = RunResult(0.4, accuracy, 1.0)
        records.append(RunRecord(f"{hidden}-{seed}", seed, settings, "done", result=result))
    (found,) = group_runs(records)
    return found


def dots(*rows, **more):
    return drawn(seed_dots_figure(rows, "test_accuracy", t, **more))


def curves(*lines):
    return drawn(accuracy_curves_figure(lines, "Accuracy", t))


def test_each_run_is_a_dot_and_a_group_has_its_mean_and_its_band():
    figure = dots(
        SeedGroupRow("wide", group(0.88, 0.90, 0.89), 0, 0.01),
        SeedGroupRow("other", group(0.85, hidden=64)),
    )
    points, mean, other = figure.data
    assert points.x == (0.88, 0.90, 0.89) and mean.x == (pytest.approx(0.89),)
    assert (points.marker.color, other.marker.color) == (RUNS[0], QUIET)
    band, _ = figure.layout.shapes
    assert (band.x0, band.x1) == pytest.approx((0.88, 0.90))
    assert figure.layout.yaxis.ticktext == ("<b>wide</b><br>3 runs", "other<br>1 run")


@pytest.mark.parametrize("accuracies", [(2 / 3,), (1.0,), (2 / 3, 1.0)])
def test_the_interval_of_few_images_lies_within_the_axis(accuracies, monkeypatch):
    monkeypatch.setattr("fvapp.charts.comparison.count_test_images", lambda *_: 3)
    figure = dots(SeedGroupRow("few images", group(*accuracies), 0))
    bar = figure.data[-1]
    low, high = figure.layout.xaxis.range
    assert low <= bar.x[0] - bar.error_x.arrayminus[0] < bar.x[0] + bar.error_x.array[0] <= high


def test_the_two_of_a_pair_have_other_colours_and_other_marks():
    one, other = dots(
        SeedGroupRow("wide", group(0.9), 0), SeedGroupRow("narrow", group(0.8, hidden=64), 1)
    ).data
    assert one.marker.color != other.marker.color
    assert (one.marker.symbol, other.marker.symbol) == (("triangle-up",), ("circle",))


def test_a_dot_is_hollow_until_its_whole_repeat_is_there():
    (points, _) = dots(SeedGroupRow("wide", group(0.88, 0.90), 1), fresh={"128-2"}).data
    assert points.marker.symbol == ("circle", "circle-open")


def test_names_in_html_are_shown_as_text():
    assert "<a" not in dots(SeedGroupRow(EVIL, group(0.9), 0)).layout.yaxis.ticktext[0]
    figure = curves(RunCurve(EVIL, (1, 2), (0.8, 0.9), 0, is_chosen=True))
    assert all("<a" not in trace.name + trace.hovertemplate for trace in figure.data)
    assert all("<a" not in label.text for label in figure.layout.annotations)


def test_the_chosen_two_lie_thick_and_in_colour_over_the_runs_of_their_networks_and_the_grey_others():
    figure = curves(
        RunCurve("a", (1, 2, 3), (0.6, 0.8, 0.9), 0, is_chosen=True),
        RunCurve("b", (1, 2), (0.7, 0.9), 0),
        RunCurve("c", (1, 2), (0.5, 0.6), 1, is_chosen=True),
        RunCurve("d", (1, 2), (0.4, 0.5)),
    )
    assert [trace.name for trace in figure.data] == ["d", "b", "a", "c"]
    assert [trace.line.color for trace in figure.data] == [QUIET, RUNS[0], RUNS[0], RUNS[1]]
    thin = {trace.line.width for trace in figure.data[:2]}
    thick = {trace.line.width for trace in figure.data[2:]}
    assert max(thin) < min(thick)


def test_each_of_the_chosen_two_is_named_at_its_end_the_better_one_above():
    figure = curves(
        RunCurve("wide", (1, 2), (0.6, 0.7), 0, is_chosen=True),
        RunCurve("narrow", (1, 2), (0.5, 0.9), 1, is_chosen=True),
    )
    _, *ends = figure.layout.annotations
    # The axis leaves room for the names, but not for further epochs.
    assert 2 < figure.layout.xaxis.range[1] < 3
    assert {(end.text, end.x, end.y, end.yanchor) for end in ends} == {
        ("<b>wide</b>", 2, 0.7, "top"),
        ("<b>narrow</b>", 2, 0.9, "bottom"),
    }


@pytest.mark.parametrize("values", [(), (None, None)])
def test_a_run_without_numbers_is_drawn_all_the_same(values):
    figure = curves(
        RunCurve("a", (1, 2)[: len(values)], values, 0, is_chosen=True),
        RunCurve("b", (1, 2), (0.5, 0.9), 1),
    )
    assert [trace.name for trace in figure.data] == ["b", "a"]
    assert not curves().data


@pytest.mark.parametrize(
    ("by_class", "few"), [(((3, 4), (1, 4)), True), (((300, 400), (100, 400)), False)]
)
def test_how_uncertain_few_test_images_leave_a_result_is_drawn(by_class, few):
    result = RunResult(0.5, 0.5, 1.0, by_class=by_class)
    (bar,) = accuracy_by_class_figure({"": by_class}, ("cat", "dog"), t).to_dict()["data"]
    assert bool(bar["error_x"]) == few == (bar["text"] == ["", ""])
    if few:
        assert bar["error_x"]["arrayminus"] == pytest.approx(
            [0.75 - 0.3006, 0.25 - 0.0456], abs=1e-4
        )
    loss, accuracy = (
        each.to_dict()["data"]
        for each in training_curve_figures(LearningCurves(), t, epochs=5, result=result)
    )
    assert ["error_y" in trace for trace in (loss[-1], accuracy[-1])] == [False, few]
    for count in (1, 2):
        runs = [
            RunRecord(str(seed), seed, RunSettings(seed=seed), "done", result=result)
            for seed in range(count)
        ]
        *_, last = dots(SeedGroupRow("", *group_runs(runs))).data
        assert (last.error_x.array is not None) == few
