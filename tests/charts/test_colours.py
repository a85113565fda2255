"""Colours that can be told from both papers."""

import re
import tomllib
from math import dist
from pathlib import Path

import numpy as np
import pytest

from fvapp.charts import colours
from fvapp.charts.pixels import pixel_table
from fvapp.core.dataset_table import MOST_CLASSES

CONFIG = tomllib.loads((Path(__file__).parents[2] / ".streamlit" / "config.toml").read_text())


def luminance(colour):
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("colour", sorted({*colours.CLASSES, *colours.RUNS, *colours.PAIR, colours.QUIET}))
def test_every_line_has_3_to_1_on_the_background_of_each_theme(colour, theme):
    assert contrast(colour, CONFIG["theme"][theme]["backgroundColor"]) >= 3


def lab(colour):
    """CIE L*a*b* under D65: equal distances look about equally different."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.0888
    x, y, z = (c ** (1 / 3) if c > 0.008856 else 7.787 * c + 16 / 116 for c in (x, y, z))
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


@pytest.mark.parametrize("colour", sorted({*colours.RUNS, *colours.PAIR}))
@pytest.mark.parametrize("meaning", ["TRAINING", "VALIDATION", "TEST"])
def test_no_run_has_the_colour_of_training_validation_or_test(colour, meaning):
    assert dist(lab(colour), lab(getattr(colours, meaning))) > 25


def test_as_many_classes_as_there_may_be_have_colours():
    assert len(set(colours.CLASSES)) == MOST_CLASSES


def test_every_figure_on_a_grey_cell_has_4_5_to_1():
    table = pixel_table(np.arange(256, dtype=np.uint8).reshape(16, 16), "all greys", "")
    cells = re.findall(r'<td( class="l")? style="--v:(\d+)">', table)
    assert len(cells) == 255  # 0 has a colour of its own
    for dark, value in cells:
        assert contrast("#000000" if dark else "#ffffff", "#" + 3 * f"{int(value):02x}") >= 4.5, value
