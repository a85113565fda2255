"""The small networks on the cards that one starts from: shapes alone, to be filled with the colour of the text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

WIDTH, HEIGHT = 96, 48
_IMAGE, _LAST = 17, 88  # right edge of the image, and where the answers stand

_Points = list[tuple[float, float]]


def card_pictures() -> Mapping[str, str]:
    """Return an ``<svg>`` for each card, by the name of its preset."""
    return {"standard": _svg(_dense(5, 2.6)), "wide": _svg(_dense(11, 1.5)), "cnn": _svg(_convolutional())}


def _dense(neurons: int, radius: float) -> str:
    hidden, answers = _column(52, neurons, 44), _column(_LAST, 4, 36)
    pixels = [(_IMAGE, y) for y in (17, 24, 31)]
    return _image() + _lines(pixels, hidden) + _lines(hidden, answers) + _dots(hidden, radius) + _dots(answers, 2.6)


def _convolutional() -> str:
    maps = "".join(_square(x, y, side) for x, y, side in ((28, 8, 17), (33, 14, 17), (38, 20, 17)))
    small = "".join(_square(x, y, side) for x, y, side in ((61, 13, 9), (64, 18, 9), (67, 23, 9)))
    answers = _column(_LAST, 4, 36)
    return _image() + maps + small + _lines([(76, 24)], answers) + _dots(answers, 2.6)


def _image() -> str:
    """Draw a picture of 3x3 pixels, light and dark."""
    pixels = []
    for place, light in enumerate((0.25, 0.9, 0.25, 0.9, 0.55, 0.9, 0.25, 0.9, 0.25)):
        x, y = 1 + 5.4 * (place % 3), 16 + 5.4 * (place // 3)
        pixels.append(f'<rect x="{x:.1f}" y="{y:.1f}" width="5" height="5" opacity="{light}"/>')
    return "".join(pixels)


def _column(x: float, count: int, height: float) -> _Points:
    return [(x, HEIGHT / 2 + height * (place / (count - 1) - 0.5) * 0.92) for place in range(count)]


def _lines(left: Iterable[tuple[float, float]], right: _Points) -> str:
    path = "".join(f"M{x:g} {y:.1f}L{u:g} {v:.1f}" for x, y in left for u, v in right)
    return f'<path d="{path}" stroke="#000" stroke-width="0.6" opacity="0.35"/>'


def _dots(points: _Points, radius: float) -> str:
    return "".join(f'<circle cx="{x:g}" cy="{y:.1f}" r="{radius:g}"/>' for x, y in points)


def _square(x: float, y: float, side: float) -> str:
    outline = f'<rect x="{x}" y="{y}" width="{side}" height="{side}" fill="none" stroke="#000" stroke-width="1.2"/>'
    return f'<rect x="{x}" y="{y}" width="{side}" height="{side}" opacity="0.2"/>{outline}'


def _svg(shapes: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}">{shapes}</svg>'
