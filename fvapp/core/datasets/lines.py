"""The line of text that is shown beside each picture of text."""

from collections.abc import Iterable

import numpy as np

from fvapp.core.dataset_table import DATASETS
from fvapp.core.texts.strips import signs_in_strip

NEXT_SIGN = "_"
"""The mark at the place of the next sign."""


def image_text_lines(images: Iterable[np.ndarray], dataset: str) -> list[str]:
    """Return the text in each image, such as "they were friends f_"; empty for other pictures.

    Args:
        images: uint8 [28, 28] each.
    """
    form = DATASETS[dataset].text
    return [
        "".join(signs_in_strip(image, form)).lstrip() + NEXT_SIGN if form else ""
        for image in images
    ]


def characters_by_row(image: np.ndarray, dataset: str) -> list[str]:
    """Return the character that each row of an image encodes, [28]; empty for pictures."""
    form = DATASETS[dataset].text
    if form is None:
        return []
    shown = dict(zip(form.signs, form.shown, strict=True))
    return [
        *[""] * (len(image) - form.context),
        *(shown.get(sign, "") for sign in signs_in_strip(image, form)),
    ]
