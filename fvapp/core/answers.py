"""Represents a network's answer to a picture, with the share (probability) of each class."""

from dataclasses import dataclass

import numpy as np

SURE_FROM = 0.5
"""Default threshold: an answer counts as sure if its highest probability is at least this.

Visitors can choose a different threshold.
"""


@dataclass(frozen=True)
class Answer:
    """A network's share (probability) for each class, and any reasons to doubt the answer.

    The shares add up to one.

    Attributes:
        probabilities: one share per class, in the order of the labels.
        is_unlike_training: whether the picture looks unlike everything in the training set; the
            shares do not show this.
        is_stale: whether the answer comes from earlier weights, because the run is still training
            and its current weights did not arrive in time.
    """

    probabilities: tuple[float, ...]
    is_unlike_training: bool = False
    is_stale: bool = False

    @property
    def predicted_label(self) -> int:
        """The label of the class with the highest share."""
        return max(range(len(self.probabilities)), key=self.probabilities.__getitem__)

    @property
    def confidence(self) -> float:
        """The share (probability) of the predicted class, which is the highest share."""
        return self.probabilities[self.predicted_label]

    def is_sure(self) -> bool:
        """Whether the highest share is at least `SURE_FROM` and the picture looks familiar."""
        return self.confidence >= SURE_FROM and not self.is_unlike_training


@dataclass(frozen=True)
class SoftmaxSteps:
    """The steps of softmax as arrays: [classes] for one image, [n, classes] for several.

    Attributes:
        logits: the sums of the network's last layer.
        scaled_logits: the logits divided by the temperature, minus the largest quotient.
            Subtracting the same number from every quotient changes no share and keeps the
            exponentials small.
        exponentials: e to the power of the scaled logits; the largest is 1.
        shares: the exponentials divided by their sum.
    """

    logits: np.ndarray
    scaled_logits: np.ndarray
    exponentials: np.ndarray
    shares: np.ndarray


def softmax_steps(sums: np.ndarray, temperature: float) -> SoftmaxSteps:
    """Return the steps of softmax at a given temperature, for logits [classes] or [n, classes]."""
    sums = np.asarray(sums, float)
    scaled = sums / temperature
    scaled = scaled - scaled.max(axis=-1, keepdims=True)
    exponentials = np.exp(scaled)
    return SoftmaxSteps(
        sums, scaled, exponentials, exponentials / exponentials.sum(axis=-1, keepdims=True)
    )


def softmax_shares(logits: np.ndarray, temperature: float = 1.0) -> np.ndarray:
    """Return the softmax of logits [n, classes] at the given temperature, in the same shape."""
    return softmax_steps(logits, temperature).shares
