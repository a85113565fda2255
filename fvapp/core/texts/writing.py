"""Writing on: a network says how likely each sign is to come next, one is drawn, and again."""

from collections.abc import Callable, Iterator
from itertools import islice

import numpy as np

from fvapp.core.texts.signs import TextForm
from fvapp.core.texts.strips import strip_of

Shares = Callable[[np.ndarray], np.ndarray]
"""The probabilities of all signs, [signs], after a strip, uint8 [28, 28]."""

MOST_SIGNS = 2_000
"""Signs that are written in one go."""


def write(
    shares: Shares, beginning: str, count: int, temperature: float, generator: np.random.Generator, form: TextForm
) -> str:
    """Return what comes after a clean beginning, so many signs."""
    written = islice(writing(shares, beginning, temperature, generator, form), min(count, MOST_SIGNS))
    return "".join(written)


def writing(
    shares: Shares, beginning: str, temperature: float, generator: np.random.Generator, form: TextForm
) -> Iterator[str]:
    """Yield sign after sign, for ever.

    Args:
        temperature: 0 takes the likeliest sign; 1 draws by the shares as they are.
        generator: asked for one number between 0 and 1 for each sign.
    """
    end = beginning
    while True:
        sign = form.signs[draw(shares(strip_of(end, form)), temperature, generator.random())]
        yield sign
        end = (end + sign)[-form.context :]


def draw(shares: np.ndarray, temperature: float, chance: float) -> int:
    """Return the label that a number between 0 and 1 draws from shares of all signs."""
    shares = np.asarray(shares, np.float64)
    if temperature <= 0 or not np.isfinite(shares).all():
        return int(np.nan_to_num(shares).argmax())
    powers = (shares / shares.max()) ** (1 / temperature)
    sums = powers.cumsum()
    return min(int(np.searchsorted(sums, chance * sums[-1], side="right")), len(shares) - 1)
