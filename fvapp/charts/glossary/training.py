"""Pictures of how a network learns and how its results are read."""

from __future__ import annotations

from math import exp, log, sin
from statistics import fmean, stdev

from fvapp.charts.colours import QUIET, TRAINING, VALIDATION
from fvapp.charts.glossary.drawing import arrow, at, axes, box, circle, curve, legend, line, ring, words
from fvapp.core.wording import Translate

DASH = "6 4"  # of whatever is drawn in the colour of validation


def training_loss(x: float) -> float:
    return 0.1 + 0.8 * exp(-3 * x)


def validation_loss(x: float) -> float:
    """Fall with :func:`training_loss` at first, a little above it, and rise from about 0.5 on."""
    return 0.12 + 0.78 * exp(-3 * x) + 0.9 * max(0.0, x - 0.35) ** 2


def valley(x: float) -> float:
    return 4.2 * (x - 0.52) ** 2 + 0.06


_SMALL_STEPS = (0.07, 0.24, 0.36, 0.44, 0.49, 0.52)
_BIG_STEPS = (0.12, 0.9, 0.18, 0.84, 0.24)
_RESULTS = (0.866, 0.871, 0.873, 0.874, 0.876, 0.879, 0.884)  # made up, near those of 128 neurons


def draw_epoch(t: Translate) -> str:
    images = "".join(box(34 + 24 * n, 40, 16, 16, 0.15 + 0.15 * (n % 3)) for n in range(5))
    way = '<path d="M150 30 C150 4 30 4 30 34 M30 62 C30 92 150 92 150 64" stroke-opacity="0.6"/>'
    up = line([(145, 69), (150, 63), (156, 69)], width=1.5)
    down = line([(25, 29), (30, 35), (35, 29)], width=1.5)
    return images + way + up + down


def draw_batch(t: Translate) -> str:
    images = "".join(box(9 + 58 * group + 12 * n, 42, 10, 10, 0.35) for group in range(3) for n in range(4))
    return images + "".join(box(5 + 58 * group, 34, 54, 26) for group in range(3))


def draw_loss(t: Translate) -> str:
    def falling(x: float) -> float:
        return 0.1 + 0.8 * exp(-4 * x) + 0.02 * sin(30 * x)

    return axes(t("charts.epoch"), t("charts.loss")) + line(curve(falling, 0.02), TRAINING, 3)


def draw_cross_entropy(t: Translate) -> str:
    """The loss is -log of the right class's probability, drawn from 0.03 to 1."""
    shown = line(curve(lambda probability: -log(probability) / 3.6, 0.03), TRAINING, 3)
    below = words(26, 93, "0") + words(92, 93, t("charts.probability")) + words(162, 93, "1")
    return axes("", t("charts.loss")) + shown + below


def draw_optimizer(t: Translate) -> str:
    small, big = [[at(valley, x) for x in steps] for steps in (_SMALL_STEPS, _BIG_STEPS)]
    names = {
        t("glossary.axes.small_steps"): (TRAINING, ""),
        t("glossary.axes.big_steps"): (VALIDATION, DASH),
    }
    return (
        axes(t("glossary.axes.weight"), t("charts.loss"))
        + line(curve(valley, 0.05), opacity=0.5)
        + line(big, VALIDATION, 1.5, DASH)
        + line(small, TRAINING, 1.5)
        + "".join(circle(*point, 3) for point in small)
        + legend(66, 6, names)
    )


def draw_adam(t: Translate) -> str:
    path = [at(valley, x) for x in _SMALL_STEPS]
    stops = "".join(circle(*point, 3.5) for point in path)
    slope = line(curve(valley, 0.05), opacity=0.5)
    return axes(t("glossary.axes.weight"), t("charts.loss")) + slope + line(path, TRAINING, 1.5) + stops


def draw_seed(t: Translate) -> str:
    def first(x: float) -> float:
        return 0.1 + 0.75 * exp(-4 * x) + 0.02 * sin(25 * x)

    def second(x: float) -> float:
        return 0.12 + 0.6 * exp(-3.2 * x) + 0.02 * sin(25 * x + 2)

    seed = t("settings.seed.label")
    names = {f"{seed} 1": (TRAINING, ""), f"{seed} 2": (VALIDATION, DASH)}
    return (
        axes(t("charts.epoch"), t("charts.loss"))
        + line(curve(first), TRAINING, 2.5)
        + line(curve(second), VALIDATION, 2.5, DASH)
        + legend(96, 16, names)
    )


def draw_accuracy(t: Translate) -> str:
    """Ten answers, nine of them ticked and one crossed."""
    parts = [words(90, 94, "9 ÷ 10 = 90%")]
    for n in range(10):
        x, y = 20 + 29 * (n % 5), 10 + 36 * (n // 5)
        parts.append(box(x, y, 22, 22))
        if n != 7:
            parts.append(line([(x + 5, y + 11), (x + 9, y + 16), (x + 17, y + 6)]))
        else:
            parts.append(line([(x + 6, y + 6), (x + 16, y + 16)], VALIDATION))
            parts.append(line([(x + 16, y + 6), (x + 6, y + 16)], VALIDATION))
    return "".join(parts)


def draw_percentage_point(t: Translate) -> str:
    """A scale from 84% to 90%, and the way from 86% to 88%."""
    parts = [line([(14, 58), (166, 58)], width=1, opacity=0.5), words(166, 92, t("charts.accuracy"), "end")]
    for n in range(4):
        x = 24 + 44 * n
        parts.append(line([(x, 54), (x, 62)], width=1) + words(x, 74, f"{84 + 2 * n}%"))
    way = arrow(68, 38, 44)
    return "".join(parts) + way + circle(68, 58, 4) + circle(112, 58, 4) + words(90, 30, "+2", size=10)


def draw_confusion_matrix(t: Translate) -> str:
    fields = "".join(
        box(62 + 18 * x, 8 + 18 * y, 18, 18, 0.75 if x == y else 0.06 + 0.12 * ((x, y) in ((1, 2), (3, 0))))
        for y in range(4)
        for x in range(4)
    )
    return fields + words(98, 94, t("charts.confusion.answer")) + words(56, 4, t("charts.confusion.label"), "end")


def draw_precision(t: Translate) -> str:
    """Two circles; the lens in which they overlap is what is right."""
    both = f'<path d="M88 16.5 A34 34 0 0 1 88 71.5 A34 34 0 0 1 88 16.5" fill="{TRAINING}" fill-opacity="0.5"/>'
    ticked = line([(82, 44), (86, 49), (94, 38)])
    said, labelled = words(36, 94, t("charts.confusion.answer")), words(140, 94, t("charts.confusion.label"))
    return both + ring(68, 44, 34) + ring(108, 44, 34) + ticked + said + labelled


def draw_spread(t: Translate) -> str:
    """Results of single runs on a scale, their mean, and one standard deviation to each side."""

    def place(result: float) -> float:
        return 24 + 138 * (result - 0.862) / 0.026

    mean, deviation = fmean(_RESULTS), stdev(_RESULTS)
    left, middle, right = (place(mean + step) for step in (-deviation, 0, deviation))
    return (
        box(left, 30, right - left, 36, 0.35, QUIET)
        + line([(14, 66), (166, 66)], width=1, opacity=0.5)
        + line([(middle, 22), (middle, 66)], width=2)
        + "".join(circle(place(result), 48, 4) for result in _RESULTS)
        + words(middle, 16, t("charts.mean"))
        + words(middle, 78, t("glossary.axes.spread"))
        + words(166, 94, t("charts.test_accuracy"), "end")
    )


def draw_validation(t: Translate) -> str:
    learned = box(10, 30, 124, 24, 0.5, TRAINING)
    kept = (
        '<rect x="146" y="30" width="24" height="24" rx="2" '
        f'fill="{VALIDATION}" fill-opacity="0.5" stroke-dasharray="3 2"/>'
    )
    return learned + kept + words(72, 68, t("charts.training")) + words(172, 68, t("charts.validation"), "end")


def draw_overfitting(t: Translate) -> str:
    names = {t("charts.training"): (TRAINING, ""), t("charts.validation"): (VALIDATION, DASH)}
    return (
        axes(t("charts.epoch"), t("charts.loss"))
        + line(curve(training_loss), TRAINING, 2.5)
        + line(curve(validation_loss), VALIDATION, 2.5, DASH)
        + legend(92, 14, names)
    )


def draw_early_stopping(t: Translate) -> str:
    """The loss at its lowest, the epochs that bring no progress, and the stop."""
    best = min((n / 100 for n in range(101)), key=validation_loss)
    stop = best + 0.3
    (x, y), (end, _) = at(validation_loss, best), at(validation_loss, stop)
    return (
        axes(t("charts.epoch"), t("settings.target_metric.choices.val_loss"))
        + line(curve(validation_loss, 0, stop), VALIDATION, 2.5, DASH)
        + line(curve(validation_loss, stop, 1), VALIDATION, 1.5, "2 4", 0.6)
        + ring(x, y, 4)
        + line([(end, 32), (end, 82)], width=1.5)
        + line([(x, 36), (x, 32), (end, 32)], width=1)
        + words((x + end) / 2, 28, t("settings.patience.label"))
    )


def draw_callback(t: Translate) -> str:
    parts = [line([(14, 70), (166, 70)], width=1.5), words(166, 84, t("charts.epoch"), "end")]
    for n in range(4):
        x = 44 + 36 * n
        parts.append(line([(x, 70), (x, 40)], width=1.5))
        if n < 3:
            parts.append(f'<path d="M{x} 40 h16 l-4 6 l4 6 h-16" fill="currentColor" fill-opacity="0.25"/>')
    stop = f'<rect x="143" y="22" width="18" height="18" rx="3" fill="{VALIDATION}" stroke="none"/>'
    return "".join(parts) + stop
