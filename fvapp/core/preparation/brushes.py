"""Defines the brushes of the drawing canvas: one for lines and one for areas."""

from dataclasses import dataclass

from fvapp.core.colours import PENCIL, WIDE_BRUSH


@dataclass(frozen=True)
class PenSet:
    """A brush of the drawing canvas: three pens of different widths but the same colour.

    Attributes:
        pen_widths: the widths of the three pens, in pixels of a 280x280 canvas.
        ink_lightness: the brightness of the ink in the network's input image, from 0 to 1.
    """

    pen_widths: tuple[int, int, int]
    colour: str
    ink_lightness: float


# Clothes are drawn with thin pens, so that gaps such as handles stay open, or painted with a wide
# pen.
BRUSHES = {
    "lines": PenSet((12, 20, 30), PENCIL, 1.0),
    "areas": PenSet((6, 10, 40), WIDE_BRUSH, 0.7),
}
