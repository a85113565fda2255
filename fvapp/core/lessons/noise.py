"""How far the results of trainings scatter that differ in nothing but the seed.

A difference that is smaller says nothing about the networks: with other random weights it could be the other way
round.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log, sqrt

from fvapp.core.settings import RunSettings


@dataclass(frozen=True)
class Noise:
    """Standard deviations over seeds.

    Attributes:
        accuracy: of the test accuracy.
        loss: of the loss on unseen images.
    """

    accuracy: float
    loss: float

    @property
    def accuracy_margin(self) -> float:
        """What the test accuracies of two runs must differ by: two standard deviations of a difference."""
        return 2 * sqrt(2) * self.accuracy

    @property
    def loss_margin(self) -> float:
        return 2 * sqrt(2) * self.loss


# PLACEHOLDER-NOISE
MEASURED = {
    1_000: Noise(accuracy=0.007, loss=0.02),
    5_000: Noise(accuracy=0.005, loss=0.012),
    10_000: Noise(accuracy=0.005, loss=0.012),
    60_000: Noise(accuracy=0.004, loss=0.009),
}


def seed_noise(settings: RunSettings) -> Noise:
    """Return the measured scatter for the number of training images that is nearest, in ratio."""
    images = settings.train_images or 60_000
    return MEASURED[min(MEASURED, key=lambda measured: abs(log(measured / images)))]
