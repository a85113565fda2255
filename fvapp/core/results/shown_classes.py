"""Chooses which classes to show if a data set has too many classes for one chart."""

from collections.abc import Sequence

import numpy as np

MOST_SHOWN = 28


def choose_classes_to_show(weights: Sequence[float] | np.ndarray) -> list[int]:
    """Return the `MOST_SHOWN` classes with the largest weights, in ascending order of label."""
    heaviest = np.argsort(-np.asarray(weights, float), kind="stable")[:MOST_SHOWN]
    return sorted(heaviest.tolist())
