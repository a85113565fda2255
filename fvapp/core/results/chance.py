"""Computes by how much chance changes results, and which differences are therefore meaningful.

Throughout the app, ± gives the largest difference that arises by chance alone in 19 of 20 cases.
The standard deviations come from ten runs that differ only in the seed
(:mod:`fvapp.core.results.repeats`). Because ten runs give uncertain standard deviations, Student's
t for ten values is used instead of the normal distribution's 1.96.
"""

from dataclasses import dataclass
from functools import lru_cache
from math import inf, sqrt
from statistics import linear_regression, stdev

from fvapp.core.results.repeats import EPOCHS, SHORT, measured_runs_near, shipped_measured_runs
from fvapp.core.settings import RunSettings

T = 2.262
"""Critical value of Student's t for ten runs (9 degrees of freedom), 95 per cent, two-sided."""

_T_OF_ALL = 1.99
"""Critical value of Student's t for the ninety runs on a whole data set (88 degrees of freedom)."""


@dataclass(frozen=True)
class SeedSpread:
    """Standard deviations of final results over runs that differ only in their seed.

    Attributes:
        accuracy_gap: standard deviation of training accuracy minus test accuracy.
    """

    val_accuracy: float
    accuracy_gap: float


@lru_cache(1_000)
def seed_spread(settings: RunSettings) -> SeedSpread:
    """Return how much results vary with the seed, from measured runs with the nearest settings.

    If several groups of runs are similarly near, the largest spread is returned. The spread is
    infinite for a data set without measured runs. `accuracy_gap` always refers to 5 epochs, because
    the test accuracy was measured only after 5 epochs.
    """
    groups = measured_runs_near(settings)
    last = min(settings.epochs, EPOCHS) - 1
    return SeedSpread(
        val_accuracy=max(
            (stdev(run.val_accuracy[last] for run in runs) for runs in groups), default=inf
        ),
        accuracy_gap=max((stdev(run.accuracy_gap for run in runs) for runs in groups), default=inf),
    )


def margin_of_difference(spread: float) -> float:
    """Return by how much two runs with different seeds may differ by chance in 19 of 20 cases.

    Both runs must be measured on the same images, so that the choice of images adds no uncertainty.
    """
    return T * sqrt(2) * spread


def margin_of_error_on_new_images(spread: float, accuracy: float, images: int) -> float:
    """Return the margin of error of a run's `accuracy` on `images` new images, in 19 of 20 cases.

    The choice of images adds uncertainty: an accuracy p on n images has the variance p (1 - p) / n.
    """
    return T * sqrt(spread**2 + accuracy * (1 - accuracy) / images)


def wilson_interval(right: float, images: int) -> tuple[float, float]:
    """Return the 95% confidence interval of the accuracy if `right` of `images` are correct.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of
    the American Statistical Association 22 (1927), p. 209.
    """
    z = 1.96
    share = right / images
    spread = z * z / images
    middle = (share + spread / 2) / (1 + spread)
    margin = z * sqrt(share * (1 - share) / images + spread / images / 4) / (1 + spread)
    return max(0.0, middle - margin), min(1.0, middle + margin)


@lru_cache
def _fit_validation_line(dataset: str) -> tuple[float, float, float]:
    """Return slope, intercept and scatter of a line that predicts test from validation accuracy.

    The line is fitted to all measured runs on the whole data set, whatever their results.
    """
    groups = [
        runs
        for settings, runs in shipped_measured_runs().items()
        if (settings.dataset, settings.train_images) == (dataset, None)
    ]
    pairs = [(run.val_accuracy[SHORT - 1], run.test_accuracy) for runs in groups for run in runs]
    if not pairs:
        return 1.0, 0.0, inf
    slope, intercept = linear_regression(*zip(*pairs, strict=True))
    squares = sum((test - slope * validation - intercept) ** 2 for validation, test in pairs)
    return slope, intercept, sqrt(squares / (len(pairs) - 2))


def expected_test_accuracy(dataset: str, validation: float) -> tuple[float, float]:
    """Return the expected test accuracy, and its margin, for a run with this validation accuracy.

    Test images can be harder than validation images, and the measured runs show by how much. The
    run must not have been selected by its validation accuracy. The margin holds in 19 of 20 cases.
    It is infinite for a data set without measured runs.
    """
    slope, intercept, scatter = _fit_validation_line(dataset)
    return slope * validation + intercept, _T_OF_ALL * scatter
