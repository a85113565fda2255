"""What a network says about a picture: ten shares, made of ten sums, and how far they are to be
believed.
"""

from dataclasses import dataclass

import numpy as np

SURE_FROM = 0.5
"""Share of the highest class from which an answer counts as sure, unless the visitor moves it."""


@dataclass(frozen=True)
class Answer:
    """Ten shares that add to one, and the doubt about them.

    Attributes:
        probabilities: one share a class, in the order of the labels.
        unlike: whether the picture looks like nothing in the training set, whatever its shares say.
        stale: whether the run trains and its current weights did not come in time, so that earlier
            ones answered.
    """

    probabilities: tuple[float, ...]
    unlike: bool = False
    stale: bool = False

    @property
    def label(self) -> int:
        """The class with the highest share."""
        return max(range(len(self.probabilities)), key=self.probabilities.__getitem__)

    @property
    def confidence(self) -> float:
        """The share of the highest class."""
        return self.probabilities[self.label]

    def is_sure(self, threshold: float = SURE_FROM) -> bool:
        """Return whether the answer counts as sure from a share of `threshold` on."""
        return self.confidence >= threshold and not self.unlike


@dataclass(frozen=True)
class SoftmaxSteps:
    """Softmax, step by step: arrays [classes] of one image, or [n, classes].

    Attributes:
        sums: of the last step.
        divided: the sums, divided by the temperature, less the largest of them. Subtracting the
            same from all changes no share and keeps the powers small.
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
