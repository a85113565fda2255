"""What one draws with on the canvas, for each data set."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Brush:
    """Three pens: their widths on a canvas of 280 a side, their colour, and how light their ink is for the network."""

    widths: tuple[int, int, int]
    colour: str
    shade: float


# Clothes are areas, drawn with a wide grey brush; digits are lines.
BRUSHES = {"mnist": Brush((12, 20, 30), "#1F2328", 1.0), "fashion_mnist": Brush((16, 30, 50), "#6B6B6B", 0.7)}
