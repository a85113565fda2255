"""A picture for each word of the glossary, as SVG in the colour of the text around it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from html import escape
from math import exp, log, sin

from fvapp.charts.colours import TRAINING, VALIDATION
from fvapp.core.wording import Translate

WIDTH, HEIGHT = 180, 96

Points = Iterable[tuple[float, float]]


def glossary_picture(word: str, t: Translate) -> str:
    """Draw what `word` means.

    Returns:
        an ``<svg>`` element, at most ``WIDTH`` pixels wide, described in words.
    """
    return (
        f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" xmlns="http://www.w3.org/2000/svg" fill="none" '
        f'stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" '
        f'style="display:block;width:100%;max-width:{WIDTH}px">'
        f"<title>{escape(t(f'glossary.{word}.alt'))}</title>{_PICTURES[word]()}</svg>"
    )


def _box(x: float, y: float, width: float, height: float, filled: float = 0.0) -> str:
    """Draw a rectangle, filled with the text's colour to the given share of opacity."""
    fill = f'fill="currentColor" fill-opacity="{filled:g}"' if filled else ""
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="2" {fill}/>'


def _circle(x: float, y: float, radius: float = 6) -> str:
    return f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="currentColor" fill-opacity="0.75" stroke="none"/>'


def _line(
    points: Points, colour: str = "currentColor", width: float = 2.0, dash: str = "", opacity: float = 1.0
) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    stroke = f'stroke="{colour}" stroke-width="{width:g}" stroke-opacity="{opacity:g}"{dashes}'
    return f'<polyline points="{path}" {stroke}/>'


def _arrow(x: float, y: float, length: float) -> str:
    tip = x + length
    return _line([(x, y), (tip, y)], width=1.5) + _line([(tip - 5, y - 4), (tip, y), (tip - 5, y + 4)], width=1.5)


def _axes() -> str:
    return _line([(24, 10), (24, 82), (166, 82)], width=1, opacity=0.5)


def _curve(function: Callable[[float], float], start: float = 0.0, end: float = 1.0) -> list[tuple[float, float]]:
    """Return points of a function from shares to shares in the frame of :func:`_axes`."""
    steps = [start + (end - start) * n / 40 for n in range(41)]
    return [(24 + 138 * x, 82 - 68 * function(x)) for x in steps]


def _sequential() -> str:
    boxes = "".join(_box(14 + 56 * n, 22, 36, 52, 0.15) for n in range(3))
    return boxes + "".join(_arrow(53 + 56 * n, 48, 14) for n in range(2))


def _flatten() -> str:
    """Four rows of four become one row of sixteen; rows keep their shade."""
    square = "".join(_box(12 + 10 * x, 8 + 10 * y, 9, 9, 0.1 + 0.22 * y) for y in range(4) for x in range(4))
    row = "".join(_box(10 + 10 * n, 76, 9, 9, 0.1 + 0.22 * (n // 4)) for n in range(16))
    way = _line([(66, 28), (96, 28), (96, 64)], width=1.5)
    tip = _line([(92, 59), (96, 64), (100, 59)], width=1.5)
    return square + way + tip + row


def _dense() -> str:
    left, right = [18, 38, 58, 78], [28, 48, 68]
    lines = "".join(_line([(50, a), (130, b)], width=0.8, opacity=0.45) for a in left for b in right)
    return lines + "".join(_circle(50, y) for y in left) + "".join(_circle(130, y) for y in right)


def _relu() -> str:
    axes = _line([(20, 72), (160, 72)], width=1, opacity=0.5) + _line([(90, 10), (90, 86)], width=1, opacity=0.5)
    return axes + _line([(20, 72), (90, 72), (150, 12)], TRAINING, 3)


def _softmax() -> str:
    """Four bars, and the same four laid end to end: together they have length one."""
    shares, parts, start = (0.12, 0.55, 0.08, 0.25), [], 20.0
    for n, share in enumerate(shares):
        opacity = 0.15 + 0.6 * (n == 1) + 0.12 * n * (n != 1)
        parts.append(_box(30 + 32 * n, 58 - 84 * share, 22, 84 * share, opacity))
        parts.append(_box(start, 72, 140 * share, 14, opacity))
        start += 140 * share
    return "".join(parts)


def _adam() -> str:
    def valley(x: float) -> float:
        return 3.2 * (x - 0.62) ** 2 + 0.08

    steps = [0.07, 0.27, 0.42, 0.52, 0.58, 0.62]
    path = [(24 + 138 * x, 82 - 68 * valley(x)) for x in steps]
    stops = "".join(_circle(*point, 3.5) for point in path)
    return _line(_curve(valley, 0.06), opacity=0.5) + _line(path, TRAINING, 1.5) + stops


def _cross_entropy() -> str:
    """The loss is -log of the right class's share, drawn from 0.03 to 1."""
    return _axes() + _line(_curve(lambda share: -log(share) / 3.6, 0.03), TRAINING, 3)


def _epoch() -> str:
    pictures = "".join(_box(34 + 24 * n, 40, 16, 16, 0.15 + 0.15 * (n % 3)) for n in range(5))
    ring = '<path d="M150 30 C150 4 30 4 30 34 M30 62 C30 92 150 92 150 64" stroke-opacity="0.6"/>'
    up = _line([(145, 69), (150, 63), (156, 69)], width=1.5)
    down = _line([(25, 29), (30, 35), (35, 29)], width=1.5)
    return pictures + ring + up + down


def _batch() -> str:
    groups = "".join(_box(12 + 54 * group + 12 * n, 42, 10, 10, 0.35) for group in range(3) for n in range(4))
    return groups + "".join(_box(8 + 54 * group, 34, 54 - 4, 26) for group in range(3))


def _loss() -> str:
    return _axes() + _line(_curve(lambda x: 0.1 + 0.8 * exp(-4 * x) + 0.02 * sin(30 * x), 0.02), TRAINING, 3)


def _accuracy() -> str:
    """Ten answers, nine of them ticked and one crossed."""
    parts = []
    for n in range(10):
        x, y = 20 + 29 * (n % 5), 18 + 36 * (n // 5)
        parts.append(_box(x, y, 22, 22))
        if n != 7:
            parts.append(_line([(x + 5, y + 11), (x + 9, y + 16), (x + 17, y + 6)]))
        else:
            parts.append(_line([(x + 6, y + 6), (x + 16, y + 16)], VALIDATION))
            parts.append(_line([(x + 16, y + 6), (x + 6, y + 16)], VALIDATION))
    return "".join(parts)


def _validation() -> str:
    learned = f'<rect x="10" y="36" width="124" height="24" rx="2" fill="{TRAINING}" fill-opacity="0.5"/>'
    kept = (
        '<rect x="146" y="36" width="24" height="24" rx="2" '
        f'fill="{VALIDATION}" fill-opacity="0.5" stroke-dasharray="3 2"/>'
    )
    return learned + kept


def _overfitting() -> str:
    training = _line(_curve(lambda x: 0.1 + 0.8 * exp(-3 * x), 0.02), TRAINING, 2.5)
    validation = _line(_curve(lambda x: 0.16 + 0.74 * exp(-5 * x) + 0.42 * x * x, 0.02), VALIDATION, 2.5, "6 4")
    return _axes() + training + validation


def _callback() -> str:
    parts = [_line([(14, 70), (166, 70)], width=1.5)]
    for n in range(4):
        x = 44 + 36 * n
        parts.append(_line([(x, 70), (x, 40)], width=1.5))
        if n < 3:
            parts.append(f'<path d="M{x} 40 h16 l-4 6 l4 6 h-16" fill="currentColor" fill-opacity="0.25"/>')
    stop = f'<rect x="143" y="22" width="18" height="18" rx="3" fill="{VALIDATION}" stroke="none"/>'
    return "".join(parts) + stop


_PICTURES: Mapping[str, Callable[[], str]] = {
    "sequential": _sequential,
    "flatten": _flatten,
    "dense": _dense,
    "relu": _relu,
    "softmax": _softmax,
    "adam": _adam,
    "cross_entropy": _cross_entropy,
    "epoch": _epoch,
    "batch": _batch,
    "loss": _loss,
    "accuracy": _accuracy,
    "validation": _validation,
    "overfitting": _overfitting,
    "callback": _callback,
}
