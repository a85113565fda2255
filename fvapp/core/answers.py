"""What a network says about a picture, and how far it is to be believed."""

from __future__ import annotations

from dataclasses import dataclass

SURE_FROM = 0.5
"""Share of the highest class from which an answer counts as sure, unless the visitor moves it."""


@dataclass(frozen=True)
class Answer:
    """Ten shares that add to one, and the doubt about them.

    Attributes:
        probabilities: one share a class, in the order of the labels.
        unlike: whether the picture looks like nothing in the training set, whatever its shares say.
        stale: whether the run trains and its current weights did not come in time, so that earlier ones answered.
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
