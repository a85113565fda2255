"""What the pictures of the glossary are made of: SVG elements in units of a picture 180 wide."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from html import escape

FONT = 8  # units, 12 pixels where the picture has its full width

Points = Iterable[tuple[float, float]]
Curve = Callable[[float], float]


def box(x: float, y: float, width: float, height: float, filled: float = 0.0, colour: str = "currentColor") -> str:
    """Draw a rectangle, filled with `colour` to the given share of opacity."""
    fill = f'fill="{colour}" fill-opacity="{filled:g}"' if filled else ""
    return f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="2" {fill}/>'


def pixel(x: float, y: float, side: float, light: float, colour: str = "currentColor") -> str:
    fill = f'fill="{colour}" fill-opacity="{light:g}"'
    return f'<rect x="{x:g}" y="{y:g}" width="{side:g}" height="{side:g}" {fill} stroke-width="0.4"/>'


def circle(x: float, y: float, radius: float = 6) -> str:
    return f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}" fill="currentColor" fill-opacity="0.75" stroke="none"/>'


def ring(x: float, y: float, radius: float, dash: str = "") -> str:
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return f'<circle cx="{x:g}" cy="{y:g}" r="{radius:g}"{dashes}/>'


def line(points: Points, colour: str = "currentColor", width: float = 2.0, dash: str = "", opacity: float = 1.0) -> str:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    stroke = f'stroke="{colour}" stroke-width="{width:g}" stroke-opacity="{opacity:g}"{dashes}'
    return f'<polyline points="{path}" {stroke}/>'


def arrow(x: float, y: float, length: float) -> str:
    """Draw an arrow to the right."""
    tip = x + length
    return line([(x, y), (tip, y)], width=1.5) + line([(tip - 5, y - 4), (tip, y), (tip - 5, y + 4)], width=1.5)


def arrow_down(x: float, y: float, length: float) -> str:
    tip = y + length
    return line([(x, y), (x, tip)], width=1.5) + line([(x - 4, tip - 5), (x, tip), (x + 4, tip - 5)], width=1.5)


def words(x: float, y: float, text: str, anchor: str = "middle", size: float = FONT) -> str:
    """Write a text with its baseline at `y`."""
    return (
        f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" text-anchor="{anchor}" fill="currentColor" stroke="none">'
        f"{escape(text)}</text>"
    )


def axes(across: str, up: str) -> str:
    """Draw the frame of :func:`curve` with a word at each axis."""
    return (
        line([(24, 10), (24, 82), (166, 82)], width=1, opacity=0.5)
        + words(166, 94, across, "end")
        + words(8, 3, up, "start")
    )


def crossed_axes(across: str, up: str) -> str:
    """Draw axes that cross in the middle, at (90, 58); one is 20 units to each side and 22 up and down."""
    return (
        line([(16, 58), (164, 58)], width=1, opacity=0.5)
        + line([(90, 8), (90, 90)], width=1, opacity=0.5)
        + words(166, 70, across, "end")
        + words(90, 3, up)
    )


def crossed_curve(function: Curve, start: float, end: float) -> list[tuple[float, float]]:
    """Return points of a function in the frame of :func:`crossed_axes`."""
    steps = [start + (end - start) * n / 40 for n in range(41)]
    return [(90 + 20 * x, 58 - 22 * function(x)) for x in steps]


def at(function: Curve, x: float) -> tuple[float, float]:
    """Return the point of a function from shares to shares in the frame of :func:`axes`."""
    return 24 + 138 * x, 82 - 68 * function(x)


def curve(function: Curve, start: float = 0.0, end: float = 1.0) -> list[tuple[float, float]]:
    return [at(function, start + (end - start) * n / 40) for n in range(41)]


def legend(x: float, y: float, entries: Mapping[str, tuple[str, str]]) -> str:
    """Say which line is which.

    Args:
        entries: a line's colour and dashes by its name.
    """
    parts = []
    for n, (name, (colour, dash)) in enumerate(entries.items()):
        level = y + 11 * n
        parts.append(line([(x, level), (x + 14, level)], colour, 2.5, dash) + words(x + 19, level + 2.8, name, "start"))
    return "".join(parts)
