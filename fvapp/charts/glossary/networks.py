"""Pictures of the data and of what a network is made of."""

from __future__ import annotations

from math import exp, tanh

from fvapp.charts.colours import TEST, TRAINING, VALIDATION
from fvapp.charts.glossary.drawing import (
    arrow,
    arrow_down,
    box,
    circle,
    crossed_axes,
    crossed_curve,
    legend,
    line,
    pixel,
    ring,
    words,
)
from fvapp.core.wording import Translate

_BOOT = (".##....", ".##....", ".##....", ".###...", ".#####.", "#######", "##...##")
_PROBABILITIES = (0.02, 0.04, 0.03, 0.02, 0.05, 0.1, 0.03, 0.16, 0.03, 0.52)


def draw_label(t: Translate) -> str:
    """An image of a boot, and a tag with its label; below it the name of its class."""
    image = "".join(
        pixel(10 + 8 * x, 14 + 8 * y, 8, 0.75 if shade == "#" else 0.06)
        for y, row in enumerate(_BOOT)
        for x, shade in enumerate(row)
    )
    tag = '<path d="M108 42 l12 -14 h34 v28 h-34 z" fill="currentColor" fill-opacity="0.12"/>'
    name = t("classes.fashion_mnist.9")
    return image + arrow(74, 42, 26) + tag + ring(121, 42, 2) + words(138, 46, "9", size=13) + words(132, 72, name)


def draw_sets(t: Translate) -> str:
    """The sets as they are with 10% for validation, to scale: 54,000, 6,000 and 10,000 images."""
    sizes = {"training": (54, TRAINING), "validation": (6, VALIDATION), "test": (10, TEST)}
    return "".join(
        words(58, 24 + 28 * n, t(f"charts.{name}"), "end") + box(66, 12 + 28 * n, 1.9 * size, 18, 0.5, colour)
        for n, (name, (size, colour)) in enumerate(sizes.items())
    )


def draw_normalising(t: Translate) -> str:
    """Where three pixels of a scale from 0 to 255 come to lie on one from 0 to 1."""
    parts = [line([(24, y), (156, y)], width=1, opacity=0.5) for y in (24, 70)]
    for share in (0, 0.4, 1):
        x = 24 + 132 * share
        parts.append(words(x, 15, f"{255 * share:g}") + arrow_down(x, 30, 34) + words(x, 84, f"{share:g}"))
    return "".join(parts) + words(117, 50, "÷ 255")


def draw_sequential(t: Translate) -> str:
    boxes = "".join(box(14 + 56 * n, 22, 36, 52, 0.15) for n in range(3))
    return boxes + "".join(arrow(53 + 56 * n, 48, 14) for n in range(2))


def draw_flatten(t: Translate) -> str:
    """Four rows of four become one row of sixteen; rows keep their shade."""
    square = "".join(box(12 + 10 * x, 8 + 10 * y, 9, 9, 0.1 + 0.22 * y) for y in range(4) for x in range(4))
    row = "".join(box(10 + 10 * n, 76, 9, 9, 0.1 + 0.22 * (n // 4)) for n in range(16))
    way = line([(66, 28), (96, 28), (96, 64)], width=1.5)
    tip = line([(92, 59), (96, 64), (100, 59)], width=1.5)
    return square + way + tip + row


def draw_dense(t: Translate) -> str:
    left, right = [18, 38, 58, 78], [28, 48, 68]
    lines = "".join(line([(50, a), (130, b)], width=0.8, opacity=0.45) for a in left for b in right)
    return lines + "".join(circle(50, y) for y in left) + "".join(circle(130, y) for y in right)


def draw_neuron(t: Translate) -> str:
    """Inputs, their weights as lines of different width, the sum with the bias, and the activation function."""
    inputs = zip((18, 44, 70), (1, 3.5, 2), strict=True)
    lines = "".join(line([(22, y), (76, 44)], width=width, opacity=0.6) + circle(16, y) for y, width in inputs)
    total = ring(90, 44, 14) + words(90, 49, "Σ", size=14)
    bias = line([(90, 80), (90, 62)], width=1.5) + line([(86, 67), (90, 62), (94, 67)], width=1.5)
    function = box(122, 32, 26, 24) + line([(125, 48), (135, 48), (145, 36)], TRAINING, 2)
    return (
        lines
        + (total + bias + function)
        + (arrow(105, 44, 14) + arrow(150, 44, 22))
        + words(50, 10, t("glossary.axes.weights"))
        + words(90, 90, t("glossary.axes.bias"))
        + words(138, 68, t("settings.activation.label"))
    )


def draw_weight(t: Translate) -> str:
    """Connections of different width, and a mark at each neuron for its bias."""
    widths = iter((3, 1, 1.5, 4, 0.8, 2))
    left, right = (16, 44, 72), (28, 60)
    lines = "".join(line([(40, a), (124, b)], width=next(widths), opacity=0.6) for a in left for b in right)
    marks = "".join(box(134, y - 4, 8, 8, 0.6, VALIDATION) for y in right)
    neurons = "".join(circle(36, y) for y in left) + "".join(circle(126, y) for y in right)
    return lines + neurons + marks + words(80, 8, t("glossary.axes.weights")) + words(138, 82, t("glossary.axes.bias"))


def draw_activation(t: Translate) -> str:
    names = {
        t("settings.activation.choices.relu"): (TRAINING, ""),
        t("settings.activation.choices.tanh"): (VALIDATION, "6 4"),
        t("settings.activation.choices.sigmoid"): (TEST, "1 4"),
    }
    return (
        crossed_axes(t("glossary.axes.weighted_sum"), t("glossary.axes.output"))
        + line(crossed_curve(lambda x: max(0.0, x), -3.5, 2.2), TRAINING, 2.5)
        + line(crossed_curve(tanh, -3.5, 3.5), VALIDATION, 2.5, "6 4")
        + line(crossed_curve(lambda x: 1 / (1 + exp(-x)), -3.5, 3.5), TEST, 2.5, "1 4")
        + legend(8, 12, names)
    )


def draw_relu(t: Translate) -> str:
    shape = line(crossed_curve(lambda x: max(0.0, x), -3.5, 2.2), TRAINING, 3)
    return crossed_axes(t("glossary.axes.weighted_sum"), t("glossary.axes.output")) + shape


def draw_softmax(t: Translate) -> str:
    """Four bars, and the same four laid end to end: together they have length one."""
    shares, parts, start = (0.12, 0.55, 0.08, 0.25), [], 16.0
    for n, share in enumerate(shares):
        opacity = 0.15 + 0.6 * (n == 1) + 0.12 * n * (n != 1)
        parts.append(box(30 + 32 * n, 58 - 84 * share, 22, 84 * share, opacity))
        parts.append(box(start, 72, 140 * share, 14, opacity))
        start += 140 * share
    return "".join(parts) + words(160, 82, "= 1", "start") + words(8, 3, t("charts.probability"), "start")


def draw_temperature(t: Translate) -> str:
    """The probabilities of the same four sums at a temperature of 0.5 and of 2."""
    parts = [words(8, 3, t("charts.probability"), "start")]
    for left, temperature in ((20, 0.5), (104, 2)):
        powers = [exp(total / temperature) for total in (0.4, 1.4, 0, -0.4)]
        for n, power in enumerate(powers):
            height = 72 * power / sum(powers)
            parts.append(box(left + 16 * n, 80 - height, 11, height, 0.75 if n == 1 else 0.25))
        parts.append(words(left + 30, 94, f"{t('inside.softmax.temperature')} {temperature}"))
    return "".join(parts)


def draw_argmax(t: Translate) -> str:
    """Ten probabilities; the biggest and its position stand out."""
    biggest = max(_PROBABILITIES)
    parts = [line([(16, 74), (166, 74)], width=1, opacity=0.5), words(8, 3, t("charts.probability"), "start")]
    for n, probability in enumerate(_PROBABILITIES):
        x, height = 18 + 15 * n, 110 * probability
        found = probability == biggest
        parts.append(box(x, 74 - height, 10, height, 0.8 if found else 0.3, TRAINING if found else "currentColor"))
        parts.append(words(x + 5, 86, f"{n}"))
        if found:
            parts.append(ring(x + 5, 83, 7))
    return "".join(parts) + words(90, 99, t("glossary.axes.class"))


def draw_dropout(t: Translate) -> str:
    """A layer of neurons, two of which are switched off and joined to nothing."""
    left, right, off = (18, 38, 58, 78), (28, 48, 68), (38, 78)
    lines = "".join(line([(50, a), (130, b)], width=0.8, opacity=0.45) for a in left if a not in off for b in right)
    neurons = "".join(ring(50, y, 6, "2 2") if y in off else circle(50, y) for y in left)
    return lines + neurons + "".join(circle(130, y) for y in right)


def draw_convolution(t: Translate) -> str:
    """A window of 3 × 3 pixels, where it goes next, and the smaller map it makes."""
    image = "".join(pixel(8 + 8 * x, 14 + 8 * y, 8, 0.06 + 0.6 * (x + y == 6)) for y in range(8) for x in range(8))
    here = f'<rect x="24" y="22" width="24" height="24" stroke="{TRAINING}" stroke-width="3"/>'
    following = f'<rect x="32" y="22" width="24" height="24" stroke="{TRAINING}" stroke-dasharray="3 3"/>'
    found = "".join(
        pixel(114 + 9 * x, 19 + 9 * y, 9, 0.8 if (x, y) == (2, 1) else 0.06, TRAINING)
        for y in range(6)
        for x in range(6)
    )
    return image + following + here + arrow(80, 46, 24) + found
