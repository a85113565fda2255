"""Turns a drawing or photo into the 28x28 image for a network, in named steps.

Digits are made to look like MNIST's, and clothes like Fashion-MNIST's, because the networks were
trained on such images.
"""

from collections.abc import Set

import numpy as np

from fvapp.core.dataset_table import DATASETS
from fvapp.core.preparation.brushes import BRUSHES
from fvapp.core.preparation.digits import prepare_digit_drawing
from fvapp.core.preparation.loader import Photo, load_image
from fvapp.core.preparation.steps import Preparation
from fvapp.core.preparation.strokes import Strokes, parse_canvas, parse_strokes_file

_SWITCHABLE = {
    ("lines", Strokes): ("box", "pen", "centre"),
    ("lines", Photo): ("invert", "light", "clean", "thickness", "box", "centre"),
    ("areas", Strokes): ("fill", "box", "centre"),
    ("areas", Photo): ("background", "invert", "box", "centre"),
}


def prepare_drawing_or_photo(
    source: Strokes | Photo | np.ndarray, dataset: str, without: Set[str] = frozenset()
) -> Preparation:
    """Return a drawing or photo, prepared step by step for networks trained on a data set.

    An array is a test image, which needs no preparation.

    Args:
        without: names of steps to leave out.

    Raises:
        BlankError: the drawing or photo is blank.
    """
    if isinstance(source, np.ndarray):
        return Preparation((), source)
    # The modules are imported only when they are needed, because they import SciPy, which takes
    # half a second. Drawn digits do not need SciPy.
    if DATASETS[dataset].way == "areas":
        from fvapp.core.preparation import clothes

        if isinstance(source, Strokes):
            return clothes.prepare_clothes_drawing(source, without)
        return clothes.prepare_clothes_photo(source, without)
    if isinstance(source, Strokes):
        return prepare_digit_drawing(source, without)
    from fvapp.core.preparation.photos import prepare_digit_photo

    return prepare_digit_photo(source, without)


def optional_preparation_step_names(kind: type, dataset: str) -> tuple[str, ...]:
    """Return the preparation steps that can be left out from those for a kind of source."""
    return _SWITCHABLE.get((DATASETS[dataset].way, kind), ())
