"""From a drawing, its strokes or a photo to the 28x28 image a network gets, in named steps that can be left out.

Digits become what MNIST's are, clothes what Fashion-MNIST's are: the network only knows pictures made that way.
"""

from __future__ import annotations

from collections.abc import Set

from fvapp.core.preparation import clothes, digits, photos
from fvapp.core.preparation.loader import Photo, load_image
from fvapp.core.preparation.steps import Preparation, Step
from fvapp.core.preparation.strokes import Strokes, parse_canvas, parse_strokes_file

__all__ = [
    "Photo",
    "Preparation",
    "Step",
    "Strokes",
    "load_image",
    "parse_canvas",
    "parse_strokes_file",
    "prepare",
    "step_names",
]

_WAYS = {
    ("mnist", Strokes): (digits.prepare_strokes, digits.SWITCHABLE),
    ("mnist", Photo): (photos.prepare_photo, photos.SWITCHABLE),
    ("fashion_mnist", Strokes): (clothes.prepare_strokes, clothes.DRAWING_SWITCHABLE),
    ("fashion_mnist", Photo): (clothes.prepare_photo, clothes.PHOTO_SWITCHABLE),
}


def prepare(source: Strokes | Photo, dataset: str, without: Set[str] = frozenset()) -> Preparation:
    """Prepare a drawing or photo for the networks of a data set.

    Args:
        without: names of steps to leave out.

    Raises:
        BlankError: there is nothing on it.
    """
    way, _ = _WAYS[dataset, type(source)]
    return way(source, without)


def step_names(kind: type, dataset: str) -> tuple[str, ...]:
    """Return the steps that can be left out for a kind of source (``Strokes`` or ``Photo``)."""
    return _WAYS[dataset, kind][1]
