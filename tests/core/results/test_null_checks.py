"""What is said of chance, where nothing but chance is at work and where something is: how often it is said.

`-s` prints the shares, which `fvapp/bench/README.md` holds. A rule is simulated in NumPy, many cases at once, and held to
what the app says on some of them.
"""

import numpy as np
import pytest
import scipy.special

from fvapp.core.results.significance import REPEATS, level_of_look
from fvapp.core.results.statistics import compare_groups

IMAGES = 10**6
"""So many that no difference is a handful of them."""
DRAWS, HELD = 20_000, 40
PRESSES = 5
AT_MOST = 0.05


def told(name: str, share: float) -> float:
    print(f"\n{name}: {100 * share:.1f}%")
    return share


def differ(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return which pairs of groups, of accuracies [draws, runs], are called different, bool [draws]."""
    sizes = first.shape[1], second.shape[1]
    one, other = (group.var(axis=1, ddof=1) / size for group, size in zip((first, second), sizes, strict=True))
    degrees = (one + other) ** 2 / (one**2 / (sizes[0] - 1) + other**2 / (sizes[1] - 1))
    smaller, larger = sorted(sizes)
    degrees = np.minimum(degrees, max(1, 2 * smaller / larger) * (smaller - 1))
    t = np.abs(first.mean(axis=1) - second.mean(axis=1)) / np.sqrt(one + other)
    return 2 * scipy.special.stdtr(degrees, -t) < level_of_look(smaller)


def share_called_better(apart: float, sizes=(1, 1), scatters=(1, 1), presses=PRESSES) -> float:
    """Return how often one of two networks is called better at any look, before the first press and after each.

    Args:
        apart: how far the second network is truly ahead, in standard deviations of the first.
    """
    random, found = np.random.default_rng(58), np.zeros(DRAWS, bool)
    looks = [[size + REPEATS * press for size in sizes] for press in range(presses + 1)]
    first, second = (
        0.85 + 0.003 * (scatter * random.normal(size=(DRAWS, most)) + ahead)
        for scatter, most, ahead in zip(scatters, looks[-1], (0, apart), strict=True)
    )
    for m, n in (look for look in looks if min(look) > 1):
        different = differ(first[:, :m], second[:, :n])
        for draw in range(HELD):
            said = compare_groups(first[draw, :m].tolist(), second[draw, :n].tolist(), IMAGES).outcome
            assert (said == "more") == different[draw]
        found |= different
    return float(found.mean())


@pytest.mark.parametrize("scatters", [(1, 1), (1, 2), (1, 3)])
@pytest.mark.parametrize("sizes", [(1, 1), (2, 2), (3, 3), (2, 11), (11, 2), (4, 9)])
def test_of_equal_networks_none_is_called_better_in_more_than_one_of_twenty_comparisons(sizes, scatters):
    share = share_called_better(0, sizes, scatters)
    assert told(f"equal, {sizes} runs, scatter {scatters}, {PRESSES} presses", share) <= AT_MOST


@pytest.mark.parametrize(("apart", "presses", "least"), [(3, 1, 0.75), (2, 2, 0.7), (1.5, PRESSES, 0.8)])
def test_a_network_that_is_better_is_called_so_once_there_are_enough_repeats(apart, presses, least):
    share = share_called_better(apart, presses=presses)
    assert told(f"better by {apart} standard deviations, {presses} presses", share) >= least
