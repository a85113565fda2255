"""From the ten sums to ten shares: softmax, its three steps written out, and log odds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy


@dataclass(frozen=True)
class SoftmaxSteps:
    """Softmax, step by step: arrays [classes] of one image, or [n, classes].

    Attributes:
        sums: of the last step.
        divided: the sums, divided by the temperature, less the largest of them. Subtracting the same from all changes
            no share and keeps the powers small.
        powers: e to the power of these; the largest is 1.
        shares: the powers divided by their sum.
    """

    sums: np.ndarray
    divided: np.ndarray
    powers: np.ndarray
    shares: np.ndarray


def softmax_steps(sums: np.ndarray, temperature: float) -> SoftmaxSteps:
    """Return softmax at a temperature in its three steps, for sums [classes] or [n, classes]."""
    sums = np.asarray(sums, float)
    divided = sums / temperature
    divided = divided - divided.max(axis=-1, keepdims=True)
    powers = np.exp(divided)
    return SoftmaxSteps(sums, divided, powers, powers / powers.sum(axis=-1, keepdims=True))


def shares(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """Return the shares [n, classes] of logits [n, classes] at a temperature."""
    return softmax_steps(logits, temperature).shares


def log_odds(logits: np.ndarray, label: int, against: int | None = None) -> np.ndarray:
    """Return how much speaks for a class, [n]: the logarithm of its share divided by that of all others.

    Args:
        against: compare with this class alone.
    """
    logits = np.asarray(logits, float)
    if against is not None:
        return logits[:, label] - logits[:, against]
    if logits.shape[1] == 1:
        return logits[:, 0]
    return logits[:, label] - scipy.special.logsumexp(np.delete(logits, label, axis=1), axis=1)
