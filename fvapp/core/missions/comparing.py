"""Verdicts that compare runs: more neurons, more layers, longer, without normalising.

They decide by the validation images. The test set measures, once, the network that was chosen.
"""

from __future__ import annotations

from collections.abc import Sequence

from fvapp.core.missions.trials import Trial, unless_broken
from fvapp.core.missions.verdict import LEARNED_NOTHING, OF_GAIN, OUTCOMES, Outcome, Verdict
from fvapp.core.results.chance import margin_of_difference, seed_spread
from fvapp.core.results.overfitting import FitKind, judge_fit
from fvapp.core.wording import Difference, loss_text, percent

FAR_HIGHER = 2.0
"""The first loss on raw pixels counts as far higher from twice the other on: seeds move it by a few per cent."""

LONGER = 1.2
"""A time counts as longer from so many times the other on: the same run again differs by about a tenth."""

GUESSED = 0.1
"""The accuracy of guessing among ten classes."""


@unless_broken
def judge_neurons(trials: Sequence[Trial]) -> Verdict:
    """Judge "more neurons bring a better accuracy": the widest network against the narrowest."""
    fewest, *_, most = _by_size(trials)
    gain = _gain(fewest, most)
    best = max(trials, key=lambda trial: trial.val_accuracy)
    chosen = next(trial for trial in _by_size(trials) if not _gain(trial, best).way)
    return Verdict(
        OF_GAIN[gain.way],
        {
            "fewest": _width(fewest),
            "most": _width(most),
            "fewest_accuracy": gain.before,
            "most_accuracy": gain.after,
            "gain": gain.points,
            "times_parameters": f"{most.parameters / fewest.parameters:.0f}",
            "times_seconds": f"{most.seconds_per_epoch / fewest.seconds_per_epoch:.1f}",
            "noise": gain.margin,
            "chosen": _width(chosen),
            "test": percent(chosen.test_accuracy),
        },
        ("neurons.measured",),
        () if gain.way else OUTCOMES,
    )


@unless_broken
def judge_doubling(trials: Sequence[Trial]) -> Verdict:
    """Judge the notebook's answer, "from 512 to 1,024 neurons training takes longer and gets better".

    held: longer and better. within_noise: longer, and no difference beyond chance. not_held: no longer, yet better.
    """
    *_, second_most, most = _by_size(trials)
    gain = _gain(second_most, most)
    times = f"{most.seconds_per_epoch / second_most.seconds_per_epoch:.1f}"
    longer = float(times) >= LONGER
    outcomes: dict[tuple[bool, int], Outcome] = {
        (True, 1): "held",
        (True, 0): "within_noise",
        (False, 1): "not_held",
    }
    return Verdict(
        outcomes.get((longer, gain.way), "neither"),
        {
            "before": _width(second_most),
            "after": _width(most),
            "before_accuracy": gain.before,
            "after_accuracy": gain.after,
            "gain": gain.points,
            "signed_gain": gain.signed,
            "times_seconds": times,
            "noise": gain.margin,
        },
        undecided=() if gain.way else ("held",) if longer else ("not_held",),
    )


@unless_broken
def judge_layers(trials: Sequence[Trial]) -> Verdict:
    """Judge "a second hidden layer brings a better accuracy"."""
    one, two = sorted(trials, key=lambda trial: len(trial.settings.hidden))
    gain = _gain(one, two)
    chosen = two if gain.way > 0 else one
    return Verdict(
        OF_GAIN[gain.way],
        {
            "one_accuracy": gain.before,
            "two_accuracy": gain.after,
            "gain": gain.points,
            "noise": gain.margin,
            "one_parameters": f"{one.parameters:,}",
            "two_parameters": f"{two.parameters:,}",
            "chosen": " + ".join(map(str, chosen.settings.hidden)),
            "test": percent(chosen.test_accuracy),
        },
        ("layers.measured",),
        () if gain.way else OUTCOMES,
    )


@unless_broken
def judge_long_training(trials: Sequence[Trial]) -> Verdict:
    """Judge "trained too long, a network gets worse on images it does not learn from".

    It is judged on the longest run, by the rule of :mod:`fvapp.core.results.overfitting`. Loss and accuracy can part,
    so what the validation accuracy did is said beside it.
    """
    longest = max(trials, key=lambda trial: len(trial.epochs))
    fit = judge_fit(longest.points, longest.settings)
    outcomes: dict[FitKind, Outcome] = {
        "overfits": "held",
        "falls": "not_held",
        "level": "within_noise",
        "worse": "neither",
    }
    chosen = min(trials, key=lambda trial: trial.epochs[-1].val_loss)
    accuracy = Difference.of(fit.best_val_accuracy, fit.last_val_accuracy, _margin(longest))
    return Verdict(
        outcomes.get(fit.kind, "untold"),
        {
            "epochs": str(fit.last_epoch),
            "best_epoch": str(fit.best_epoch),
            "best_val_loss": loss_text(fit.best_val_loss),
            "last_val_loss": loss_text(fit.last_val_loss),
            "best_loss": loss_text(fit.best_loss),
            "last_loss": loss_text(fit.last_loss),
            "rise": percent(max(0.0, fit.rise)),
            "margin": percent(fit.margin),
            "best_val_accuracy": accuracy.before,
            "last_val_accuracy": accuracy.after,
            "chosen": str(len(chosen.epochs)),
            "test": percent(chosen.test_accuracy),
        },
        (
            *((f"epochs.{fit.kind}",) if fit.kind in ("unsure", "cannot_say") else ()),
            *((_PARTING[accuracy.way],) if fit.overfits else ()),
            "epochs.measured",
        ),
        ("held",) if fit.kind == "level" else () if fit.kind in outcomes else OUTCOMES,
    )


@unless_broken
def judge_raw_pixels(trials: Sequence[Trial]) -> Verdict:
    """Judge "without normalising the first epoch's loss is far higher, then it recovers".

    held: at least `FAR_HIGHER` times as high at first, then more than half of the way down to the other loss and up to
    the other accuracy was made. not_held: it has not learned, by its accuracy, and the other has. within_noise: neither
    first loss nor accuracy differ. neither: what is left, such as a loss that began high and stayed there.
    """
    normal, raw = sorted(trials, key=lambda trial: not trial.settings.normalisation)
    ratio = raw.epochs[0].loss / normal.epochs[0].loss
    half_way = (raw.epochs[0].loss + normal.epochs[-1].loss) / 2
    recovered = raw.epochs[-1].loss < half_way and raw.val_accuracy > (GUESSED + normal.val_accuracy) / 2
    gain = _gain(normal, raw)
    if raw.val_accuracy < LEARNED_NOTHING <= normal.val_accuracy:
        outcome: Outcome = "not_held"
    elif ratio >= FAR_HIGHER and recovered and raw.val_accuracy >= LEARNED_NOTHING:
        outcome = "held"
    elif 1 / FAR_HIGHER < ratio < FAR_HIGHER and not gain.way:
        outcome = "within_noise"
    else:
        outcome = "neither"
    return Verdict(
        outcome,
        {
            "raw_first": loss_text(raw.epochs[0].loss),
            "raw_last": loss_text(raw.epochs[-1].loss),
            "first": loss_text(normal.epochs[0].loss),
            "last": loss_text(normal.epochs[-1].loss),
            "times": f"{ratio:.1f}",
            "epochs": str(len(raw.epochs)),
            "raw_accuracy": gain.after,
            "accuracy": gain.before,
            "noise": gain.margin,
            "raw_test": percent(raw.test_accuracy),
            "test": percent(normal.test_accuracy),
        },
        ("raw_pixels.measured",),
    )


_PARTING = {1: "epochs.accuracy_rose", 0: "epochs.accuracy_stayed", -1: "epochs.accuracy_fell"}


def _gain(before: Trial, after: Trial) -> Difference:
    return Difference.of(before.val_accuracy, after.val_accuracy, _margin(before))


def _margin(trial: Trial) -> float:
    return margin_of_difference(seed_spread(trial.settings).val_accuracy)


def _by_size(trials: Sequence[Trial]) -> list[Trial]:
    return sorted(trials, key=lambda trial: trial.parameters)


def _width(trial: Trial) -> str:
    return f"{trial.settings.hidden[0]:,}"
