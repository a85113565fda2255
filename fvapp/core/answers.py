"""A network's answer to a picture: a share for each class, and how far to trust them."""

from dataclasses import dataclass

import numpy as np

SURE_FROM = 0.5
"""The highest share from which an answer counts as sure, unless the visitor changes it."""


@dataclass(frozen=True)
class Answer:
    """The shares of the classes, which add up to one, and any doubt about them.

    Attributes:
        probabilities: one share per class, in the order of the labels.
        is_unlike_training: whether the picture looks like nothing in the training set, whatever the
            shares.
        is_stale: whether the run is training and its current weights did not arrive in time, so
            that earlier ones answered.
    """

    probabilities: tuple[float, ...]
    is_unlike_training: bool = False
    is_stale: bool = False

    @property
    def predicted_label(self) -> int:
        """The class with the highest share."""
        return max(range(len(self.probabilities)), key=self.probabilities.__getitem__)

    @property
    def confidence(self) -> float:
        """The share of the highest class."""
        return self.probabilities[self.predicted_label]

    def is_sure(self, threshold: float = SURE_FROM) -> bool:
        """Return whether the answer is sure: its highest share is at least `threshold`."""
        return self.confidence >= threshold and not self.is_unlike_training


@dataclass(frozen=True)
class SoftmaxSteps:
    """Softmax, step by step: arrays [classes] for one image, or [n, classes].

    Attributes:
        logits: the sums of the network's last layer.
        scaled_logits: the logits scaled by the temperature, minus the largest of them. Subtracting
            the same number from all changes no share and keeps the exponentials small.
        exponentials: e to the power of the scaled sums; the largest is 1.
        shares: the exponentials scaled by their sum.
    """

    logits: np.ndarray
    scaled_logits: np.ndarray
    exponentials: np.ndarray
    shares: np.ndarray


def softmax_steps(sums: np.ndarray, temperature: float) -> SoftmaxSteps:
    """Return softmax at a temperature in its three steps, for sums [classes] or [n, classes]."""
    sums = np.asarray(sums, float)
    scaled = sums / temperature
    scaled = scaled - scaled.max(axis=-1, keepdims=True)
    exponentials = np.exp(scaled)
    return SoftmaxSteps(
        sums, scaled, exponentials, exponentials / exponentials.sum(axis=-1, keepdims=True)
    )


def softmax_shares(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """Return the shares [n, classes] of logits [n, classes] at a temperature."""
    return softmax_steps(logits, temperature).shares
