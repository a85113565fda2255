"""Draws the picture of a network from its layers, as SVG in the colour of the text."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from fvapp.core.activations import ACTIVATIONS
from fvapp.core.inspection.glimpse import BANDS, MOST_DRAWN, neurons_to_draw
from fvapp.core.layer import Layer
from fvapp.core.settings import RunSettings
from fvapp.core.stack import describe_layers
from fvapp.core.templates import render_template
from fvapp.core.wording import Translate, class_names

WIDTH = 460  # width of the picture in SVG units, each about three quarters of a pixel on a phone
HEIGHT = 258
MIDDLE = 102  # y coordinate of the middle of each layer, in SVG units
NAMES = 96  # width of the space for class names on the right, in SVG units
SPACING = 18  # distance from one neuron to the next, in SVG units
RADIUS = 5.5
IMAGE = 58  # maximum side of the input image in SVG units; feature maps are drawn on the same scale


@dataclass(frozen=True)
class _LayerColumn:
    """A layer in the picture of a network.

    Attributes:
        label_lines: the three lines of text below the layer, and a fourth for dropout.
        dropout_share: the share of the layer's outputs that dropout switches off.
    """

    layer: Layer
    label_lines: tuple[str, ...]
    dropout_share: float = 0.0


def network_svg(settings: RunSettings, t: Translate) -> str:
    """Draw the network of `settings`, from the input image to the classes.

    A few neurons stand for all neurons of a wide layer, and the actual number is written below the
    layer. Without Flatten, the last layer has outputs for each row of the image, so the classes
    are not named.

    Returns:
        An ``<svg>`` element that scales with its column and has a description in words.
    """
    layers = describe_layers(settings)
    columns = _layer_columns(layers, t)
    named = len(layers[-1].output_shape) == 1
    left = 4 + IMAGE / 2
    right = WIDTH - (NAMES if named else 24) - 10
    step = (right - left) / len(columns)
    side = min(IMAGE, 0.75 * step)

    before: tuple[str, float, Sequence[float]] = (
        "map",
        left + side / 2,
        (MIDDLE - side / 2, MIDDLE + side / 2),
    )
    drawn = []
    for n, column in enumerate(columns, start=1):
        place = left + n * step
        points, half = _connection_heights(column, side)
        lines = _connection_lines(before, (column.layer.drawn_as, place - half, points))
        drawn.append({"column": column, "place": place, "points": points, **lines})
        before = (column.layer.drawn_as, place + half, points)
    names = class_names(settings.dataset, t) if named else ()
    return render_template(
        "fvapp.charts",
        "network.svg",
        t=t,
        columns=drawn,
        image={
            "labels": (_shape_text(layers[0].input_shape), t("network.image"), ""),
            "sample": settings.dataset_info.sample,
        },
        names=[
            (names[n], y) for n, y in _neuron_heights(layers[-1].units).items() if n < len(names)
        ],
        description=describe_network(settings, t),
        left=left,
        right=right,
        side=side,
        middle=MIDDLE,
        width=WIDTH,
        height=HEIGHT,
        radius=RADIUS,
        rows=_neuron_heights,
        gap=MIDDLE + SPACING / 2,
    )


def describe_network(settings: RunSettings, t: Translate) -> str:
    """Return a description of the network in words, for people who cannot see the picture."""
    layers = describe_layers(settings)
    steps = [
        " ".join(
            (
                t(f"network.{layer.kind}"),
                f"{layer.dropout_rate:.0%}"
                if layer.dropout_rate
                else _shape_text(layer.output_shape),
            )
        )
        for layer in layers
        if layer.drawn_as
    ]
    total = f"{sum(layer.parameter_count for layer in layers):,}"
    return t(
        "network.description",
        image=_shape_text(layers[0].input_shape),
        layers=" → ".join(steps),
        parameters=total,
    )


def _layer_columns(layers: Sequence[Layer], t: Translate) -> list[_LayerColumn]:
    columns: list[_LayerColumn] = []
    for layer in layers:
        if layer.drawn_as == "mark":
            columns[-1] = _with_dropout(columns[-1], layer, t)
        elif layer.drawn_as:
            columns.append(_LayerColumn(layer, _layer_labels(layer, t)))
    return columns


def _with_dropout(column: _LayerColumn, layer: Layer, t: Translate) -> _LayerColumn:
    """Return a layer's column with the dropout that follows the layer."""
    labels = (*column.label_lines, t("network.off", percent=f"{layer.dropout_rate:.0%}"))
    return replace(column, label_lines=labels, dropout_share=layer.dropout_rate)


def _layer_labels(layer: Layer, t: Translate) -> tuple[str, str, str]:
    """Return the three lines below a layer: number of outputs, name, and activation or map size."""
    *sides, last = layer.output_shape
    if layer.drawn_as == "map":
        return f"{last}", t(f"network.{layer.kind}"), _shape_text(sides)
    activation = layer.activation
    if activation in ACTIVATIONS:
        activation = t(f"settings.activation.choices.{activation}")
    return _shape_text(layer.output_shape), t(f"network.{layer.kind}"), activation


def _shape_text(shape: Sequence[int]) -> str:
    return "×".join(f"{n:,}" for n in shape)


def _neuron_heights(units: int) -> dict[int, float]:
    """Return a layer's drawn neurons and their y coordinates, evenly spaced around the middle."""
    half = (min(units, MOST_DRAWN) - 1) / 2
    return {
        n: MIDDLE + SPACING * (n - half if n < MOST_DRAWN // 2 else n - units + 1 + half)
        for n in neurons_to_draw(units)
    }


def _connection_heights(column: _LayerColumn, image_side: float) -> tuple[Sequence[float], float]:
    """Return the y coordinates at which connections touch a layer, and half the layer's width."""
    if column.layer.drawn_as == "strip":
        return (MIDDLE - 86, MIDDLE + 86), 4
    if column.layer.drawn_as == "neurons":
        return [*_neuron_heights(column.layer.units).values()], RADIUS
    height = max(12.0, image_side * column.layer.output_shape[0] / 28)
    return (MIDDLE - height / 2, MIDDLE + height / 2), height / 2 + 4


def _connection_lines(
    before: tuple[str, float, Sequence[float]], after: tuple[str, float, Sequence[float]]
) -> dict[str, object]:
    """Return the lines between two layers: from each neuron to each neuron, or between map edges.

    Args:
        before, after: how each layer is drawn, the x coordinate of its edge, and the y coordinates
            at which lines touch it.
    """
    kinds = {before[0], after[0]}
    if kinds == {"strip", "neurons"}:
        # Every pixel is connected to every neuron. A fan of a few lines stands for all these
        # connections.
        top, bottom = before[2]
        starts = [top + (bottom - top) * n / (BANDS - 1) for n in range(BANDS)]
    else:
        starts = list(before[2])
    pairs = [(start, end) for start in starts for end in after[2]]
    if kinds <= {"strip", "neurons"}:
        opacity = 0.13
    elif kinds == {"map", "neurons"}:
        opacity = 0.2
    else:
        pairs = list(zip(starts, after[2], strict=True))
        opacity = 0.45
    lines = "".join(
        f"M{before[1]:.0f} {start:.0f}L{after[1]:.0f} {end:.0f}" for start, end in pairs
    )
    # The browser animates lines that stand for weights.
    return {
        "lines": lines,
        "opacity": opacity,
        "moves": after[0] == "neurons" and before[0] != "map",
    }
