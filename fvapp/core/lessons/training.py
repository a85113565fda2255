"""Verdicts on one training: seen and unseen images, a network that cannot work, a target."""

from __future__ import annotations

from collections.abc import Sequence

from fvapp.core.datasets import DATASETS
from fvapp.core.errors import Term
from fvapp.core.lessons.mistakes import mark_error
from fvapp.core.lessons.trials import Trial
from fvapp.core.lessons.verdict import Outcome, Verdict, loss_text
from fvapp.core.results.chance import margin_on_new_images, seed_spread
from fvapp.core.wording import percent, points

LEARNED = 0.5
"""A test accuracy from which on a network has learned its ten classes well enough to look at its outputs."""


def judge_network(trials: Sequence[Trial]) -> Verdict:
    """Judge "the network does better on images it learned from than on new ones".

    The claim is about new images of any kind, so the margin holds both: another seed, and other test images.
    """
    (trial,) = trials
    train, test = trial.epochs[-1].accuracy, trial.test_accuracy
    gap = train - test
    images = DATASETS[trial.settings.dataset].test_images
    margin = margin_on_new_images(seed_spread(trial.settings).gap, test, images)
    outcome: Outcome = "within_noise" if abs(gap) <= margin else "held" if gap > 0 else "not_held"
    return Verdict(
        outcome,
        {
            "train": percent(train),
            "test": percent(test),
            "gap": points(gap),
            "noise": points(margin),
            "images": f"{images:,}",
        },
    )


def judge_no_flatten(trials: Sequence[Trial]) -> Verdict:
    """Judge "without Flatten Keras refuses to train": because of the shapes, for another reason, or not at all."""
    return _judge_mistake(trials, "rank")


def judge_five_outputs(trials: Sequence[Trial]) -> Verdict:
    """Judge "with five outputs for ten classes Keras stops the training", at a label that has no output."""
    return _judge_mistake(trials[:1], "label")


def judge_twelve_outputs(trials: Sequence[Trial]) -> Verdict:
    """Judge "with twelve outputs for ten classes it trains, as well as with ten"."""
    *_, trial = trials
    if trial.failed:
        return Verdict("not_held")
    outcome: Outcome = "held" if trial.test_accuracy >= LEARNED else "within_noise"
    return Verdict(outcome, {"loss": loss_text(trial.epochs[-1].loss), "test": percent(trial.test_accuracy)})


def judge_target(trials: Sequence[Trial]) -> Verdict:
    """Judge "the training ends after the epoch in which the target is reached".

    When only the last planned epoch reached it, nobody can tell whether the target ended the training.
    """
    (trial,) = trials
    settings, epochs = trial.settings, trial.epochs
    value = getattr(epochs[-1], settings.target_metric)
    as_text = percent if settings.target_metric.endswith("accuracy") else loss_text
    if trial.result.stopped_by == "target" and len(epochs) < settings.epochs:
        outcome: Outcome = "held"
    else:
        outcome = "within_noise" if trial.result.stopped_by == "target" else "not_held"
    return Verdict(
        outcome,
        {
            "metric": Term(f"settings.target_metric.choices.{settings.target_metric}"),
            "target": as_text(settings.target_value),
            "value": as_text(value),
            "epoch": str(len(epochs)),
            "epochs": str(settings.epochs),
            "test": percent(trial.test_accuracy),
        },
    )


def _judge_mistake(trials: Sequence[Trial], about: str) -> Verdict:
    (trial,) = trials
    if not trial.failed:
        return Verdict("not_held", {"loss": loss_text(trial.epochs[-1].loss), "test": percent(trial.test_accuracy)})
    marked = mark_error(trial.error.message)
    return Verdict("held", marked.numbers) if marked.about == about else Verdict("within_noise")
