"""Turns the strokes of a drawn digit into an image like those of MNIST."""

from collections.abc import Sequence, Set

import numpy as np

from fvapp.core.errors import BlankError
from fvapp.core.preparation.placing import (
    PEN,
    fit_strokes_to_box,
    pen_width_in_box,
    shift_to_centre_of_mass,
)
from fvapp.core.preparation.steps import SIZE, Preparation, PreparationStep, to_uint8
from fvapp.core.preparation.strokes import FINE, Strokes, draw_strokes

# Side of the picture that shows a preparation step, in pixels. It is larger than 28, so that the
# picture shows smooth strokes.
_SHOWN = 112


def prepare_digit_drawing(drawing: Strokes, without: Set[str]) -> Preparation:
    """Prepare a digit drawn with strokes.

    Steps: ``drawing`` shows the drawing; ``box`` scales the digit into the 20x20 box; ``pen``
    redraws it with strokes as wide as in the training images; ``centre`` moves the centre of mass
    to its usual place in MNIST.

    Raises:
        BlankError: there are no strokes, or no stroke is on the canvas.
    """
    if not drawing.strokes:
        raise BlankError("blank_drawing")

    to_image = SIZE / drawing.canvas_side
    strokes = [stroke * to_image for stroke in drawing.strokes]
    pen = drawing.pen_width * to_image
    steps = [_make_strokes_step("drawing", strokes, pen)]
    boxed = "box" not in without
    own_pen = pen_width_in_box(strokes, pen) if boxed else pen
    pen = PEN if "pen" not in without else own_pen
    if boxed:
        strokes = fit_strokes_to_box(strokes, pen, SIZE)
    steps.append(_make_strokes_step("box", strokes, own_pen))
    steps.append(_make_strokes_step("pen", strokes, pen))
    image = draw_strokes(strokes, pen)
    if "centre" not in without:
        shift = shift_to_centre_of_mass(image)
        image = draw_strokes([stroke + shift for stroke in strokes], pen)
    if not image.any():
        raise BlankError("blank_drawing")
    seen = to_uint8(image)
    return Preparation((*steps, PreparationStep("centre", seen)), seen)


def _make_strokes_step(name: str, strokes: Sequence[np.ndarray], pen: float) -> PreparationStep:
    def draw_picture() -> np.ndarray:
        factor = _SHOWN / SIZE
        return to_uint8(
            draw_strokes([stroke * factor for stroke in strokes], pen * factor, _SHOWN, FINE // 4)
        )

    return PreparationStep(name, draw_picture)
