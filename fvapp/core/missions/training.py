"""Verdicts on one training: seen and unseen images, a network that cannot work, a target."""

from __future__ import annotations

from collections.abc import Sequence

from fvapp.core.datasets import DATASETS
from fvapp.core.errors import Term
from fvapp.core.missions.mistakes import mark_error
from fvapp.core.missions.trials import Trial, unless_broken
from fvapp.core.missions.verdict import OF_GAIN, OUTCOMES, Outcome, Verdict
from fvapp.core.results.chance import margin_on_new_images, seed_spread
from fvapp.core.wording import Difference, loss_text, percent

LEARNED = 0.5
"""A test accuracy from which on a network has learned its ten classes well enough to look at its outputs."""


@unless_broken
def judge_network(trials: Sequence[Trial]) -> Verdict:
    """Judge "the network does better on images it learned from than on new ones".

    The claim is about new images of any kind, so the margin holds both: another seed, and other test images.
    """
    (trial,) = trials
    test = trial.test_accuracy
    images = DATASETS[trial.settings.dataset].test_images
    margin = margin_on_new_images(seed_spread(trial.settings).gap, test, images)
    gap = Difference.of(test, trial.epochs[-1].accuracy, margin)
    return Verdict(
        OF_GAIN[gap.way],
        {
            "train": gap.after,
            "test": gap.before,
            "gap": gap.points,
            "noise": gap.margin,
            "images": f"{images:,}",
        },
        undecided=() if gap.way else OUTCOMES,
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


@unless_broken
def judge_target(trials: Sequence[Trial]) -> Verdict:
    """Judge "the training ends after the epoch in which the target is reached".

    When only the last planned epoch reached it, nobody can tell whether the target ended the training. neither: the
    training ended early for another reason, patience.
    """
    (trial,) = trials
    settings, epochs = trial.settings, trial.epochs
    value, target = getattr(epochs[-1], settings.target_metric), settings.target_value
    if trial.result.stopped_by == "target":
        outcome: Outcome = "held" if len(epochs) < settings.epochs else "within_noise"
    else:
        outcome = "neither" if len(epochs) < settings.epochs else "not_held"
    as_text, least = (percent, 1) if settings.target_metric.endswith("accuracy") else ("{:.{}f}".format, 3)
    # As many digits as it takes to tell the value from the target.
    digits = next((n for n in range(least, least + 4) if as_text(value, n) != as_text(target, n)), least)
    return Verdict(
        outcome,
        {
            "metric": Term(f"settings.target_metric.choices.{settings.target_metric}"),
            "target": as_text(target, digits),
            "value": as_text(value, digits),
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
