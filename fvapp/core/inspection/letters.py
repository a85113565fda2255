"""Letters in a strip of text: what another one would change, and what each speaks for."""

from typing import NamedTuple

import numpy as np

from fvapp.core.inspection.fewest import WHITE, logit_leads
from fvapp.core.inspection.helping import logit_weights
from fvapp.core.inspection.network import Network
from fvapp.core.stack import IMAGE_SHAPE
from fvapp.core.texts.signs import TextForm
from fvapp.core.texts.strips import pixel_columns, signs_of


class Letter(NamedTuple):
    """A sign, by its label, in a row of a strip."""

    row: int
    label: int


def letters_of(image: np.ndarray, form: TextForm) -> list[Letter]:
    """Return the signs of a strip, the oldest first; rows without one are left out."""
    first = len(image) - form.context
    signs = enumerate(signs_of(image, form), start=first)
    return [Letter(row, form.labels[sign]) for row, sign in signs if sign]


def with_letter(image: np.ndarray, letter: Letter, form: TextForm) -> np.ndarray:
    """Return a strip with another sign in one row, uint8 [28, 28]."""
    changed = image.copy()
    changed[letter.row] = 0
    changed[letter.row, pixel_columns(letter.label, form)] = WHITE
    return changed


def strongest_letter(network: Network, image: np.ndarray, form: TextForm) -> Letter:
    """Return which other sign in which row takes most of the answer's lead; all are tried."""
    there = letters_of(image, form)
    letters = [
        Letter(row, label) for row, own in there for label in range(len(form.signs)) if label != own
    ]
    answer = int(network.logits(image[None])[0].argmax())
    changed = np.stack([with_letter(image, letter, form) for letter in letters])
    return letters[int(np.argmin(logit_leads(network.logits(changed), answer)))]


def letter_weights(network: Network, label: int, form: TextForm) -> np.ndarray:
    """Return how much each sign in each row speaks for a class, [rows of context, signs].

    All weights are multiplied layer by layer, as if every neuron passed on what it gets; the
    result is the class's sum above the mean of all.
    """
    first, *rest = network.weighted
    matrix = first.kernel
    for step in rest:
        matrix = matrix @ step.kernel
    by_pixel = (matrix @ logit_weights(network.classes, label)).reshape(IMAGE_SHAPE)
    places = pixel_columns(np.arange(len(form.signs)), form)
    by_sign = sum(by_pixel[:, place] for place in places)
    return by_sign[-form.context :] * (WHITE / network.scale)
