"""Measures which answers the letters of a text image support, and what replacing a letter does."""

from itertools import product

import numpy as np

from fvapp.core.inspection.fewest import WHITE, logit_leads
from fvapp.core.inspection.helping import logit_weights_for_class_lead
from fvapp.core.inspection.network import Network
from fvapp.core.stack import IMAGE_SHAPE
from fvapp.core.texts.signs import TextForm
from fvapp.core.texts.strips import characters_in_strip


def labels_by_row(image: np.ndarray, form: TextForm) -> dict[int, int]:
    """Return row -> label of its character, for each row of a text image that has a character."""
    signs = enumerate(characters_in_strip(image, form), start=len(image) - form.context)
    return {row: form.label_by_sign[sign] for row, sign in signs if sign}


def replace_letter(image: np.ndarray, row: int, label: int, form: TextForm) -> np.ndarray:
    """Return a text image in which one row has another character, uint8 [28, 28]."""
    changed = image.copy()
    changed[row] = 0
    changed[row, form.white_pixel_columns[label]] = WHITE
    return changed


def find_strongest_letter(network: Network, image: np.ndarray, form: TextForm) -> tuple[int, int]:
    """Return the row and the replacement letter that reduce the answer's lead the most.

    Spaces and full stops are neither replaced nor inserted, because the effect would be obvious.
    """
    there = labels_by_row(image, form)
    letters = [
        (row, label)
        for row, label in product(there, range(len(form.signs)))
        if label != there[row] and form.signs[label].isalpha() and form.signs[there[row]].isalpha()
    ]
    answer = network.predict_label(image)
    changed = np.stack([replace_letter(image, *letter, form) for letter in letters])
    return letters[int(np.argmin(logit_leads(network.logits(changed), answer)))]


def letter_weights(network: Network, label: int, form: TextForm) -> np.ndarray:
    """Return how much each character (sign) in each row supports a class, [rows, signs].

    Support is how much a character raises the class's logit above the mean logit. The support is
    computed from the weights alone, as if no neuron had an activation function.
    """
    first, *rest = network.weighted_steps
    matrix = first.kernel
    for step in rest:
        matrix = matrix @ step.kernel
    by_pixel = (matrix @ logit_weights_for_class_lead(network.class_count, label)).reshape(
        IMAGE_SHAPE
    )
    by_sign = by_pixel[:, form.white_pixel_columns].sum(axis=2)
    return by_sign[-form.context :] * (WHITE / network.pixel_scale)
