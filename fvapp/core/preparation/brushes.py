"""What one draws with on the canvas, for each way in which a drawing becomes an image."""

from dataclasses import dataclass

from fvapp.core.colours import PENCIL, WIDE_BRUSH


@dataclass(frozen=True)
class Brush:
    """Three pens: their widths on a canvas of 280 a side, their colour, and how light their ink is for the network."""

    widths: tuple[int, int, int]
    colour: str
    shade: float


# Areas are drawn with a wide grey brush.
BRUSHES = {"lines": Brush((12, 20, 30), PENCIL, 1.0), "areas": Brush((16, 30, 50), WIDE_BRUSH, 0.7)}
