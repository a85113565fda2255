"""The brushes of the canvas: one for drawing lines and one for painting areas."""

from dataclasses import dataclass

from fvapp.core.colours import PENCIL, WIDE_BRUSH


@dataclass(frozen=True)
class Brush:
    """Three pens of one colour.

    Attributes:
        pen_widths: the widths of the three pens, on a canvas of 280 by 280.
        ink_lightness: the brightness of the ink in the network's image, up to 1.
    """

    pen_widths: tuple[int, int, int]
    colour: str
    ink_lightness: float


# Clothes are drawn as outlines, thin enough to keep legs and handles open, or painted in grey.
BRUSHES = {"lines": Brush((12, 20, 30), PENCIL, 1.0), "areas": Brush((6, 10, 40), WIDE_BRUSH, 0.7)}
