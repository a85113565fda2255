"""Whether a network has learned anything at all: asked before anything else is said of a result."""

from collections.abc import Mapping
from math import ceil, inf, isfinite, sqrt

from fvapp.core.datasets import DATASETS, count_split
from fvapp.core.runs import RunResult
from fvapp.core.settings import RunSettings
from fvapp.core.wording import percent

FEW_STEPS = 100
"""A network that has made fewer steps has not learned yet. After 100 steps of 32 images the notebook's network comes to
60% or more with each optimizer at its usual learning rate, and to 18% with SGD at a tenth of that (measured on both
data sets with two seeds).
"""

Unlearned = tuple[str, Mapping[str, str]]
"""The key of a sentence and its values: that a network has learned nothing, and what to do about it."""


def chance_level(dataset: str) -> float:
    """Return the accuracy of guessing among the classes of a data set."""
    return 1 / DATASETS[dataset].classes


def least_learned(classes: int, images: int) -> float:
    """Return the test accuracy from which on a network has learned something.

    It is a ninth of the way from guessing to all right: 20% of ten classes, 41% of three, 56% of two. On few test
    images it is two standard errors of guessing, sqrt(p (1 - p) / images) each, which for 10,000 are 0.6 points.
    """
    chance = 1 / classes
    return chance + max((1 - chance) / 9, 2 * sqrt(chance * (1 - chance) / images))


def unlearned(
    dataset: str, accuracy: float, loss: float = 0.0, steps: float = inf, images: int | None = None
) -> Unlearned | None:
    """Say that a network has learned nothing; None where it has learned something.

    It has not where its loss is no number, or its test accuracy lies below :func:`least_learned`.

    Args:
        accuracy, loss: on the test set.
        steps: that were made in training, as far as is known.
        images: of the test set; None for the data set's own number.
    """
    if not isfinite(loss):
        return "learned.broken", {}
    info = DATASETS[dataset]
    if accuracy > least_learned(info.classes, images or info.test_images) - 1e-9:
        return None
    values = {"accuracy": percent(accuracy), "chance": percent(chance_level(dataset), 0)}
    return ("learned.yet", {**values, "steps": f"{steps:.0f}"}) if steps < FEW_STEPS else ("learned.nothing", values)


def unlearned_run(settings: RunSettings, result: RunResult, epochs: int) -> Unlearned | None:
    """Say that a run of so many epochs has learned nothing; None where it has learned something."""
    steps = epochs * ceil(count_split(settings)[0] / settings.batch_size)
    said = unlearned(settings.dataset, result.test_accuracy, result.test_loss, steps, result.tested)
    # How many of the visitor's own there are is not known here: few, and drawn by one hand.
    alone = settings.examples == "only" or settings.data.own
    return ("learned.own", said[1]) if said and not result.broken and alone else said
