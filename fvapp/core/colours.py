"""The colours of the app, for pages, charts, printed sheets and take-home files.

The parts of a page that belong to the students look like paper: white sheets on a cream background.
The network has a black screen, which shows its inputs and answers in pixels. An amber pixel marks
what matters: progress, completion and the name of the app. Buttons are violet.

Colours with a meaning are from Okabe and Ito, "Color Universal Design" (2008). Sky blue, orange and
reddish purple are darker here, so that each colour has a contrast of at least 3:1 on a light and on
a dark background, as WCAG 2.2 (1.4.11) requires of graphics. Curves and marks that differ in colour
also differ in dash or symbol.
"""

from collections.abc import Mapping
from functools import cache

TRAINING = "#0072B2"
VALIDATION = "#D55E00"  # curves in this colour are dashed, too
TEST = "#009E73"
RIGHT = TEST
WRONG = VALIDATION

CLASSES = (
    "#0072B2",  # blue
    "#D55E00",  # vermilion
    "#009E73",  # bluish green
    "#C46BA0",  # reddish purple
    "#B07F00",  # orange
    "#3D94CC",  # sky blue
    "#A65628",  # brown
    "#808080",  # grey
    "#9467BD",  # violet
    "#6B8E23",  # olive
    "#C2185B",  # crimson
    "#00838F",  # petrol
)
"""The colours of a data set's classes, in the order of their labels.

If there are more classes than colours, the colours repeat.
"""

RUNS = (
    "#7E57C2",  # violet
    "#B07F00",  # amber
    "#DB5C8F",  # pink
    "#6F7D8C",  # slate
    "#946B2D",  # brown
    "#A3478F",  # plum
    "#5E8C8C",  # grey green
    "#8C8C2F",  # olive
)
"""Colours of compared runs, none of which resembles the colour of training, validation or test."""

QUIET = "#808080"  # colour of bars and lines in the background of charts
GRID = "rgba(128, 128, 128, 0.2)"
SHADE = "rgba(213, 94, 0, 0.12)"  # fills the gap between the training and validation curves
NONE = "rgba(0,0,0,0)"
BLACK = "#000000"
WHITE = "#FFFFFF"
PENCIL = "#1F2328"  # ink colour of the pen for drawing lines
WIDE_BRUSH = "#6B6B6B"  # ink colour of the brush for painting areas

THEME: Mapping[str, tuple[str, str]] = {
    # The first colour is for the light theme, the second for the dark theme. The file
    # .streamlit/config.toml repeats the colours that Streamlit needs.
    "paper": ("#FBF8F0", "#13111C"),
    "shade": ("#F0EADB", "#221F2F"),
    "sheet": ("#FFFFFF", "#1C1928"),
    "ink": ("#1B1826", "#F2EFFA"),
    "quiet-ink": ("#57534A", "#B7B2C4"),
    "edge": ("#DED6C3", "#3B3750"),
    "action": ("#5B3FE0", "#A995FF"),
    "on-action": ("#FFFFFF", "#13111C"),
    "deep": ("#38278B", "#695CA0"),  # the shaded side of an action button
    "link": ("#4A2FC9", "#BCACFF"),
    "alarm": ("#A84800", "#FF9A55"),
    "rim": ("#0B0A10", "#3B3750"),  # the frame around the black screen
}
"""The colours of the page in the light and in the dark theme, by their names in CSS."""

FIXED: Mapping[str, str] = {
    "training": TRAINING,
    "validation": VALIDATION,
    "test": TEST,
    "right": RIGHT,
    "wrong": WRONG,
    "black": BLACK,
    "white": WHITE,
    "quiet": QUIET,
    "pencil": PENCIL,
    "pencil-faint": "#5F656B",
    "screen": "#0B0A10",
    "screen-shade": "#221F2F",
    "screen-edge": "#3B3750",
    "screen-ink": "#F2EFFA",
    "screen-quiet": "#8D88A3",
    "screen-action": "#A995FF",
    "screen-link": "#BCACFF",
    "screen-training": "#3D9BD9",
    "screen-validation": "#E8792B",
    "screen-test": "#17B587",
    "lit": "#FFC53D",
}
"""The colours that are the same in the light and in the dark theme, by their names in CSS."""

PAPER, INK, EDGE = (THEME[name][0] for name in ("paper", "ink", "edge"))


@cache
def css_variables(dark: bool = False) -> str:
    """Return CSS that declares all colours of a page, for the light or the dark theme."""
    pairs = {name: pair[dark] for name, pair in THEME.items()}
    return "".join(f"--{name}:{colour};" for name, colour in {**FIXED, **pairs}.items())


def page_colour_rules() -> str:
    """Return CSS with the colours of a standalone page.

    The browser's setting decides between the light and the dark theme; printing uses the light one.
    """
    dark = f"@media screen and (prefers-color-scheme: dark){{:root{{{css_variables(dark=True)}}}}}"
    return f":root{{{css_variables()}}}{dark}\n"


def css_light_dark_variables() -> str:
    """Return CSS that declares both themes' colours; the browser chooses between them."""
    return "".join(f"--{name}:light-dark({','.join(pair)});" for name, pair in THEME.items())
