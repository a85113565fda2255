"""The one-page report of a run: a single HTML file that needs no network, runs no script, and prints on one sheet."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from io import BytesIO

from fvapp.core.documents.fonts import font_rule
from fvapp.core.results.comparison import settings_words
from fvapp.core.results.curves import Curves, Series
from fvapp.core.results.overfitting import fit_sentence, judge_fit
from fvapp.core.runs import RunRecord
from fvapp.core.wording import Translate, duration, percent, run_title

MOST_DRAWINGS = 12

# Validation is dashed and the test line dotted, so that a black and white printer keeps them apart.
_TRAINING, _VALIDATION, _TEST = "#0072B2", "#D55E00", "#009E73"
_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 360, 200, 44, 26, 8

_STYLE = """
:root { color-scheme: light; }
body { font-size: 14px; line-height: 1.45; color: #1F2328; background: #fff; max-width: 46rem; margin: 1.5rem auto;
  padding: 0 1rem; font-variant-numeric: tabular-nums; }
h1 { font-size: 1.5rem; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1rem; margin: 1.1rem 0 0.3rem; border-bottom: 1px solid #D9D5CB; }
p { margin: 0.3rem 0; }
.quiet { color: #57534A; font-size: 0.85rem; overflow-wrap: anywhere; }
.result { font-size: 2rem; font-weight: 650; margin: 0; }
.curves, .drawings { display: flex; flex-wrap: wrap; gap: 0.75rem; }
figure { margin: 0; flex: 1 1 18rem; }
.drawings figure { flex: 0 0 5.5rem; text-align: center; font-size: 0.8rem; }
.drawings figcaption { max-height: 2.9em; overflow: hidden; overflow-wrap: anywhere; }
.drawings img { width: 5.5rem; height: 5.5rem; image-rendering: pixelated; background: #000; }
svg { width: 100%; height: auto; }
svg.key { width: 28px; height: 10px; }
svg text { font-size: 11px; fill: #57534A; }
dl { columns: 2 16rem; column-gap: 2rem; margin: 0; }
dl div { display: flex; justify-content: space-between; gap: 1rem; border-bottom: 1px dotted #D9D5CB; }
dt { color: #57534A; } dd { margin: 0; text-align: right; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: #F1EFE9; padding: 0.5rem; max-height: 16rem;
  overflow: hidden; }
@page { margin: 12mm; }
@media print { body { margin: 0; max-width: none; padding: 0; } figure, dl div { break-inside: avoid; } }
"""


@dataclass(frozen=True)
class Drawing:
    """A drawing of the visitor as the network saw it.

    Attributes:
        pixels: 784 bytes, row by row, 0 to 255.
        caption: what the network answered, in words.
    """

    pixels: bytes
    caption: str


def write_report(record: RunRecord, curves: Curves, t: Translate, *, drawings: Sequence[Drawing] = ()) -> str:
    """Return the report of a run as one HTML document. Every text in it is escaped.

    Args:
        drawings: the visitor's, where they were kept, the latest last; the last 12 are shown.
    """
    title = run_title(record, t)
    parts = [
        f"<h1>{escape(title)}</h1>",
        f'<p class="quiet">{escape(" · ".join(_facts(record, t)))}</p>',
        _section(t("report.result"), _result(record, t)),
        _section(t("report.curves"), _curves(record, curves, t)),
        _section(t("report.settings"), _settings(record, t)),
        _section(t("report.drawings"), _drawings(drawings)) if drawings else "",
        f'<p class="quiet">{escape(" · ".join(f"{name} {version}" for name, version in record.versions.items()))}</p>',
    ]
    return (
        f'<!DOCTYPE html>\n<html lang="{t("language.tag")}"><head><meta charset="utf-8">'
        # No script, no address outside the file, whatever a text in it says.
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\">"
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{font_rule(t)}{_STYLE}</style></head><body>\n"
        + "\n".join(parts)
        + "\n</body></html>\n"
    )


def _section(heading: str, content: str) -> str:
    return f"<section><h2>{escape(heading)}</h2>{content}</section>"


def _facts(record: RunRecord, t: Translate) -> list[str]:
    facts = [t(f"settings.dataset.choices.{record.settings.dataset}"), t(f"states.{record.state}")]
    facts.append(t("report.epochs", epoch=record.epoch, epochs=record.epochs))
    if record.parameters:
        facts.append(t("report.parameters", n=f"{record.parameters:,}"))
    if record.created > 0:
        facts.append(datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%d"))
    return facts


def _result(record: RunRecord, t: Translate) -> str:
    if record.error is not None:
        message = f"{record.error.kind}: {record.error.message}"
        return f"<p>{escape(t('report.failed'))}</p><pre>{escape(message)}</pre>"
    if record.result is None:
        return f"<p>{escape(t('report.no_result'))}</p>"
    result = record.result
    accuracy, seconds = percent(result.test_accuracy), duration(result.seconds, t)
    sentence = t("report.test", accuracy=accuracy, loss=_number(result.test_loss), time=seconds)
    return f'<p class="result">{escape(accuracy)}</p><p>{escape(sentence)}</p>'


def _settings(record: RunRecord, t: Translate) -> str:
    rows = settings_words(record.settings, t)
    return (
        f"<dl>{''.join(f'<div><dt>{escape(label)}</dt><dd>{escape(value)}</dd></div>' for label, value in rows)}</dl>"
    )


def _drawings(drawings: Sequence[Drawing]) -> str:
    figures = (
        f'<figure><img src="data:image/png;base64,{_png(drawing.pixels)}" alt="{escape(drawing.caption)}">'
        f"<figcaption>{escape(drawing.caption)}</figcaption></figure>"
        for drawing in drawings[-MOST_DRAWINGS:]
    )
    return f'<div class="drawings">{"".join(figures)}</div>'


def _png(pixels: bytes) -> str:
    from PIL import Image  # only a report with drawings needs it

    file = BytesIO()
    Image.frombytes("L", (28, 28), pixels).save(file, "PNG")
    return b64encode(file.getvalue()).decode()


def _curves(record: RunRecord, curves: Curves, t: Translate) -> str:
    points, result = curves.epochs, record.result
    if not points.epoch and not curves.blocks.position:
        return f"<p>{escape(t('report.no_curves'))}</p>"
    figures = []
    for name in ("loss", "accuracy"):
        test = getattr(result, f"test_{name}") if result else None
        svg = _svg(curves, name, test, max(record.epochs, *points.epoch, 1), t)
        figures.append(f"<figure><figcaption>{escape(t(f'charts.{name}'))}</figcaption>{svg}</figure>")
    keys = [("charts.training", _TRAINING, "")]
    if points.has_validation:
        keys.append(("charts.validation", _VALIDATION, "6 4"))
    if result:
        keys.append(("charts.test", _TEST, "2 3"))
    legend = " ".join(
        f'<svg class="key" viewBox="0 0 28 10" aria-hidden="true">{_line(0, 5, 28, 5, colour, dash)}</svg> '
        f"{escape(t(key))} &nbsp;"
        for key, colour, dash in keys
    )
    sentence = fit_sentence(judge_fit(points), t)
    return f'<div class="curves">{"".join(figures)}</div><p class="quiet">{legend}</p><p>{escape(sentence)}</p>'


def _svg(curves: Curves, name: str, test: float | None, epochs: int, t: Translate) -> str:
    blocks, points = curves.blocks, curves.epochs
    series = {
        "blocks": (blocks.position, getattr(blocks, name)),
        "training": (points.epoch, getattr(points, name)),
        "validation": (points.epoch, getattr(points, f"val_{name}")),
    }
    shown = [value for _, values in series.values() for value in values if value is not None]
    shown += [test] if test is not None and test == test else []
    low, high = min(shown, default=0.0), max(shown, default=1.0)
    high = high if high > low else low + 1

    def place(x: float, y: float) -> tuple[float, float]:
        across = _LEFT + (_WIDTH - _LEFT - 8) * x / epochs
        return round(across, 1), round(_TOP + (_HEIGHT - _TOP - _BOTTOM) * (high - y) / (high - low), 1)

    left, bottom = place(0, low)
    right, top = place(epochs, high)
    form = percent if name == "accuracy" else _number
    content = [
        _line(left, bottom, right, bottom, "#8A867C"),
        _line(left, bottom, left, top, "#8A867C"),
        _label(left - 5, bottom, form(low), "end"),
        _label(left - 5, top + 8, form(high), "end"),
        _label(left, bottom + 16, "0", "middle"),
        _label(right, bottom + 16, f"{t('charts.epoch')} {epochs}", "end"),
        _polyline(*series["blocks"], place, _TRAINING, width=0.8),
        _polyline(*series["training"], place, _TRAINING, width=2),
        _polyline(*series["validation"], place, _VALIDATION, width=2, dash="6 4"),
    ]
    if test is not None and test == test:
        content.append(_line(left, place(0, test)[1], right, place(0, test)[1], _TEST, "2 3"))
    label = escape(t(f"charts.{name}"))
    return f'<svg viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{label}">{"".join(content)}</svg>'


def _polyline(positions: Sequence[float], values: Series, place, colour: str, *, width: float, dash: str = "") -> str:
    """Return one line, in pieces where values are missing."""
    pieces: list[list[str]] = [[]]
    for x, y in zip(positions, values, strict=True):
        if y is None:
            pieces.append([])
        else:
            pieces[-1].append("{},{}".format(*place(x, y)))
    style = f'fill="none" stroke="{colour}" stroke-width="{width}" stroke-dasharray="{dash}"'
    # A round cap keeps a piece of one point to be seen.
    return "".join(
        f'<polyline points="{" ".join(piece * 2 if len(piece) == 1 else piece)}" {style} stroke-linecap="round"/>'
        for piece in pieces
        if piece
    )


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, dash: str = "") -> str:
    place = f'x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"'
    return f'<line {place} stroke="{colour}" stroke-width="1.5" stroke-dasharray="{dash}"/>'


def _label(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}">{escape(text)}</text>'


def _number(value: float) -> str:
    return f"{value:.3f}"
