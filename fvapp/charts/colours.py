"""The palette of the app: the same meaning everywhere, safe for colour-blind eyes, on light and on dark paper.

From Okabe and Ito, "Color Universal Design" (2008). Their sky blue, orange and reddish purple are darkened here:
every colour keeps a contrast of at least 3:1, which WCAG 2.2 (1.4.11) asks of graphics, on both backgrounds of the
themes. Where a colour tells things apart, a dash or a symbol does so too.
"""

TRAINING = "#0072B2"
VALIDATION = "#D55E00"  # always dashed as well
TEST = "#009E73"

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
"""The classes, in one fixed order: as many as a data set has at most."""

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
"""The runs of a comparison: none of them looks like training, validation or test, which mean something else there."""

PAIR = RUNS[:2]  # the two networks of a comparison, in every chart of it

QUIET = "#808080"  # bars and lines that stand behind what is looked at
GRID = "rgba(128, 128, 128, 0.2)"
SHADE = "rgba(213, 94, 0, 0.12)"  # the overfitting gap: validation, faint
