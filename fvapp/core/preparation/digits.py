"""From the strokes of a digit to an image as MNIST was made."""

from __future__ import annotations

from collections.abc import Set

import numpy as np

from fvapp.core.errors import BlankError
from fvapp.core.preparation.pen import FINE, draw_strokes
from fvapp.core.preparation.placing import PEN, bounds, fit_strokes, shift_to_centre
from fvapp.core.preparation.steps import DIGIT_DRAWING_STEPS, SIZE, Preparation, Step, to_bytes
from fvapp.core.preparation.strokes import Strokes

_SHOWN = 112  # pixels a side of a step's picture


def prepare_strokes(drawing: Strokes, without: Set[str]) -> Preparation:
    """Prepare a digit drawn with strokes.

    Steps: ``drawing`` as it is; ``box`` scales it into the 20x20 box; ``pen`` redraws it with the training images'
    pen, so that neither the size of the drawing nor the pen matters; ``centre`` moves the centre of mass into the
    middle.

    Raises:
        BlankError: there are no strokes.
    """
    if not drawing.strokes:
        raise BlankError("blank_drawing")
    to_image = SIZE / drawing.size
    strokes, pen = [stroke * to_image for stroke in drawing.strokes], drawing.pen * to_image
    steps = [Step("drawing", _picture(strokes, pen))]
    if "box" not in without:
        wide_as = PEN if "pen" not in without else _pen_in_box(strokes, pen)
        strokes, pen = fit_strokes(strokes, wide_as, SIZE), _pen_in_box(strokes, pen)
    steps.append(Step("box", _picture(strokes, pen)))
    if "pen" not in without:
        pen = PEN
    steps.append(Step("pen", _picture(strokes, pen)))
    image = draw_strokes(strokes, pen)
    if "centre" not in without:
        shift = shift_to_centre(image)
        image = draw_strokes([stroke + shift for stroke in strokes], pen)
    steps.append(Step("centre", to_bytes(image)))
    if not image.any():  # all of it outside of the canvas
        raise BlankError("blank_drawing")
    return Preparation(tuple(steps), to_bytes(image), DIGIT_DRAWING_STEPS)


def _pen_in_box(strokes: list[np.ndarray], pen: float) -> float:
    """Return the width the drawing's own pen has once the drawing, pen included, fills the box."""
    low, high = bounds(strokes)
    extent = max(float((high - low).max()), 0.04 * SIZE)
    return pen * 20.0 / (extent + pen)


def _picture(strokes: list[np.ndarray], pen: float) -> np.ndarray:
    """Return a step's picture, finer than 28x28, so that one sees the strokes and not yet the pixels."""
    factor = _SHOWN / SIZE
    return to_bytes(draw_strokes([stroke * factor for stroke in strokes], pen * factor, _SHOWN, FINE // 4))
