"""How far a network's shares may be believed, and the one number that puts them right."""

import math
from dataclasses import replace

import numpy as np
import scipy

from fvapp.core.answers import Answer

BINS = 15
COLDEST = 0.1  # beyond these a network is not overconfident but broken
HOTTEST = 20.0


def fit_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """Return the temperature T for which softmax(logits / T) gives the labels the highest
    likelihood.

    After Guo et al., "On Calibration of Modern Neural Networks", 2017: the answers stay, only the
    shares change.

    Args:
        logits: float [n, classes] of images that were not trained on; logarithms of probabilities
            do as well.
        labels: whole numbers [n].

    Returns:
        1.0 where there is nothing to fit: no images, or logits that are not finite.
    """
    logits = np.asarray(logits, float)
    if not len(logits) or not np.isfinite(logits).all():
        return 1.0

    def loss(logarithm: float) -> float:
        shares = scipy.special.log_softmax(logits / np.exp(logarithm), axis=1)
        return -float(shares[np.arange(len(labels)), labels].mean())

    bounds = math.log(COLDEST), math.log(HOTTEST)
    return float(np.exp(scipy.optimize.minimize_scalar(loss, bounds=bounds, method="bounded").x))


def calibration_error(probabilities: np.ndarray, labels: np.ndarray) -> float:
    """Return the expected calibration error of the highest share, from 0 to 1.

    The images are put into 15 equally wide bins of their highest share; the error is the distance
    between mean share and accuracy of a bin, averaged over the images.
    """
    confidence = probabilities.max(axis=1)
    hits = probabilities.argmax(axis=1) == labels
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = np.bincount(bins, confidence, BINS) - np.bincount(bins, hits, BINS)
    return float(np.abs(gaps).sum() / len(labels))


def undo_temperature(answer: Answer, temperature: float) -> Answer:
    """Return the network's own probabilities of an answer that was calibrated.

    With p = softmax(z / T) the network's own, softmax(z), are the powers p to the T, divided by
    their sum.
    """
    powers = np.asarray(answer.probabilities) ** temperature
    return replace(answer, probabilities=tuple(map(float, powers / powers.sum())))
