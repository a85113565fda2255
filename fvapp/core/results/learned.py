"""Decides whether a network has learned anything, before its result is judged in other ways."""

from collections.abc import Mapping
from math import ceil, inf, isfinite, sqrt

from fvapp.core.datasets import DATASETS, run_split_sizes
from fvapp.core.optimizers import OPTIMIZERS
from fvapp.core.results.chance import wilson_interval
from fvapp.core.runs import RunResult
from fvapp.core.settings import RunSettings
from fvapp.core.wording import FEW_IMAGES, plain_number_text, share_as_percent

FEW_STEPS = 100
"""A network with fewer training steps than this may simply not have learned yet.

After 100 steps of 32 images, the course notebook's network reaches an accuracy of 60% or more with
each optimizer at its usual learning rate. With SGD at a tenth of its usual rate, it reaches 18%.
These figures were measured on MNIST and on Fashion-MNIST, with two seeds.
"""

UNUSUAL_RATE_FACTOR = 3
"""Factor by which an unusual learning rate is above or below the optimizer's usual rate.

An unusual rate is the likely reason if a network has learned nothing.
"""

UnlearnedMessage = tuple[str, Mapping[str, str]]
"""Catalogue key and placeholder values of the message that a network has learned nothing."""


def least_learned_accuracy(classes: int, images: float) -> float:
    """Return the lowest test accuracy at which a network counts as having learned something.

    The limit lies a ninth of the way from the accuracy p of guessing to 100%: 20% for ten classes,
    41% for three, 56% for two. With few test images, the limit is p plus two standard errors of
    sqrt(p (1 - p) / images). For comparison: with 10,000 images and ten classes, two standard
    errors are 0.6 percentage points.
    """
    chance = 1 / classes
    return chance + max((1 - chance) / 9, 2 * sqrt(chance * (1 - chance) / images))


def unlearned_message(
    dataset: str, accuracy: float, loss: float = 0.0, steps: float = inf, images: int | None = None
) -> UnlearnedMessage | None:
    """Return the message that a network has learned nothing; None if it has learned something.

    A network has learned nothing if its loss is not finite, or if its test accuracy is below
    :func:`least_learned_accuracy`. The result is None if there are too few test images to tell: if
    the confidence interval of this accuracy, or of guessing, reaches halfway from guessing to 100%.

    Args:
        accuracy, loss: accuracy and loss on the test set.
        steps: number of training steps; infinite if unknown.
        images: number of test images; None for the data set's usual number.
    """
    if not isfinite(loss):
        return "learned.broken", {}
    info = DATASETS[dataset]
    images = images or info.test_images or 1
    chance = 1 / info.class_count
    if (
        accuracy > least_learned_accuracy(info.class_count, images) - 1e-9
        or wilson_interval(max(accuracy, chance) * images, images)[1] > (1 + chance) / 2
    ):
        return None
    values = {"accuracy": share_as_percent(accuracy), "chance": share_as_percent(chance, 0)}
    if steps < FEW_STEPS:
        return "learned.yet", {**values, "steps": f"{steps:.0f}"}
    return "learned.nothing", values


def unlearned_run_message(
    settings: RunSettings, result: RunResult, epochs: int, trained: float | None = None
) -> UnlearnedMessage | None:
    """Return a message if a run has learned nothing, with the likely reason, else None.

    If there are few test images, a run that classifies its training images well has learned
    something, too.

    Args:
        epochs: number of epochs that the run was trained for.
        trained: accuracy on the training images in the last epoch; None if unknown.
    """
    if result.is_untested:
        return None
    # The number of a visitor's own images, and so the number of training steps, is unknown here.
    alone = settings.examples == "only" or settings.dataset_info.is_own
    steps = inf if alone else epochs * ceil(run_split_sizes(settings)[0] / settings.batch_size)
    nothing_learned = unlearned_message(
        settings.dataset, result.test_accuracy, result.test_loss, steps, result.test_image_count
    )
    if nothing_learned is None or result.has_diverged:
        return nothing_learned

    fits = trained is not None and trained > least_learned_accuracy(settings.class_count, inf)
    if (result.test_image_count or settings.dataset_info.test_images) < FEW_IMAGES and (
        fits or trained is None
    ):
        return None
    values = {
        **nothing_learned[1],
        "trained": share_as_percent(trained),
        "wrong": share_as_percent(settings.wrong_labels, 0),
        "rate": plain_number_text(settings.learning_rate),
        "usual": plain_number_text(OPTIMIZERS[settings.optimizer].usual_learning_rate),
    }
    return f"learned.{_unlearned_reason(settings, nothing_learned[0], fits, trained)}", values


def _unlearned_reason(settings: RunSettings, key: str, fits: bool, trained: float | None) -> str:
    """Return why a network has learned nothing, as the end of a catalogue key ``learned.<reason>``.

    Args:
        key: the catalogue key from :func:`unlearned_message`.
        fits: whether the network classifies its training images well.
    """
    if settings.examples == "only" and (fits or trained is None):
        return "only"
    # With this share of wrong labels or more, an image is at least as likely to have any given
    # wrong label as the correct one.
    if settings.wrong_labels and (fits or settings.wrong_labels >= 1 - 1 / settings.class_count):
        return "labels"
    if fits:
        return "own" if settings.dataset_info.is_own else "by_heart"
    if key == "learned.yet":
        return "yet"
    times = settings.learning_rate / OPTIMIZERS[settings.optimizer].usual_learning_rate
    if times >= UNUSUAL_RATE_FACTOR:
        return "rate_high"
    return "rate_low" if times <= 1 / UNUSUAL_RATE_FACTOR else "elsewhere"
