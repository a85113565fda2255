"""Why this answer: what happens when a part of the image is covered, and the slope at
each pixel.
"""

import numpy as np
import scipy

from fvapp.core.inspection.helping import logit_weights
from fvapp.core.inspection.network import Network
from fvapp.core.stack import IMAGE_SHAPE

COVER = 7
"""Side of the black square in pixels. Smaller ones hide too little of a stroke for a network to
change its mind.
"""


def covered_rows(image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cover an image of text with a black row in turn, as :func:`covered_images`: each time a sign
    is missing.
    """
    white = np.flatnonzero(image.any(axis=1))
    covered = np.repeat(image[None], len(white) + 1, axis=0)
    covered[np.arange(1, len(covered)), white] = 0
    which = np.zeros(IMAGE_SHAPE, int)
    which[white] = np.arange(1, len(covered))[:, None]
    return covered, which


def covered_images(image: np.ndarray, cover: int = COVER) -> tuple[np.ndarray, np.ndarray]:
    """Cover an image with a black square around every pixel in turn.

    Returns:
        The different images that come of it, uint8 [n, 28, 28], of which the first is the image as
        it is; and for each pixel which of them is its own, int [28, 28]. Most squares of a drawing
        cover nothing.
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


def occlusion(
    logits: np.ndarray, which: np.ndarray, label: int, against: int | None = None
) -> np.ndarray:
    """Return how much each place helps a class, [28, 28]: what its log odds lose when it is
    covered.

    Log odds and not shares: of an answer that is sure, no single square moves the share.

    Args:
        logits: of the images of :func:`covered_images`.
        against: compare with this class alone.
    """
    odds = log_odds(logits, label, against)
    return (odds[0] - odds)[which]


def gradient_times_input(
    network: Network, image: np.ndarray, label: int, against: int | None = None
) -> np.ndarray:
    """Return the slope of a class's sum, above the mean or another's, at each pixel times the
    pixel: [28, 28].

    With ReLU these add up to the sum but for what the biases give (Shrikumar et al., "Not just a
    black box", 2016).
    """
    passed = network.passed(image[None])
    gradients = network.gradients(passed, logit_weights(network.classes, label, against)[None])
    return (gradients[0] * passed[0].inputs)[0].reshape(IMAGE_SHAPE)


def log_odds(logits: np.ndarray, label: int, against: int | None = None) -> np.ndarray:
    """Return how much speaks for a class, [n]: the logarithm of its share divided by that of all
    others.

    Args:
        against: compare with this class alone.
    """
    logits = np.asarray(logits, float)
    if against is not None:
        return logits[:, label] - logits[:, against]
    if logits.shape[1] == 1:
        return logits[:, 0]
    return logits[:, label] - scipy.special.logsumexp(np.delete(logits, label, axis=1), axis=1)
