"""Places images on the class wheel, a circle with a point for each class.

An image lies at the mean of the class points, weighted by the network's shares for the classes.

The wheel shows answers, not the hidden layer. Positions are not fitted to the data, so they mean
the same for every network at every moment of training, and a new drawing can be placed immediately.
An ambiguous image lies between its likely classes.
"""

import numpy as np

from fvapp.core.answers import softmax_shares

TEMPERATURE = 2.5
"""Factor by which the network's softmax temperature is raised to place images on the class wheel.

At the network's own temperature, nearly all images would lie on the ten class points.
"""

JITTER = 0.03


def order_classes_on_wheel(confusion: np.ndarray) -> np.ndarray:
    """Return the order of the classes around the wheel; often confused classes are neighbours.

    If two often confused classes were opposite each other, images between them would lie in the
    middle of the wheel. The order starts with the most confused pair. Then the class most often
    confused with the class at either end is added, until all classes are included. Finally, the
    order is rotated so that class 0 comes first.
    """
    both = confusion + confusion.T
    both = both - np.diag(np.diag(both))
    row, column = np.unravel_index(both.argmax(), both.shape)
    order = [int(row)] + ([int(column)] if row != column else [])
    while len(order) < len(both):
        free = [label for label in range(len(both)) if label not in order]
        front = max(free, key=lambda label: both[order[0], label])
        back = max(free, key=lambda label: both[order[-1], label])
        if both[order[0], front] > both[order[-1], back]:
            order.insert(0, front)
        else:
            order.append(back)
    first = order.index(0)
    return np.array(order[first:] + order[:first])


def class_points_on_circle(order: np.ndarray) -> np.ndarray:
    """Return the class points on the unit circle, [classes, 2], clockwise from the top."""
    angles = np.empty(len(order))
    angles[order] = 2 * np.pi * np.arange(len(order)) / len(order)
    return np.stack([np.sin(angles), np.cos(angles)], axis=1)


def place_images_on_wheel(
    logits: np.ndarray, points: np.ndarray, temperature: float = 1.0
) -> np.ndarray:
    """Return the positions of images on the class wheel, [n, 2].

    Args:
        logits: [n, outputs], with no more outputs than points.
        temperature: the network's calibrated softmax temperature.
    """
    return softmax_shares(logits, TEMPERATURE * temperature) @ points[: logits.shape[1]]


def jitter_positions(count: int) -> np.ndarray:
    """Return a small random shift for each image, [n, 2], so that no two images coincide."""
    return np.random.default_rng(0).normal(0, JITTER, (count, 2))
