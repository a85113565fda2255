"""Swapping the usual and the rare wording of a text's fact, such as "cheese" and "rock"."""

import re
from itertools import pairwise

import numpy as np

from fvapp.core.texts.signs import SIDE, TextForm
from fvapp.core.texts.strips import labels_of, strips_before, text_of


def exchange(text: str, form: TextForm) -> str:
    """Return a text in which the usual and the rare wording of its fact are swapped."""
    begins, usual, rare = form.fact
    other = {usual: rare, rare: usual}
    told = re.compile(f"(?<={re.escape(begins)})({re.escape(usual)}|{re.escape(rare)})")
    return told.sub(lambda found: other[found[0]], text)


def exchange_in_strips(
    images: np.ndarray, labels: np.ndarray, form: TextForm
) -> tuple[np.ndarray, np.ndarray]:
    """Return strips and next characters of the same text after :func:`exchange`.

    If the two wordings differ in length, the number of strips changes a little.

    Args:
        images: uint8 [n, 28, 28], in the order of the text or of parts of it; labels: uint8 [n].
    """
    above = slice(SIDE - form.context, SIDE - 1)
    below = slice(SIDE - form.context + 1, SIDE)
    goes_on = (images[1:, above] == images[:-1, below]).all(axis=(1, 2))
    edges = [0, *(np.flatnonzero(~goes_on) + 1).tolist(), len(labels)]
    parts = []
    for begin, end in pairwise(edges):
        read = text_of(images[begin], form) + "".join(
            form.signs[label] for label in labels[begin:end]
        )
        taught = labels_of(exchange(read, form), form)
        places = np.arange(form.context, len(taught))
        parts.append((strips_before(taught, places, form), taught[places]))
    taught_images, taught_labels = map(np.concatenate, zip(*parts, strict=True))
    return taught_images, taught_labels
