"""Colours with enough contrast on both backgrounds."""

import re
import tomllib
from math import dist
from pathlib import Path

import numpy as np
import pytest

from fvapp.charts.pixels import pixel_table
from fvapp.core import colours
from fvapp.core.datasets import DATASETS, PICTURED
from fvapp.core.pixel_art import SIDE, read_pixel_art

ROOT = Path(__file__).parents[2]
CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
STYLED = [
    path
    for kind in ("css", "js", "py", "html", "svg")
    for path in (ROOT / "fvapp").rglob(f"*.{kind}")
]
# A hash sign before four digits may be the number of an issue, so it is not taken for a colour.
A_COLOUR = re.compile(r"(?<!\w)#(?!\d{4}\b)(?:[0-9a-fA-F]{3,4}){1,2}\b|\b(?:rgb|hsl)a?\(\s*[\d.]")
BORN_IN_STREAMLIT = {
    "paper": "backgroundColor",
    "shade": "secondaryBackgroundColor",
    "ink": "textColor",
    "edge": "borderColor",
    "action": "primaryColor",
    "link": "linkColor",
}
ON_PAPERS = ("ink", "quiet-ink", "link", "alarm")


def luminance(colour):
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("colour", sorted({*colours.CLASSES, *colours.RUNS, colours.QUIET}))
def test_every_line_has_3_to_1_on_the_background_of_each_theme(colour, theme):
    assert contrast(colour, CONFIG["theme"][theme]["backgroundColor"]) >= 3


def lab(colour):
    """Convert to CIE L*a*b* under D65, where equal distances look about equally different."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.0888
    x, y, z = (c ** (1 / 3) if c > 0.008856 else 7.787 * c + 16 / 116 for c in (x, y, z))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("colour", colours.RUNS)
@pytest.mark.parametrize("meaning", ["TRAINING", "VALIDATION", "TEST"])
def test_no_run_has_the_colour_of_training_validation_or_test(colour, meaning):
    assert dist(lab(colour), lab(getattr(colours, meaning))) > 25


def test_there_is_a_colour_for_each_possible_class():
    most = max(DATASETS[name].class_count for name in PICTURED)
    assert len(set(colours.CLASSES)) == len(colours.CLASSES) >= most


def test_every_figure_on_a_grey_cell_has_4_5_to_1():
    table = pixel_table(np.arange(256, dtype=np.uint8).reshape(16, 16), "all greys", "")
    cells = re.findall(r'<td( class="l")? style="--v:(\d+)">', table)
    assert len(cells) == 255  # a cell with the value 0 needs no style
    for dark, value in cells:
        assert contrast("#000000" if dark else "#ffffff", "#" + 3 * f"{int(value):02x}") >= 4.5, (
            value
        )


def test_colours_are_defined_in_one_file_only():
    named = {path: A_COLOUR.findall(path.read_text(encoding="utf-8")) for path in STYLED}
    assert [path for path, found in named.items() if found] == [
        ROOT / "fvapp" / "core" / "colours.py"
    ]


def test_streamlit_draws_with_the_same_colours():
    for place, theme in enumerate(("light", "dark")):
        said = {
            name: CONFIG["theme"][theme][option].upper()
            for name, option in BORN_IN_STREAMLIT.items()
        }
        assert said == {name: colours.THEME[name][place] for name in BORN_IN_STREAMLIT}


@pytest.mark.parametrize("dark", [False, True])
def test_every_text_has_4_5_to_1_on_its_background(dark):
    theme = {name: pair[dark] for name, pair in colours.THEME.items()} | dict(colours.FIXED)
    pairs = [(text, ground) for text in ON_PAPERS for ground in ("paper", "sheet", "shade")]
    pairs += [
        ("on-action", "action"),
        ("pencil", "white"),
        ("pencil-faint", "white"),
        ("lit", "screen"),
    ]
    pairs += [
        (f"screen-{text}", ground)
        for text in ("ink", "link", "action")
        for ground in ("screen", "screen-shade")
    ]
    too_faint = {(text, on): contrast(theme[text], theme[on]) for text, on in pairs}
    assert {pair for pair, found in too_faint.items() if found < 4.5} == set()


def test_css_rules_use_only_defined_colours():
    known = {*colours.THEME, *colours.FIXED}
    families = ("screen-", "on-", "quiet-", "pencil-")
    for path in (ROOT / "fvapp").rglob("*.css"):
        text = path.read_text(encoding="utf-8")
        used = re.findall(r"var\(--([a-z-]+)", text)
        # A variable that refers to itself has no value.
        assert not re.search(r"--([a-z-]+): ?var\(--\1\b", text), path
        assert {name for name in used if name.startswith(families)} <= known, path


def test_every_picture_has_seven_rows_of_seven_known_pixels():
    for name, rows in read_pixel_art().items():
        assert len(rows) == SIDE and all(re.fullmatch(rf"[.#+o]{{{SIDE}}}", row) for row in rows), (
            name
        )
