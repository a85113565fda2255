"""Draws the loss and accuracy curves of one run, during and after training."""

from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import count

from fvapp.charts.figure import (
    MEASURES,
    Measure,
    PlotlyFigure,
    confidence_whiskers,
    horizontal_line,
    make_axis,
    plot_heading,
    scatter_trace,
    text_annotation,
    vertical_line,
)
from fvapp.core.colours import GRID, QUIET, SHADE, TEST, TRAINING, VALIDATION
from fvapp.core.results.by_class import has_few_test_images, sum_over_classes
from fvapp.core.results.chance import wilson_interval
from fvapp.core.results.curves import LearningCurves, Series
from fvapp.core.runs import RunResult
from fvapp.core.wording import Translate, share_as_percent

HEIGHT = 340


def training_curve_figures(
    curves: LearningCurves,
    t: Translate,
    *,
    epochs: int,
    result: RunResult | None = None,
    shade_from: int | None = None,
    target: float | None = None,
    guessing: float | None = None,
) -> tuple[PlotlyFigure, ...]:
    """Draw the training and validation curves of a run, and its final result on the test set.

    Args:
        curves: the curves of the run so far. Empty curves give empty axes.
        t: the translator for labels.
        epochs: the total number of epochs of the run, which fixes the axis while the curve grows.
        result: the result of a finished run, which adds a line for the test set and a mark for an
            early stop.
        shade_from: the epoch from which the gap between the curves is shaded; None for no shading.
        target: a value at which training stops, shown as a line instead of the result on the test
            set.
        guessing: the accuracy of guessing at random, drawn as a dashed line with a label.

    Returns:
        A figure for each of `MEASURES`, which the page places side by side or one below the other.
    """
    marks = [] if shade_from is None else [(shade_from, t("charts.best"))]
    if result and result.stopped_by and curves.epoch_points.epoch:
        epoch = result.target_epoch or curves.epoch_points.epoch[-1]
        monitored = "val_loss" if curves.epoch_points.has_validation else "loss"
        metric = t(f"settings.target_metric.choices.{monitored}")
        marks.append((epoch, t(f"charts.stopped_by.{result.stopped_by}", metric=metric)))
    bottom = _accuracy_axis_bottom(curves, result)
    upward = {
        "loss": make_axis(range=[0, _loss_axis_top(curves, result)]),
        "accuracy": make_axis(range=[bottom, 1], tickformat=".0%"),
    }
    last = max(epochs, *curves.epoch_points.epoch, 1)
    guessed: dict[Measure, list[float]] = {
        "loss": [],
        "accuracy": [] if guessing is None else [guessing],
    }
    # The axis extends beyond the last epoch, so that a marker there is not cut in half.
    across = make_axis(
        t("charts.epoch"), range=[0, 1.02 * last], tickvals=epoch_ticks(last), tickformat="~g"
    )

    # On a phone, the legend needs two rows above the heading, if there are curves to be named.
    top = 70 if curves.block_points.epoch_positions else 34

    return tuple(
        PlotlyFigure(
            list(_curve_traces(curves, t, measure, last, result, shade_from, target)),
            height=HEIGHT,
            margin=(48, 12, top, 52),
            showlegend=True,
            hovermode="x unified",
            xaxis=across,
            yaxis=upward[measure],
            shapes=[vertical_line(epoch, "dashdot", 1.5) for epoch, _ in marks]
            + list(map(horizontal_line, guessed[measure])),
            annotations=[plot_heading(t(f"charts.{measure}"))]
            + [
                text_annotation(
                    t("charts.guessing", share=share_as_percent(share, 0)),
                    last,
                    share,
                    xanchor="right",
                    yanchor="bottom",
                )
                for share in guessed[measure]
                if share >= bottom
            ]
            + [
                # The first three rows are left to the label of guessing.
                _marked_epoch_label(epoch, text, last, row + 3 * len(guessed[measure]))
                for row, (epoch, text) in enumerate(marks)
            ],
        )
        for measure in MEASURES
    )


def epoch_ticks(last: int) -> list[int]:
    """Return round epoch numbers from 0, at most eight, always including the last epoch."""
    step = next(
        step
        for power in count()
        for step in (10**power, 2 * 10**power, 5 * 10**power)
        if 6 * step >= last
    )
    return [tick for tick in range(0, last, step) if last - tick > step / 2] + [last]


def _curve_traces(
    curves: LearningCurves,
    t: Translate,
    name: Measure,
    last: int,
    result: RunResult | None,
    shade_from: int | None,
    target: float | None,
) -> Iterator[dict[str, object]]:
    """Yield a plot's traces: training, and the gap, validation, test or target if they exist."""
    digits = ".4f" if name == "loss" else ".1%"
    blocks = curves.block_points
    points = curves.epoch_points

    def make_named_trace(
        x: Iterable[object], y: Iterable[object], key: str, mode: str, **more: object
    ) -> dict[str, object]:
        shown = {"hovertemplate": f"%{{y:{digits}}}"} | more
        return scatter_trace(x, y, mode, name=t(key), **shown)

    if shade_from is not None:
        yield from _gap_shading_trace(curves, name, make_named_trace, shade_from)
    yield make_named_trace(
        blocks.epoch_positions,
        getattr(blocks, name),
        "charts.training",
        mode="lines" if len(blocks.epoch_positions) != 1 else "markers",
        line={"color": TRAINING, "width": 3},
    )
    if points.has_validation:
        yield make_named_trace(
            points.epoch,
            getattr(points, f"val_{name}"),
            "charts.validation",
            mode="lines+markers",
            line={"color": VALIDATION, "width": 3, "dash": "dash"},
            marker={"color": VALIDATION, "size": 7, "symbol": "diamond"},
        )
    level = target
    colour = QUIET
    few_images = {}
    if target is None and result and not result.is_untested:
        level = getattr(result, f"test_{name}")
        colour = TEST
        if name == "accuracy" and has_few_test_images(result):
            counts = [(0, 0), sum_over_classes(result.by_class)]
            few_images = {"error_y": confidence_whiskers(counts)}
    if level is not None:
        yield make_named_trace(
            [0, last],
            [level, level],
            "charts.test" if target is None else "charts.target",
            mode="lines",
            line={"color": colour, "width": 2, "dash": "dot"},
            **few_images,
        )


def _gap_shading_trace(
    curves: LearningCurves,
    name: str,
    make_named_trace: Callable[..., dict[str, object]],
    shade_from: int,
) -> Iterator[dict[str, object]]:
    """Yield a trace that shades the area between training and validation from `shade_from` on."""
    points = curves.epoch_points
    columns = points.epoch, getattr(points, name), getattr(points, f"val_{name}")
    rows = [row for row in zip(*columns, strict=True) if row[0] >= shade_from and None not in row]
    if len(rows) > 1:
        epochs, training, validation = zip(*rows, strict=True)
        yield make_named_trace(
            epochs + epochs[::-1],
            training + validation[::-1],
            "charts.gap",
            mode="lines",
            fill="toself",
            fillcolor=SHADE,
            line={"width": 0, "color": SHADE},
            hoverinfo="skip",
            hovertemplate=None,
        )


def _loss_axis_top(curves: LearningCurves, result: RunResult | None) -> float:
    """Return a round number above all losses except those of the first few batches.

    Losses far above those at the ends of the epochs may be cut off. Otherwise the other values
    would be squashed at the bottom: with pixels from 0 to 255, for example, the loss starts near
    100.
    """
    ends = _numbers_without_none(
        curves.epoch_points.loss,
        curves.epoch_points.val_loss,
        (result.test_loss,) if result else (),
    )
    blocks = _numbers_without_none(curves.block_points.values_after_first_batches("loss"))
    top = max((*ends, *blocks), default=1.0)
    if ends and top > 4 * max(ends):
        top = 2 * max(ends)
    return _round_up_to_nice_number(1.05 * top)


def _accuracy_axis_bottom(curves: LearningCurves, result: RunResult | None) -> float:
    """Return the next multiple of 10% below all accuracies, ignoring the first few batches."""
    values = _numbers_without_none(
        curves.block_points.values_after_first_batches("accuracy"),
        curves.epoch_points.accuracy,
        curves.epoch_points.val_accuracy,
        (result.test_accuracy,) if result and not result.is_untested else (),
        wilson_interval(*sum_over_classes(result.by_class))
        if result and has_few_test_images(result)
        else (),
    )
    return round_down_to_tenth(values)


def round_down_to_tenth(values: Collection[float]) -> float:
    """Return the next multiple of 0.1 below the smallest of the values, which range from 0 to 1."""
    return min(int(10 * min(values, default=0.0)), 9) / 10


def _numbers_without_none(*series: Series) -> list[float]:
    return [value for values in series for value in values if value is not None]


def _round_up_to_nice_number(number: float) -> float:
    """Return the smallest number from `number` up that is 1, 1.5, 2, 3, 5 or 7 times 10 ** n."""
    steps = (digit * 10**power for power in count(-4) for digit in (1, 1.5, 2, 3, 5, 7))
    return next(step for step in steps if step >= number)


def _marked_epoch_label(epoch: float, text: str, last: int, row: int) -> dict[str, object]:
    """Return the label of a marked epoch, on the side with more room.

    Labels of epochs that are close together have different rows.
    """
    return text_annotation(
        text,
        epoch,
        0.02 + 0.1 * row,
        yref="y domain",
        xanchor="right" if 2 * epoch > last else "left",
        yanchor="bottom",
        bgcolor=GRID,
    )
