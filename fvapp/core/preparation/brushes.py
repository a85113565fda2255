"""What one draws with on the canvas, for each way in which a drawing becomes an image."""

from dataclasses import dataclass

from fvapp.core.colours import PENCIL, WIDE_BRUSH


@dataclass(frozen=True)
class Brush:
    """Three pens: their widths on a canvas of 280 a side, their colour, and how light their ink is
    for the network.
    """

    widths: tuple[int, int, int]
    colour: str
    shade: float


# Of clothes one draws the outline, thin enough that legs and handles stay open, or paints the whole
# in a grey.
BRUSHES = {"lines": Brush((12, 20, 30), PENCIL, 1.0), "areas": Brush((6, 10, 40), WIDE_BRUSH, 0.7)}
