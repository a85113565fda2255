"""Verdicts that compare runs: more neurons, more layers, longer, without normalising."""

from __future__ import annotations

from collections.abc import Sequence

from fvapp.core.lessons.noise import seed_noise
from fvapp.core.lessons.trials import Trial
from fvapp.core.lessons.verdict import Outcome, Verdict, loss_text, points
from fvapp.core.wording import percent

FAR_HIGHER = 2.0
"""The first loss on raw pixels counts as far higher from twice the other on: seeds move it by a few per cent."""


def judge_neurons(trials: Sequence[Trial]) -> Verdict:
    """Judge "more neurons bring a better test accuracy": the widest network against the narrowest."""
    fewest, *_, second_most, most = sorted(trials, key=lambda trial: trial.parameters)
    gain = most.test_accuracy - fewest.test_accuracy
    return Verdict(
        _outcome(gain, fewest),
        {
            "fewest": str(fewest.settings.hidden[0]),
            "most": f"{most.settings.hidden[0]:,}",
            "second_most": str(second_most.settings.hidden[0]),
            "fewest_accuracy": percent(fewest.test_accuracy),
            "most_accuracy": percent(most.test_accuracy),
            "gain": points(gain),
            "last_gain": _signed(most.test_accuracy - second_most.test_accuracy),
            "times_parameters": f"{most.parameters / fewest.parameters:.0f}",
            "times_seconds": f"{most.seconds_per_epoch / fewest.seconds_per_epoch:.1f}",
            "noise": points(seed_noise(most.settings).accuracy_margin),
        },
    )


def judge_layers(trials: Sequence[Trial]) -> Verdict:
    """Judge "a second hidden layer brings a better test accuracy"."""
    one, two = sorted(trials, key=lambda trial: len(trial.settings.hidden))
    gain = two.test_accuracy - one.test_accuracy
    return Verdict(
        _outcome(gain, one),
        {
            "one_accuracy": percent(one.test_accuracy),
            "two_accuracy": percent(two.test_accuracy),
            "gain": points(gain),
            "noise": points(seed_noise(one.settings).accuracy_margin),
            "one_parameters": f"{one.parameters:,}",
            "two_parameters": f"{two.parameters:,}",
        },
    )


def judge_long_training(trials: Sequence[Trial]) -> Verdict:
    """Judge "trained too long, a network gets worse on images it does not learn from".

    It is judged on the longest run: its last validation loss against its lowest.
    """
    shortest, *_, longest = sorted(trials, key=lambda trial: len(trial.epochs))
    last, best = longest.epochs[-1], longest.epochs[longest.best_epoch - 1]
    rise = last.val_loss - best.val_loss
    if longest.best_epoch == len(longest.epochs):
        outcome: Outcome = "not_held"
    else:
        outcome = "held" if rise > seed_noise(longest.settings).loss_margin else "within_noise"
    return Verdict(
        outcome,
        {
            "epochs": str(len(longest.epochs)),
            "best_epoch": str(longest.best_epoch),
            "best_val_loss": loss_text(best.val_loss),
            "last_val_loss": loss_text(last.val_loss),
            "last_loss": loss_text(last.loss),
            "gap": loss_text(last.val_loss - last.loss),
            "rise": loss_text(rise),
            "noise": loss_text(seed_noise(longest.settings).loss_margin),
            "short_epochs": str(len(shortest.epochs)),
            "short_accuracy": percent(shortest.test_accuracy),
            "long_accuracy": percent(longest.test_accuracy),
        },
    )


def judge_raw_pixels(trials: Sequence[Trial]) -> Verdict:
    """Judge "without normalising the first epoch's loss is far higher, then it recovers"."""
    normal, raw = sorted(trials, key=lambda trial: not trial.settings.normalisation)
    ratio = raw.epochs[0].loss / normal.epochs[0].loss
    recovered = raw.epochs[-1].loss < raw.epochs[0].loss / FAR_HIGHER
    if ratio >= FAR_HIGHER and recovered:
        outcome: Outcome = "held"
    else:
        outcome = "within_noise" if 1 / FAR_HIGHER < ratio < FAR_HIGHER else "not_held"
    return Verdict(
        outcome,
        {
            "raw_first": loss_text(raw.epochs[0].loss),
            "raw_last": loss_text(raw.epochs[-1].loss),
            "first": loss_text(normal.epochs[0].loss),
            "last": loss_text(normal.epochs[-1].loss),
            "times": f"{ratio:.1f}",
            "epochs": str(len(raw.epochs)),
            "raw_accuracy": percent(raw.test_accuracy),
            "accuracy": percent(normal.test_accuracy),
        },
    )


def _outcome(gain: float, trial: Trial) -> Outcome:
    margin = seed_noise(trial.settings).accuracy_margin
    if abs(gain) <= margin:
        return "within_noise"
    return "held" if gain > 0 else "not_held"


def _signed(difference: float) -> str:
    """Return a difference in percentage points with its sign; none is ``+0.0``."""
    return f"{round(100 * difference, 1) + 0.0:+.1f}"
