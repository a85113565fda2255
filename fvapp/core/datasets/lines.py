"""Reads the characters in text strips (images of text), so that pages can show them as text."""

from collections.abc import Iterable

import numpy as np

from fvapp.core.dataset_table import DATASETS
from fvapp.core.texts.strips import characters_in_strip

NEXT_SIGN = "_"
"""Placeholder for the next character, which a network has to predict."""


def image_text_lines(images: Iterable[np.ndarray], dataset: str) -> list[str]:
    """Return the text in each image of text, such as "they were friends f_"; "" for pictures.

    Args:
        images: the strips or other images, each uint8 [28, 28].
    """
    form = DATASETS[dataset].text
    return [
        "".join(characters_in_strip(image, form)).lstrip() + NEXT_SIGN if form else ""
        for image in images
    ]


def characters_by_row(image: np.ndarray, dataset: str) -> list[str]:
    """Return the character in each of the 28 rows of an image of text; [] for pictures."""
    form = DATASETS[dataset].text
    if form is None:
        return []
    shown = dict(zip(form.signs, form.visible_signs, strict=True))
    return [
        *[""] * (len(image) - form.context),
        *(shown.get(sign, "") for sign in characters_in_strip(image, form)),
    ]
