"""How much chance alone moves a result, and so by how much two results must differ to mean
something.

One meaning of ±, wherever it stands: by how much chance alone moves a difference, in 19 of 20
cases. The standard deviations come from ten runs that differ in the seed alone
(:mod:`fvapp.core.results.repeats`), so they are themselves uncertain, and Student's t for ten
values takes the place of the normal distribution's 1.96.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import inf, sqrt
from statistics import linear_regression, stdev

from fvapp.core.results.repeats import EPOCHS, SEEDS, SHORT, measured_repeats, repeats_around
from fvapp.core.settings import RunSettings

T = 2.262
"""Student's t for ten values (9 degrees of freedom), 95 per cent, two-sided."""

_T_OF_ALL = 1.99
"""The same for the ninety runs on a whole data set (88 degrees of freedom)."""


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
    """Return how far runs like this scatter after as many epochs; where none were measured, the
    most that others do.

    Without a bound on a data set for which nothing was measured.

    The test set was looked at after 5 epochs alone.
    """
    groups = repeats_around(settings)
    last = min(settings.epochs, EPOCHS) - 1
    return Spread(
        val_accuracy=max(
            (stdev(run.val_accuracy[last] for run in runs) for runs in groups), default=inf
        ),
        gap=max((stdev(run.gap for run in runs) for runs in groups), default=inf),
    )


def margin_of_difference(spread: float) -> float:
    """Return by how much two runs, each with its own seed, differ by chance at most, in 19 of 20
    cases.

    Both are looked at with the same images, so what is special about these images does not come
    between them.
    """
    return T * sqrt(2) * spread


def margin_on_new_images(spread: float, accuracy: float, images: int) -> float:
    """Return by how much one run's `accuracy` on `images` new images may be off, in 19 of 20 cases.

    Here the choice of images counts too: a share of n images has the variance p (1 - p) / n.
    """
    return T * sqrt(spread**2 + accuracy * (1 - accuracy) / images)


@lru_cache
def _unchosen(dataset: str) -> tuple[float, float, float]:
    """Return slope and intercept of a line from validation to test accuracy, and how far runs
    scatter around it.

    Of the runs on a whole data set, that nobody chose.
    """
    groups = [
        runs
        for one, runs in measured_repeats().items()
        if (one.dataset, one.train_images) == (dataset, None)
    ]
    pairs = [(run.val_accuracy[SHORT - 1], run.test_accuracy) for runs in groups for run in runs]
    if not pairs:
        return 1.0, 0.0, inf
    slope, intercept = linear_regression(*zip(*pairs, strict=True))
    squares = sum((test - slope * validation - intercept) ** 2 for validation, test in pairs)
    return slope, intercept, sqrt(squares / (len(pairs) - 2))


def expected_test(dataset: str, validation: float) -> tuple[float, float]:
    """Return the test accuracy that goes with a validation accuracy where nobody chose, and its
    margin in 19 of 20.

    Test images can be harder than those for validation; the runs that were measured say by how
    much. Without a bound on a data set for which there are none.
    """
    slope, intercept, scatter = _unchosen(dataset)
    return slope * validation + intercept, _T_OF_ALL * scatter


def bar(margin: float) -> float:
    """Return how long a bar is on either side of a result, so that bars which do not touch mean a
    difference.
    """
    return margin / 2


COUNT = len(SEEDS)
