"""Measures how reliable a network's probabilities are, and corrects them with a temperature."""

import math
from dataclasses import replace

import numpy as np
import scipy

from fvapp.core.answers import Answer

BINS = 15
# Bounds on the temperature. A value outside them indicates a broken network, not overconfidence.
COLDEST = 0.1
HOTTEST = 20.0


def fit_temperature(logits: np.ndarray, labels: np.ndarray) -> float:
    """Return the temperature T for which softmax(logits / T) makes the labels most likely.

    The method is from Guo et al., "On Calibration of Modern Neural Networks", 2017. Dividing by T
    changes the probabilities, but not the answers.

    Args:
        logits: float [n, classes], for images that the network was not trained on. Logarithms of
            probabilities work, too.
        labels: int [n].

    Returns:
        The temperature, or 1.0 if there are no images or the logits are not finite.
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
    """Return the expected calibration error of a network's highest probabilities, from 0 to 1.

    The images are sorted into 15 equally wide bins by their highest probability. The error of a bin
    is the difference between its mean probability and its accuracy. The result is the average
    error, weighted by the number of images in each bin.
    """
    confidence = probabilities.max(axis=1)
    hits = probabilities.argmax(axis=1) == labels
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = np.bincount(bins, confidence, BINS) - np.bincount(bins, hits, BINS)
    return float(np.abs(gaps).sum() / len(labels))


def undo_temperature(answer: Answer, temperature: float) -> Answer:
    """Return a calibrated answer with the probabilities that it had before calibration.

    If p = softmax(z / T), the original softmax(z) is p ** T, divided by the sum of p ** T.
    """
    powers = np.asarray(answer.probabilities) ** temperature
    return replace(answer, probabilities=tuple(map(float, powers / powers.sum())))
