"""The class wheel: every image at the mean of the class points, weighted by the shares it gets.

It shows answers and not the hidden layer. Nothing is fitted, so it means the same for every network
and every frame of a film, and a drawing is placed at once; an image in doubt lies between its
classes.
"""

import numpy as np

from fvapp.core.answers import shares

TEMPERATURE = 2.5
"""The shares are taken at this temperature: at that of the network nearly all images would lie on
ten points.
"""

JITTER = 0.03


def class_order(confusion: np.ndarray) -> np.ndarray:
    """Return the classes around the wheel, those that are confused side by side.

    Opposite ones would cancel out in the middle. The closest pair first, then always the class that
    is most confused with either end; turned so that class 0 comes first.
    """
    both = confusion + confusion.T
    both = both - np.diag(np.diag(both))
    row, column = np.unravel_index(both.argmax(), both.shape)
    order = [int(row)] + ([int(column)] if row != column else [])
    while len(order) < len(both):
        free = [each for each in range(len(both)) if each not in order]
        front = max(free, key=lambda each: both[order[0], each])
        back = max(free, key=lambda each: both[order[-1], each])
        if both[order[0], front] > both[order[-1], back]:
            order.insert(0, front)
        else:
            order.append(back)
    first = order.index(0)
    return np.array(order[first:] + order[:first])


def class_points(order: np.ndarray) -> np.ndarray:
    """Return the point of each class on a circle of radius 1, [classes, 2]: the first on top,
    clockwise.
    """
    angles = np.empty(len(order))
    angles[order] = 2 * np.pi * np.arange(len(order)) / len(order)
    return np.stack([np.sin(angles), np.cos(angles)], axis=1)


def place_on_wheel(logits: np.ndarray, points: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """Return where images lie, [n, 2].

    Args:
        logits: [n, outputs], no more outputs than points.
        temperature: of the network's own calibration.
    """
    return shares(logits, TEMPERATURE * temperature) @ points[: logits.shape[1]]


def jitter(count: int) -> np.ndarray:
    """Return a small shift for each image, [n, 2], so that those on one point can be told apart."""
    return np.random.default_rng(0).normal(0, JITTER, (count, 2))
