"""Which classes a chart shows, where a data set has more of them than anybody can read."""

from collections.abc import Sequence

import numpy as np

MOST_SHOWN = 28


def shown_classes(weights: Sequence[float] | np.ndarray) -> list[int]:
    """Return the classes that weigh most, in the order of their labels: all of them where there are
    few.
    """
    heaviest = np.argsort(-np.asarray(weights, float), kind="stable")[:MOST_SHOWN]
    return sorted(heaviest.tolist())
