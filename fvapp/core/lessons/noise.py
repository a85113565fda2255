"""How far the results of trainings scatter that differ in nothing but the seed.

A difference that is smaller says nothing about the networks: with other random weights it could be the other way
round.
"""

from __future__ import annotations

from collections.abc import Mapping
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


SEEDS = 10

# Measured from 2026-11-24 to 26 with this trainer (TensorFlow 2.21, Keras 3.15): the notebook's network (Dense 128,
# 5 epochs, batch 32, no validation) with the seeds 1 to 10, for each number of training images, on 10,000 test images.
MEASURED: Mapping[str, Mapping[int, Noise]] = {
    "fashion_mnist": {
        1_000: Noise(accuracy=0.0089, loss=0.0199),
        5_000: Noise(accuracy=0.0091, loss=0.0167),
        10_000: Noise(accuracy=0.0087, loss=0.0210),
        60_000: Noise(accuracy=0.0042, loss=0.0112),
    },
    "mnist": {
        1_000: Noise(accuracy=0.0037, loss=0.0097),
        5_000: Noise(accuracy=0.0033, loss=0.0077),
        10_000: Noise(accuracy=0.0028, loss=0.0077),
        60_000: Noise(accuracy=0.0018, loss=0.0046),
    },
}


def seed_noise(settings: RunSettings) -> Noise:
    """Return the measured scatter for the data set and the number of training images that is nearest, in ratio."""
    images = settings.train_images or 60_000
    measured = MEASURED[settings.dataset]
    return measured[min(measured, key=lambda size: abs(log(size / images)))]
