"""Explains an answer by covering parts of the image, and by the slope of a logit at each pixel."""

import numpy as np
import scipy

from fvapp.core.inspection.helping import logit_weights_for_class_lead
from fvapp.core.inspection.network import Network
from fvapp.core.stack import IMAGE_SHAPE

COVER_SIDE = 7
"""Side of the black square that covers part of an image, in pixels.

A smaller square hides too little to change a network's answer.
"""


def cover_each_row(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Blacken each row of a text image in turn, so that one character is missing.

    Returns:
        The distinct images, uint8 [n, 28, 28], and for each pixel the index of the image in which
        its row is black, int [28, 28]. Image 0 is unchanged: it stands for rows without ink.
    """
    white = np.flatnonzero(image.any(axis=1))
    covered = np.repeat(image[None], len(white) + 1, axis=0)
    covered[np.arange(1, len(covered)), white] = 0
    which = np.zeros(IMAGE_SHAPE, int)
    which[white] = np.arange(1, len(covered))[:, None]
    return covered, which


def cover_each_pixel(image: np.ndarray, cover: int = COVER_SIDE) -> tuple[np.ndarray, np.ndarray]:
    """Cover an image with a black square around every pixel in turn.

    Returns:
        The distinct images, uint8 [n, 28, 28], and for each pixel the index of the image in which
        the pixel is covered, int [28, 28]. Image 0 is unchanged: it stands for all pixels around
        which the square covers no ink.
    """
    rows, columns = IMAGE_SHAPE
    reach = cover // 2
    covered = [image]
    which = np.zeros(IMAGE_SHAPE, int)
    for row in range(rows):
        for column in range(columns):
            square = (
                slice(max(0, row - reach), row + reach + 1),
                slice(max(0, column - reach), column + reach + 1),
            )
            if image[square].any():
                which[row, column] = len(covered)
                covered.append(image.copy())
                covered[-1][square] = 0
    return np.stack(covered), which


def occlusion_map(
    logits: np.ndarray, which: np.ndarray, label: int, against: int | None = None
) -> np.ndarray:
    """Return how much the log odds of a class fall when each pixel is covered, [28, 28].

    Log odds are used instead of the class's share, because no single black square has a visible
    effect on the share if the network is sure.

    Args:
        logits: the logits of the images from :func:`cover_each_pixel`.
        against: the class to compare with; None for all other classes.
    """
    odds = log_odds(logits, label, against)
    return (odds[0] - odds)[which]


def gradient_times_input(
    network: Network, image: np.ndarray, label: int, against: int | None = None
) -> np.ndarray:
    """Return each pixel times the slope of a class's logit with respect to that pixel, [28, 28].

    The logit is measured relative to the mean logit, or to the logit of the class `against`. With
    ReLU, the products add up to this relative logit, except for the contribution of the biases
    (Shrikumar et al., "Not just a black box", 2016).
    """
    trace = network.trace_images(image[None])
    gradients = network.step_input_gradients(
        trace, logit_weights_for_class_lead(network.class_count, label, against)[None]
    )
    return (gradients[0] * trace[0].inputs)[0].reshape(IMAGE_SHAPE)


def log_odds(logits: np.ndarray, label: int, against: int | None = None) -> np.ndarray:
    """Return the log odds of a class for each image, [n].

    Log odds are the logarithm of the class's share divided by the sum of the other shares.

    Args:
        against: the class to compare with; None for all other classes.
    """
    logits = np.asarray(logits, float)
    if against is not None:
        return logits[:, label] - logits[:, against]
    if logits.shape[1] == 1:
        return logits[:, 0]
    return logits[:, label] - scipy.special.logsumexp(np.delete(logits, label, axis=1), axis=1)
