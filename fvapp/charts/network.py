"""The picture of a network, drawn from its layer descriptions as SVG in the colour of the text around it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from math import prod

from fvapp.core.inspection.glimpse import BANDS, MOST_DRAWN, drawn_neurons
from fvapp.core.layers import Layer, describe_layers
from fvapp.core.settings import RunSettings
from fvapp.core.wording import Translate, class_names

WIDTH, HEIGHT = 460, 258  # units of the picture; on a phone one is about three quarters of a pixel
MIDDLE = 102  # height at which all layers are centred
NAMES = 96  # room for the names of the classes at the right
LABELS = (216, 233, 249)  # baselines of the three lines below each layer
SPACING = 18  # from neuron to neuron
RADIUS = 5.5
IMAGE = 58  # side of the drawn image where there is room; feature maps keep their proportion to it


@dataclass(frozen=True)
class _Column:
    """A layer as it is drawn.

    Attributes:
        kind: "map" for images and their stacks, "strip" for pixels in a row, "neurons".
        labels: three lines below it.
        dropout: the share that is switched off behind this layer.
    """

    kind: str
    layer: Layer
    labels: tuple[str, str, str]
    dropout: float = 0.0


def network_svg(settings: RunSettings, t: Translate) -> str:
    """Draw the network of `settings`, from the image to the classes.

    Of a wide layer a few neurons stand for all; its true number is written below. Where the layers do not end in one
    number for each class, the classes are not named.

    Returns:
        an ``<svg>`` element that scales with its column and is described in words.
    """
    layers = describe_layers(settings)
    columns = _columns(layers, t)
    named = len(layers[-1].output_shape) == 1
    left, right = 4 + IMAGE / 2, WIDTH - (NAMES if named else 24) - 10
    step = (right - left) / len(columns)
    side = min(IMAGE, 0.75 * step)

    labels = (_size(layers[0].input_shape), t("network.image"), "")
    parts = [_image(left, side, settings.data.sample), _labels(left, labels)]
    before = ("map", left + side / 2, (MIDDLE - side / 2, MIDDLE + side / 2))
    for n, column in enumerate(columns, start=1):
        place = left + n * step
        drawn, points, half = _draw(place, column, side)
        parts.append(_connections(before, (column.kind, place - half, points)))
        parts += [drawn, _labels(place, column.labels)]
        before = (column.kind, place + half, points)
    if named:
        rows = _rows(min(layers[-1].units, MOST_DRAWN))
        parts += [
            f'<text x="{right + 14:.0f}" y="{y + 4.2:.0f}" font-size="12.5">{escape(name)}</text>'
            for name, y in zip(class_names(settings.dataset, t), rows, strict=False)
        ]
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" xmlns="http://www.w3.org/2000/svg" fill="currentColor" '
        f'style="display:block;width:100%;max-width:{1.25 * WIDTH:.0f}px;font-family:inherit">'
        f"<title>{escape(t('network.title'))}</title><desc>{escape(describe_network(settings, t))}</desc>"
        f"{''.join(parts)}</svg>"
    )


def describe_network(settings: RunSettings, t: Translate) -> str:
    """Say in words what the picture shows."""
    layers = describe_layers(settings)
    steps = [
        f"{t(f'network.{layer.kind}')} {f'{layer.rate:.0%}' if layer.rate else _size(layer.output_shape)}"
        for layer in layers
        if layer.kind != "reshape"
    ]
    total = f"{sum(layer.parameters for layer in layers):,}"
    return t("network.description", image=_size(layers[0].input_shape), layers=" → ".join(steps), parameters=total)


def _columns(layers: Sequence[Layer], t: Translate) -> list[_Column]:
    """A reshape shows nothing, and a dropout shows in the layer before it."""
    columns: list[_Column] = []
    for layer in layers:
        if layer.kind == "reshape":
            continue
        name = t(f"network.{layer.kind}")
        if layer.kind == "dropout":
            last = columns.pop()
            labels = (*last.labels[:2], t("network.off", percent=f"{layer.rate:.0%}"))
            columns.append(_Column(last.kind, last.layer, labels, layer.rate))
        elif layer.kind == "flatten":
            columns.append(_Column("strip", layer, (f"{layer.output_shape[0]:,}", name, "")))
        elif layer.kind == "dense":
            is_last = layer.activation == "softmax"
            activation = layer.activation if is_last else t(f"settings.activation.choices.{layer.activation}")
            columns.append(_Column("neurons", layer, (_size(layer.output_shape), name, activation)))
        else:
            columns.append(_Column("map", layer, (f"{layer.output_shape[-1]}", name, _size(layer.output_shape[:2]))))
    return columns


def _size(shape: Sequence[int]) -> str:
    return "×".join(f"{n:,}" for n in shape)


def _rows(count: int) -> list[float]:
    """Return the heights of `count` neurons, one below the other around the middle."""
    return [MIDDLE + (n - (count - 1) / 2) * SPACING for n in range(count)]


def _draw(place: float, column: _Column, image_side: float) -> tuple[str, Sequence[float], float]:
    """Return a drawn layer, the heights at which connections touch it, and half its width."""
    if column.kind == "strip":
        style = 'fill-opacity="0.45"'
        if column.dropout:
            style = 'stroke="currentColor" stroke-dasharray="3 3" fill-opacity="0.15"'
        return (
            f'<rect x="{place - 4:.1f}" y="{MIDDLE - 86}" width="8" height="172" rx="2" {style}/>',
            (MIDDLE - 86, MIDDLE + 86),
            4,
        )
    if column.kind == "neurons":
        return _neurons(place, column)
    height = max(12.0, image_side * column.layer.output_shape[0] / 28)
    top, left = MIDDLE - height / 2, place - height / 2
    squares = "".join(
        f'<rect x="{left + 4 * n:.1f}" y="{top + 4 * n:.1f}" width="{height:.1f}" height="{height:.1f}" rx="1.5" '
        'fill-opacity="0.16" stroke="currentColor" stroke-opacity="0.55" stroke-width="0.8"/>'
        for n in (-1, 0, 1)
    )
    return squares, (top, top + height), height / 2 + 4


def _neurons(place: float, column: _Column) -> tuple[str, Sequence[float], float]:
    units = column.layer.units
    rows = _rows(min(units, MOST_DRAWN))
    drawn = drawn_neurons(units)
    parts = []
    for n, y in enumerate(rows):
        if n not in drawn:  # three dots stand for the neurons left out
            parts += [f'<circle cx="{place:.1f}" cy="{y + d}" r="1.3"/>' for d in (-5, 0, 5)]
            continue
        # Of ten neurons as many are hollow as are switched off in a step.
        off = column.dropout and (n * 7 + 3) % 10 < round(10 * column.dropout)
        style = 'fill="none" stroke="currentColor" stroke-dasharray="2 2"' if off else 'fill-opacity="0.75"'
        parts.append(f'<circle cx="{place:.1f}" cy="{y:.1f}" r="{RADIUS}" {style}/>')
    if prod(column.layer.output_shape[:-1]) > 1:  # the same neurons for each row of the image
        parts.insert(0, f'<g transform="translate(5 -4)" opacity="0.35">{"".join(parts)}</g>')
    return "".join(parts), [rows[n] for n in drawn], RADIUS


def _connections(before: tuple[str, float, Sequence[float]], after: tuple[str, float, Sequence[float]]) -> str:
    """Draw lines from each neuron to each; elsewhere only from edge to edge.

    Args:
        before, after: kind of the layer, where its edge is, and at which heights lines may touch it.
    """
    kinds = {before[0], after[0]}
    if kinds == {"strip", "neurons"}:
        # Every pixel goes to every neuron: a fan of a few stands for all of them.
        top, bottom = before[2]
        starts = [top + (bottom - top) * n / (BANDS - 1) for n in range(BANDS)]
    else:
        starts = before[2]
    if kinds <= {"strip", "neurons"}:
        pairs, opacity = [(start, end) for start in starts for end in after[2]], 0.13
    elif kinds == {"map", "neurons"}:
        pairs, opacity = [(start, end) for start in starts for end in after[2]], 0.2
    else:
        pairs, opacity = list(zip(starts, after[2], strict=True)), 0.45
    lines = "".join(f"M{before[1]:.0f} {start:.0f}L{after[1]:.0f} {end:.0f}" for start, end in pairs)
    named = ' class="weights"' if after[0] == "neurons" and before[0] != "map" else ""  # the browser moves these
    return f'<path{named} d="{lines}" stroke="currentColor" stroke-opacity="{opacity}" stroke-width="0.8" fill="none"/>'


def _image(place: float, side: float, sample: Sequence[str]) -> str:
    left, top, width = place - side / 2, MIDDLE - side / 2, side / 7
    pixels = "".join(
        f"M{left + column * width:.2f} {top + row * width:.2f}h{width:.2f}v{width:.2f}h-{width:.2f}z"
        for row, line in enumerate(sample)
        for column, pixel in enumerate(line)
        if pixel == "#"
    )
    frame = (
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{side:.1f}" height="{side:.1f}" rx="2" fill="none" '
        'stroke="currentColor" stroke-opacity="0.45"/>'
    )
    return f'<path d="{pixels}" fill-opacity="0.7"/>{frame}'


def _labels(place: float, lines: Sequence[str]) -> str:
    """Write up to three centred lines: how many, of which layer, and what is special about it."""
    styles = ('font-size="13" font-weight="600"', 'font-size="11.5"', 'font-size="11.5" fill-opacity="0.75"')
    return "".join(
        f'<text x="{place:.1f}" y="{y}" text-anchor="middle" {style}>{escape(line)}</text>'
        for y, style, line in zip(LABELS, styles, lines, strict=True)
        if line
    )
