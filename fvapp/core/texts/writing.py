"""Writes text: draws one character after another at random, with a network's probabilities."""

from collections.abc import Callable, Iterator
from itertools import islice
from math import isfinite

import numpy as np

from fvapp.core.texts.signs import TextForm
from fvapp.core.texts.strips import append_character_to_strip, strip_of_text_end

Shares = Callable[[np.ndarray], np.ndarray]
"""A function that returns the probability that each character follows a given text strip.

The strip is uint8 [28, 28]. The probabilities are [characters].
"""

MOST_WRITTEN = 2_000
"""Maximum number of characters that a network writes in one go."""


def generate_text(
    shares: Shares,
    beginning: str,
    count: int,
    temperature: float,
    generator: np.random.Generator,
    form: TextForm,
) -> str:
    """Return the text that a network writes after the given opening words (`beginning`).

    The text has `count` characters, but at most `MOST_WRITTEN`.
    """
    written = islice(
        generate_characters(shares, beginning, temperature, generator, form),
        min(count, MOST_WRITTEN),
    )
    return "".join(written)


def generate_characters(
    shares: Shares,
    beginning: str,
    temperature: float,
    generator: np.random.Generator,
    form: TextForm,
) -> Iterator[str]:
    """Endlessly yield the characters that a network writes after the given opening (`beginning`).

    Args:
        temperature: at 0, the most likely character is always chosen; at 1, each character is drawn
            with the network's own probability for it.
        generator: supplies one random number for each character.
    """
    strip = strip_of_text_end(beginning, form)
    while True:
        label = pick_character_label(shares(strip), temperature, generator.random())
        yield form.signs[label]
        strip = append_character_to_strip(strip, label, form)


def pick_character_label(shares: np.ndarray, temperature: float, chance: float) -> int:
    """Return the label of a character drawn from `shares` by the random number `chance`, 0 to 1."""
    shares = np.asarray(shares, np.float64)
    largest = shares.max()
    if temperature <= 0 or not isfinite(largest):
        return int(np.nan_to_num(shares).argmax())
    sums = ((shares / largest) ** (1 / temperature)).cumsum()
    return min(int(sums.searchsorted(chance * sums[-1], side="right")), len(shares) - 1)
