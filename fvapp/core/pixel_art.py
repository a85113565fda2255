"""Reads and draws the app's 7x7-pixel pictures, such as its logo and the picture of a mission."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from fvapp.core.colours import FIXED, WHITE

SIDE = 7
# Side of a pixel's coloured square, as a share of the pixel's side. The rest is a gap.
_SHOWN = 0.86
_INKS = {"#": WHITE, "+": FIXED["screen-quiet"], "o": FIXED["lit"]}


@cache
def read_pixel_art() -> Mapping[str, tuple[str, ...]]:
    """Return the rows of each picture, by name: ``#`` is a lit pixel, ``+`` dim, ``o`` amber."""
    text = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
    return {name: tuple(rows.split()) for name, rows in tomllib.loads(text).items()}


@cache
def pixel_art_svgs() -> Mapping[str, str]:
    """Return each picture as an ``<svg>`` without a background, by name."""
    begin = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIDE} {SIDE}">'
    return {name: f"{begin}{_svg_paths(rows)}</svg>" for name, rows in read_pixel_art().items()}


def app_mark_svg() -> str:
    """Return the app's logo on a black screen, as an ``<svg>`` to embed in HTML."""
    ground = f'<rect x="-1.5" y="-1.5" width="10" height="10" rx="2.4" fill="{FIXED["screen"]}"/>'
    return f'<svg viewBox="-1.5 -1.5 10 10">{ground}{_svg_paths(read_pixel_art()["mark"])}</svg>'


def _svg_paths(rows: tuple[str, ...]) -> str:
    paths = {ink: "".join(_pixel_path_parts(rows, ink)) for ink in _INKS}
    return "".join(f'<path fill="{_INKS[ink]}" d="{path}"/>' for ink, path in paths.items() if path)


def _pixel_path_parts(rows: tuple[str, ...], ink: str) -> list[str]:
    square = f"h{_SHOWN}v{_SHOWN}h-{_SHOWN}z"
    return [
        f"M{x} {y}{square}"
        for y, row in enumerate(rows)
        for x, character in enumerate(row)
        if character == ink
    ]
