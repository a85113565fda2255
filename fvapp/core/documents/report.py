"""Writes the report of a run: an HTML file that works offline without scripts, on one sheet."""

from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from itertools import groupby
from math import isfinite
from typing import Literal

from fvapp.core.colours import TEST, TRAINING, VALIDATION
from fvapp.core.results.by_class import recall_by_class, result_sentences
from fvapp.core.results.comparison import settings_as_words
from fvapp.core.results.curves import LearningCurves, Series
from fvapp.core.results.overfitting import diagnose_fit, overfitting_sentences
from fvapp.core.runs import RunRecord
from fvapp.core.templates import render_template
from fvapp.core.texts.strips import LEAST_TESTED
from fvapp.core.wording import Translate, class_names, run_title, share_as_percent

MOST_DRAWINGS = 12

Place = Callable[[float, float], tuple[float, float]]

_COLOURS = {"training": TRAINING, "validation": VALIDATION, "test": TEST}
# Dashes distinguish the curves even on a black-and-white printer.
_DASHES = {"training": "", "validation": "6 4", "test": "2 3"}
_WIDTH = 360
_HEIGHT = 200
_LEFT = 44
_BOTTOM = 26
_TOP = 8


@dataclass(frozen=True)
class ReportDrawing:
    """A visitor's drawing as the network saw it.

    Attributes:
        pixels: 784 bytes, row by row, from 0 (background) to 255.
        caption: the network's answer in words.
    """

    pixels: bytes
    caption: str


def write_report(
    record: RunRecord,
    curves: LearningCurves,
    t: Translate,
    *,
    drawings: Sequence[ReportDrawing] = (),
    own: Sequence[tuple[str, str]] = (),
) -> str:
    """Return the report of a run as one HTML document in which every text is escaped.

    Args:
        drawings: drawings that the visitor has kept, oldest first; the report shows the last
            `MOST_DRAWINGS`.
        own: texts that the visitor wrote as a student in a class, such as a prediction, each with
            its heading: (heading, text).
    """
    points = curves.epoch_points
    lines = ["training"]
    if points.has_validation:
        lines.append("validation")
    if record.result:
        lines.append("test")
    return render_template(
        __package__,
        "report.html",
        t=t,
        title=run_title(record, t),
        record=record,
        facts=_list_run_facts(record, t),
        by_class=_result_lines(record, t),
        least_tested=LEAST_TESTED,
        own=own,
        charts=_curve_charts(record, curves),
        width=_WIDTH,
        height=_HEIGHT,
        lines=lines,
        colours=_COLOURS,
        dashes=_DASHES,
        fit=overfitting_sentences(diagnose_fit(points, record.settings, record.result), t),
        settings=_settings_rows(record, t),
        drawings=[
            {"png": _png_base64(drawing.pixels), "caption": drawing.caption}
            for drawing in drawings[-MOST_DRAWINGS:]
        ],
        versions=" · ".join(f"{name} {version}" for name, version in record.versions.items()),
    )


def _list_run_facts(record: RunRecord, t: Translate) -> list[str]:
    facts = [
        t(record.settings.dataset_info.dataset_text_key("choice")),
        t(f"states.{record.state}"),
    ]
    facts.append(t("report.epochs", epoch=record.epoch, epochs=record.epochs))
    if record.parameters:
        facts.append(t("report.parameters", n=f"{record.parameters:,}"))
    if record.created > 0:
        facts.append(datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%d"))
    return facts


def _settings_rows(record: RunRecord, t: Translate) -> Sequence[tuple[str, str]]:
    own = settings_as_words(record.settings, t)
    return (
        (*own, (t("report.arithmetic"), record.arithmetic))
        if record.settings.network == "cnn"
        else own
    )


def _result_lines(record: RunRecord, t: Translate) -> list[str]:
    """Return sentences about the result of a run, then a line with the recall of each class."""
    if record.result is None:
        return []
    shares = zip(
        class_names(record.settings.dataset, t),
        recall_by_class(record.result.by_class),
        strict=False,
    )
    sentences = [
        f"{name}{t('common.colon')}{share_as_percent(share)}".replace(" ", "\N{NO-BREAK SPACE}")
        for name, share in shares
    ]
    listed = (
        [f"{t('by_class.axis')}{t('common.colon')}{t('common.comma').join(sentences)}"]
        if sentences
        else []
    )
    return [
        *result_sentences(record.settings, record.result, record.epoch, t, record.accuracy),
        *listed,
    ]


def _png_base64(pixels: bytes) -> str:
    from PIL import Image  # imported here because only drawings need Pillow

    file = BytesIO()
    Image.frombytes("L", (28, 28), pixels).save(file, "PNG")
    return b64encode(file.getvalue()).decode()


def _curve_charts(record: RunRecord, curves: LearningCurves) -> list[dict[str, object]]:
    """Return the charts of loss and accuracy for the report's template; empty without curves."""
    if not curves.epoch_points.epoch and not curves.block_points.epoch_positions:
        return []
    epochs = max(record.epochs, *curves.epoch_points.epoch, 1)
    loss, accuracy = (
        (result.test_loss, result.test_accuracy)
        if (result := record.result) and not result.is_untested
        else (None, None)
    )
    return [
        _curve_chart(curves, "loss", loss, epochs, "{:.3f}".format),
        _curve_chart(curves, "accuracy", accuracy, epochs, share_as_percent),
    ]


def _curve_chart(
    curves: LearningCurves,
    name: Literal["loss", "accuracy"],
    test: float | None,
    epochs: int,
    form: Callable[[float], str],
) -> dict[str, object]:
    """Return the values for the report's template to draw a run's loss or accuracy, in SVG units.

    Args:
        test: the run's loss or accuracy on the test set, drawn as a line; None for no line.
    """
    blocks = curves.block_points
    points = curves.epoch_points
    training = getattr(points, name)
    validation = getattr(points, f"val_{name}")
    test = test if test is not None and isfinite(test) else None
    shown = [
        value
        for value in (*blocks.values_after_first_batches(name), *training, *validation, test)
        if value is not None
    ]
    low = min(shown, default=0.0)
    high = max(shown, default=1.0)
    high = high if high > low else low + 1

    def to_svg_point(x: float, y: float) -> tuple[float, float]:
        across = _LEFT + (_WIDTH - _LEFT - 8) * x / epochs
        return round(across, 1), round(
            _TOP + (_HEIGHT - _TOP - _BOTTOM) * (high - y) / (high - low), 1
        )

    # The vertical scale ignores the values of the first few batches, so any values outside the
    # scale are left out of the curve.
    within = tuple(y if y is not None and low <= y <= high else None for y in getattr(blocks, name))
    series = (
        (blocks.epoch_positions, within, "training", 0.8),
        (points.epoch, training, "training", 2.0),
        (points.epoch, validation, "validation", 2.0),
    )
    left, bottom = to_svg_point(0, low)
    right, top = to_svg_point(epochs, high)
    lines = [
        {"points": piece, "colour": _COLOURS[kind], "width": width, "dash": _DASHES[kind]}
        for positions, values, kind, width in series
        for piece in _line_pieces(positions, values, to_svg_point)
    ]
    return {
        "left": left,
        "bottom": bottom,
        "right": right,
        "top": top,
        "low": form(low),
        "high": form(high),
        "name": name,
        "epochs": epochs,
        "lines": lines,
        "test": None if test is None else to_svg_point(0, test)[1],
    }


def _line_pieces(positions: Sequence[float], values: Series, to_svg_point: Place) -> Iterator[str]:
    """Yield the points of one curve, split into pieces where values are missing."""
    for missing, piece in groupby(
        zip(positions, values, strict=True), lambda point: point[1] is None
    ):
        if not missing:
            points = ["{},{}".format(*to_svg_point(x, y)) for x, y in piece if y is not None]
            yield " ".join(points * 2 if len(points) == 1 else points)
