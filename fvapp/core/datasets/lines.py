"""The characters in a strip, to show as text beside its picture."""

from collections.abc import Iterable

import numpy as np

from fvapp.core.dataset_table import DATASETS
from fvapp.core.texts.strips import signs_in_strip

NEXT_SIGN = "_"
"""Stands for the next character, which a network has to predict."""


def image_text_lines(images: Iterable[np.ndarray], dataset: str) -> list[str]:
    """Return the text in each strip, such as "they were friends f_"; empty for pictures.

    Args:
        images: uint8 [28, 28] each.
    """
    form = DATASETS[dataset].text
    return [
        "".join(signs_in_strip(image, form)).lstrip() + NEXT_SIGN if form else ""
        for image in images
    ]


def characters_by_row(image: np.ndarray, dataset: str) -> list[str]:
    """Return the character in each row of a strip, [28]; an empty list for pictures."""
    form = DATASETS[dataset].text
    if form is None:
        return []
    shown = dict(zip(form.signs, form.shown, strict=True))
    return [
        *[""] * (len(image) - form.context),
        *(shown.get(sign, "") for sign in signs_in_strip(image, form)),
    ]
