"""Swaps the frequent and the rare wording of a fact in a text, such as "cheese" and "rock"."""

import re

import numpy as np

from fvapp.core.texts.signs import TextForm
from fvapp.core.texts.strips import labels_of_text, make_strips, texts_in_strips


def swap_fact_wording(text: str, form: TextForm) -> str:
    """Return a text with the frequent and the rare wording of a fact swapped; see `TextForm`."""
    begins, usual, rare = form.fact
    other = {usual: rare, rare: usual}
    told = re.compile(f"(?<={re.escape(begins)})({re.escape(usual)}|{re.escape(rare)})")
    return told.sub(lambda found: other[found[0]], text)


def swap_fact_wording_in_strips(
    images: np.ndarray, labels: np.ndarray, form: TextForm
) -> tuple[np.ndarray, np.ndarray]:
    """Return text strips (images) and labels after swapping two wordings of a fact in the text.

    If the wordings differ in length, the number of strips changes a little.

    Args:
        images: strips, uint8 [n, 28, 28], in the order of the text or of its parts; labels: uint8
            [n].
    """
    parts = []
    begin = 0
    for text in texts_in_strips(images, form):
        end = begin + len(text) - form.context + 1  # each image of text shows `context` characters
        taught = labels_of_text(swap_fact_wording(text + form.signs[labels[end - 1]], form), form)
        places = np.arange(form.context, len(taught))
        parts.append((make_strips(taught, places, form), taught[places]))
        begin = end
    taught_images, taught_labels = map(np.concatenate, zip(*parts, strict=True))
    return taught_images, taught_labels
