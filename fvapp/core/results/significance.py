"""Tests whether two mean accuracies differ by more than chance explains.

The test is Welch's t test, with Holm's correction for several comparisons. The significance level
becomes stricter each time runs are added. Otherwise, somebody who presses the repeat button up to
five times would find a significant difference between equal networks in 15 of 100 cases.
"""

import math
from collections.abc import Sequence
from statistics import fmean, stdev

import scipy

SIGNIFICANCE = 0.05
"""A difference is significant if chance alone would cause it in less than this share of cases."""

REPEATS = 3
"""Number of runs that one press of the repeat button adds to each group of runs."""

_FIRST_LEVEL = 0.0275  # significance level when two groups are compared for the first time


def holm_correction(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return p values corrected for multiple comparisons, in the same order.

    S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
    Statistics 6 (1979): of m p values, the smallest is multiplied by m, the next by m - 1, and so
    on. No corrected p value may be less than that of the next smaller p value.
    """
    corrected = [0.0] * len(p_values)
    least = 0.0
    for rank, place in enumerate(sorted(range(len(p_values)), key=p_values.__getitem__)):
        least = max(least, min(1.0, (len(p_values) - rank) * p_values[place]))
        corrected[place] = least
    return tuple(corrected)


def welch_p_value(first: Sequence[float], second: Sequence[float]) -> float:
    """Return the two-sided p value of Welch's t test for two groups, each with two or more values.

    B. L. Welch, "The generalization of Student's problem when several different population
    variances are involved", Biometrika 34 (1947). The degrees of freedom come from
    :func:`_degrees_of_freedom`.

    Raises:
        ZeroDivisionError: all values within each group are equal.
    """
    # `scipy.special` is used because importing it takes 0.2 s; importing `scipy.stats` takes 0.7 s.
    t = abs(fmean(first) - fmean(second)) / math.sqrt(sum(_variances_of_means(first, second)))
    return float(2 * scipy.special.stdtr(_degrees_of_freedom(first, second), -t))


def interim_significance_level(runs: int) -> float:
    """Return the significance level for comparing two groups if the smaller has `runs` runs.

    K. K. G. Lan and D. L. DeMets, "Discrete sequential boundaries for clinical trials", Biometrika
    70 (1983): each comparison of growing groups spends a part of the total significance level. If
    `REPEATS` runs are added each time, the k-th comparison has 1 / k ** 1.5 of the level of the
    first comparison. Equal groups are therefore called different in fewer than 1 of 20 cases,
    however often they are compared.
    """
    look = max(1, math.ceil((runs - 1) / REPEATS))
    return _FIRST_LEVEL / float(look**1.5)


def corrected_welch_p_value(first: Sequence[float], second: Sequence[float]) -> float:
    """Return Welch's p value corrected for earlier comparisons, to compare with `SIGNIFICANCE`."""
    return min(
        1.0,
        welch_p_value(first, second) * SIGNIFICANCE / _significance_level_of_pair(first, second),
    )


def sign_test_p_value(first: int, second: int) -> float:
    """Return the two-sided p value of the sign test for two networks on the same images.

    This test is the exact form of McNemar's test.

    Args:
        first, second: number of images that only the first, or only the second, network classifies
            correctly.
    """
    return min(1.0, 2 * float(scipy.special.bdtr(min(first, second), first + second, 0.5)))


def fisher_p_value(first: tuple[int, int], second: tuple[int, int]) -> float:
    """Return the two-sided p value of Fisher's exact test for the difference of two accuracies.

    R. A. Fisher, "The logic of inductive inference", Journal of the Royal Statistical Society 98
    (1935).

    Args:
        first, second: the number of correctly classified images and of all images.
    """
    (right, images) = first
    (others_right, others) = second
    both = right + others_right
    ways = {
        hits: math.comb(images, both - hits) * math.comb(others, hits)
        for hits in range(max(0, both - images), min(both, others) + 1)
    }
    return sum(way for way in ways.values() if way <= ways[others_right]) / sum(ways.values())


def significant_margins(
    pairs: Sequence[tuple[Sequence[float], Sequence[float]]],
) -> tuple[float, ...]:
    """Return by how much the means of each pair of groups must differ to be significant.

    The level of each pair follows Holm's procedure, which stops at the first pair that is not
    significant. All later pairs get this pair's level.
    """
    p_values = [corrected_welch_p_value(*pair) for pair in pairs]
    levels = [0.0] * len(pairs)
    level = 0.0
    stopped = False
    for rank, place in enumerate(sorted(range(len(pairs)), key=p_values.__getitem__)):
        if not stopped:
            level = SIGNIFICANCE / (len(pairs) - rank)
            stopped = p_values[place] >= level
        levels[place] = level * _significance_level_of_pair(*pairs[place]) / SIGNIFICANCE
    return tuple(
        float(scipy.special.stdtrit(_degrees_of_freedom(*pair), 1 - level / 2))
        * math.sqrt(sum(_variances_of_means(*pair)))
        for pair, level in zip(pairs, levels, strict=True)
    )


def first_group_share_of_margin(first: Sequence[float], second: Sequence[float]) -> float:
    """Return the share of the smallest significant difference that is due to the first group.

    The charts draw this share as the first group's error bar, and the rest as the second group's
    error bar.
    """
    first_error, second_error = map(math.sqrt, _variances_of_means(first, second))
    return first_error / (first_error + second_error)


def _variances_of_means(first: Sequence[float], second: Sequence[float]) -> tuple[float, float]:
    """Return the variance of the mean of each group."""
    return stdev(first) ** 2 / len(first), stdev(second) ** 2 / len(second)


def _significance_level_of_pair(first: Sequence[float], second: Sequence[float]) -> float:
    return interim_significance_level(min(len(first), len(second)))


def _degrees_of_freedom(first: Sequence[float], second: Sequence[float]) -> float:
    """Return Satterthwaite's degrees of freedom, or fewer if the groups differ in size.

    With Satterthwaite's formula, the large group alone would decide if the small group happened to
    have little scatter, so the result is capped. The number of runs in the smaller group minus one
    is a cap that is safe for any two variances: M. R. Mickey and M. B. Brown, "Bounds on the
    distribution functions of the Behrens-Fisher statistic", Annals of Mathematical Statistics 37
    (1966).
    """
    first_variance, second_variance = _variances_of_means(first, second)
    degrees = (first_variance + second_variance) ** 2 / (
        first_variance**2 / (len(first) - 1) + second_variance**2 / (len(second) - 1)
    )
    smaller, larger = sorted((len(first), len(second)))
    return min(degrees, max(1, 2 * smaller / larger) * (smaller - 1))
