"""How much chance alone moves a result, and so by how much two results must differ to mean something.

One meaning of ±, wherever it stands: by how much chance alone moves a difference, in 19 of 20 cases. The standard
deviations come from ten runs that differ in the seed alone (:mod:`fvapp.core.results.repeats`), so they are themselves
uncertain, and Student's t for ten values takes the place of the normal distribution's 1.96.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import inf, sqrt
from statistics import stdev

from fvapp.core.results.repeats import EPOCHS, SEEDS, repeats_around
from fvapp.core.settings import RunSettings

T = 2.262
"""Student's t for ten values (9 degrees of freedom), 95 per cent, two-sided."""


@dataclass(frozen=True)
class Spread:
    """Standard deviations over seeds, at the end of a run of so many epochs.

    Attributes:
        gap: of the training accuracy less the test accuracy.
    """

    val_accuracy: float
    gap: float


@lru_cache(1_000)
def seed_spread(settings: RunSettings) -> Spread:
    """Return how far runs like this scatter after as many epochs; where none were measured, the most that others do.

    Without a bound on a data set for which nothing was measured.

    The test set was looked at after 5 epochs alone.
    """
    groups, last = repeats_around(settings), min(settings.epochs, EPOCHS) - 1
    return Spread(
        val_accuracy=max((stdev(run.val_accuracy[last] for run in runs) for runs in groups), default=inf),
        gap=max((stdev(run.gap for run in runs) for runs in groups), default=inf),
    )


def margin_of_difference(spread: float) -> float:
    """Return by how much two runs, each with its own seed, differ by chance at most, in 19 of 20 cases.

    Both are looked at with the same images, so what is special about these images does not come between them.
    """
    return T * sqrt(2) * spread


def margin_on_new_images(spread: float, accuracy: float, images: int) -> float:
    """Return by how much one run's `accuracy` on `images` new images may be off, in 19 of 20 cases.

    Here the choice of images counts too: a share of n images has the variance p (1 - p) / n.
    """
    return T * sqrt(spread**2 + accuracy * (1 - accuracy) / images)


def bar(margin: float) -> float:
    """Return how long a bar is on either side of a result, so that bars which do not touch mean a difference."""
    return margin / 2


COUNT = len(SEEDS)
