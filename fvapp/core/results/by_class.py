"""Evaluates a network class by class: accuracies, and classes that are far below the others."""

from collections.abc import Sequence
from statistics import fmean, median

from fvapp.core.results.chance import wilson_interval
from fvapp.core.results.learned import unlearned_run_message
from fvapp.core.runs import RunResult
from fvapp.core.settings import RunSettings
from fvapp.core.wording import FEW_IMAGES, Translate, class_names, share_as_percent

FAR_BELOW = 0.5
"""Fraction of the classes' median or mean accuracy below which a class is far below the others.

The larger of the median and the mean is used.
"""

ByClass = Sequence[tuple[int, int]]
"""For each class, how many test images are classified correctly, and how many there are."""


def recall_by_class(by_class: ByClass) -> list[float]:
    """Return the share of each class's images that are classified correctly; 0 without images."""
    return [right / images if images else 0.0 for right, images in by_class]


def sum_over_classes(by_class: ByClass) -> tuple[int, int]:
    """Return the numbers of correctly classified images and of all images, over all classes."""
    return sum(right for right, _ in by_class), sum(images for _, images in by_class)


def find_class_far_below(by_class: ByClass) -> int | None:
    """Return the class with the lowest accuracy if it is far below the other classes, else None.

    A class has so few images that luck alone may explain its accuracy if the upper end of the
    confidence interval is not far below the other classes; the result is then None, too.
    """
    shares = recall_by_class(by_class)
    lowest = min(
        (label for label, (_, images) in enumerate(by_class) if images),
        key=shares.__getitem__,
        default=None,
    )
    # The mean is used, too, because the median is 0 if more than half of the classes have no
    # correctly classified image.
    return (
        lowest
        if lowest is not None
        and wilson_interval(*by_class[lowest])[1] < FAR_BELOW * max(median(shares), fmean(shares))
        else None
    )


def weak_result_warning(
    settings: RunSettings,
    result: RunResult,
    epochs: int,
    by_class: ByClass,
    t: Translate,
    trained: float | None = None,
) -> str:
    """Return a warning if a network learned nothing or one class is far below the others, else "".

    Args:
        epochs: number of epochs that the network was trained for.
        by_class: the numbers of correctly classified and of all test images of each class, from
            `result`, or computed again if an earlier version of the app did not store them.
        trained: accuracy on the training images in the last epoch; None if unknown.
    """
    if nothing_learned := unlearned_run_message(settings, result, epochs, trained):
        return t(nothing_learned[0], **nothing_learned[1])
    label = find_class_far_below(by_class)
    if label is None:
        return ""
    names = class_names(settings.dataset, t)
    missed = [name for name, (right, n) in zip(names, by_class, strict=True) if n and not right]
    if len(missed) > 1:
        return t(
            "by_class.several",
            accuracy=share_as_percent(result.test_accuracy),
            names=t("common.comma").join(missed),
        )

    right, images = by_class[label]
    key = "by_class.few" if right else "by_class.none"
    return t(
        key,
        accuracy=share_as_percent(result.test_accuracy),
        name=names[label],
        n=f"{images:,}",
        share=share_as_percent(right / images),
    )


def mark_effect_sentence(settings: RunSettings, result: RunResult, t: Translate) -> str:
    """Return a sentence on what a white mark on the test images does; "" without a marked class."""
    if (
        isinstance(settings.marked_class, str)
        or result.marked_accuracy is None
        or result.marked_taken is None
    ):
        return ""
    return t(
        "by_class.marked",
        accuracy=share_as_percent(result.test_accuracy),
        marked=share_as_percent(result.marked_accuracy),
        taken=share_as_percent(result.marked_taken),
        name=class_names(settings.dataset, t)[settings.marked_class],
    )


def own_examples_sentence(result: RunResult, t: Translate) -> str:
    """Return a sentence on the accuracy for the visitor's own test drawings, or ""."""
    right, n = result.my_test or (0, 0)
    return t("examples.my_test", right=right, n=n, share=share_as_percent(right / n)) if n else ""


def has_few_test_images(result: RunResult) -> bool:
    """Return whether a result comes from so few test images that its accuracy is unreliable."""
    return (result.test_image_count or FEW_IMAGES) < FEW_IMAGES


def few_images_warning(result: RunResult, t: Translate) -> str:
    """Return a warning if a result comes from fewer than `FEW_IMAGES` test images, else ""."""
    if not has_few_test_images(result):
        return ""
    low, high = wilson_interval(*sum_over_classes(result.by_class))
    return t("by_class.few_images", low=share_as_percent(low, 0), high=share_as_percent(high, 0))


def lowest_class_sentence(by_class: ByClass, names: Sequence[str], t: Translate) -> str:
    """Return a sentence on the classes with the lowest accuracy, or "" if all classes are equal."""
    shares = {
        name: right / images
        for name, (right, images) in zip(names, by_class, strict=True)
        if images
    }
    least = min(shares.values(), default=0.0)
    lowest = [name for name, share in shares.items() if share == least]
    if len(lowest) == len(shares):
        return ""
    return t(
        "by_class.lowest",
        n=len(lowest),
        names=t("common.comma").join(lowest),
        share=share_as_percent(least),
    )


def result_sentences(
    settings: RunSettings, result: RunResult, epochs: int, t: Translate, trained: float | None
) -> list[str]:
    """Return the sentences that explain a run's result, without Markdown's marks for bold text."""
    sentences = (
        weak_result_warning(settings, result, epochs, result.by_class, t, trained),
        mark_effect_sentence(settings, result, t),
        own_examples_sentence(result, t),
        few_images_warning(result, t),
    )
    return [sentence.replace("**", "") for sentence in sentences if sentence]
