"""From the strokes of a digit to an image made like MNIST's."""

from collections.abc import Sequence, Set

import numpy as np

from fvapp.core.errors import BlankError
from fvapp.core.preparation.placing import PEN, fit_strokes, pen_in_box, shift_to_centre
from fvapp.core.preparation.steps import SIZE, Preparation, PreparationStep, to_bytes
from fvapp.core.preparation.strokes import FINE, Strokes, draw_strokes

# Sides of a step's picture in pixels: finer than 28x28, to show strokes rather than pixels.
_SHOWN = 112


def prepare_strokes(drawing: Strokes, without: Set[str]) -> Preparation:
    """Prepare a digit drawn with strokes.

    Steps: ``drawing`` as it is; ``box`` scales it into the 20x20 box; ``pen`` redraws it with the
    pen of the training images, so that neither the size of the drawing nor the pen matters;
    ``centre`` moves the centre of mass to its usual place in MNIST.

    Raises:
        BlankError: there are no strokes, or none on the canvas.
    """
    if not drawing.strokes:
        raise BlankError("blank_drawing")

    to_image = SIZE / drawing.size
    strokes = [stroke * to_image for stroke in drawing.strokes]
    pen = drawing.pen * to_image
    steps = [_step("drawing", strokes, pen)]
    boxed = "box" not in without
    own_pen = pen_in_box(strokes, pen) if boxed else pen
    pen = PEN if "pen" not in without else own_pen
    if boxed:
        strokes = fit_strokes(strokes, pen, SIZE)
    steps.append(_step("box", strokes, own_pen))
    steps.append(_step("pen", strokes, pen))
    image = draw_strokes(strokes, pen)
    if "centre" not in without:
        shift = shift_to_centre(image)
        image = draw_strokes([stroke + shift for stroke in strokes], pen)
    if not image.any():
        raise BlankError("blank_drawing")
    seen = to_bytes(image)
    return Preparation((*steps, PreparationStep("centre", seen)), seen)


def _step(name: str, strokes: Sequence[np.ndarray], pen: float) -> PreparationStep:
    def picture() -> np.ndarray:
        factor = _SHOWN / SIZE
        return to_bytes(
            draw_strokes(
                [stroke * factor for stroke in strokes],
                pen * factor,
                _SHOWN,
                FINE // 4,
            )
        )

    return PreparationStep(name, picture)
