"""Verdicts that compare runs: more neurons, more layers, longer, without normalising.

They decide by the validation images. The test set measures, once, the network that was chosen.
"""

from __future__ import annotations

from collections.abc import Sequence

from fvapp.core.lessons.trials import Trial
from fvapp.core.lessons.verdict import Outcome, Verdict, loss_text, signed_points
from fvapp.core.results.chance import margin_of_difference, seed_spread
from fvapp.core.results.overfitting import Fit, judge_fit
from fvapp.core.wording import percent, points

FAR_HIGHER = 2.0
"""The first loss on raw pixels counts as far higher from twice the other on: seeds move it by a few per cent."""

LONGER = 1.2
"""A time counts as longer from so many times the other on: the same run again differs by about a tenth."""

LEARNED_NOTHING = 0.2
"""An accuracy below it counts as not learned: guessing among ten classes gives a tenth."""


def judge_neurons(trials: Sequence[Trial]) -> Verdict:
    """Judge "more neurons bring a better accuracy": the widest network against the narrowest."""
    fewest, *_, most = _by_size(trials)
    gain = most.val_accuracy - fewest.val_accuracy
    outcome = _outcome(gain, fewest)
    best = max(trial.val_accuracy for trial in trials)
    chosen = next(trial for trial in _by_size(trials) if best - trial.val_accuracy <= _margin(trial))
    return Verdict(
        outcome,
        {
            "fewest": _width(fewest),
            "most": _width(most),
            "fewest_accuracy": percent(fewest.val_accuracy),
            "most_accuracy": percent(most.val_accuracy),
            "gain": points(gain),
            "times_parameters": f"{most.parameters / fewest.parameters:.0f}",
            "times_seconds": f"{most.seconds_per_epoch / fewest.seconds_per_epoch:.1f}",
            "noise": points(_margin(fewest)),
            "chosen": _width(chosen),
            "test": percent(chosen.test_accuracy),
        },
        ("neurons.measured",),
    )


def judge_doubling(trials: Sequence[Trial]) -> Verdict:
    """Judge the notebook's answer, "from 512 to 1,024 neurons training takes longer and gets better".

    held: longer and better. within_noise: longer, and no difference beyond chance. not_held: no longer, yet better.
    """
    *_, second_most, most = _by_size(trials)
    gain = most.val_accuracy - second_most.val_accuracy
    times = most.seconds_per_epoch / second_most.seconds_per_epoch
    came = _outcome(gain, most)
    outcomes: dict[tuple[bool, Outcome], Outcome] = {
        (True, "held"): "held",
        (True, "within_noise"): "within_noise",
        (False, "held"): "not_held",
    }
    return Verdict(
        outcomes.get((times >= LONGER, came), "neither"),
        {
            "before": _width(second_most),
            "after": _width(most),
            "before_accuracy": percent(second_most.val_accuracy),
            "after_accuracy": percent(most.val_accuracy),
            "gain": points(gain),
            "signed_gain": signed_points(gain),
            "times_seconds": f"{times:.1f}",
            "noise": points(_margin(most)),
        },
    )


def judge_layers(trials: Sequence[Trial]) -> Verdict:
    """Judge "a second hidden layer brings a better accuracy"."""
    one, two = sorted(trials, key=lambda trial: len(trial.settings.hidden))
    gain = two.val_accuracy - one.val_accuracy
    outcome = _outcome(gain, one)
    chosen = two if outcome == "held" else one
    return Verdict(
        outcome,
        {
            "one_accuracy": percent(one.val_accuracy),
            "two_accuracy": percent(two.val_accuracy),
            "gain": points(gain),
            "noise": points(_margin(one)),
            "one_parameters": f"{one.parameters:,}",
            "two_parameters": f"{two.parameters:,}",
            "chosen": " + ".join(map(str, chosen.settings.hidden)),
            "test": percent(chosen.test_accuracy),
        },
        ("layers.measured",),
    )


def judge_long_training(trials: Sequence[Trial]) -> Verdict:
    """Judge "trained too long, a network gets worse on images it does not learn from".

    It is judged on the longest run, by the rule of :mod:`fvapp.core.results.overfitting`. Loss and accuracy can part,
    so what the validation accuracy did is said beside it.
    """
    longest = max(trials, key=lambda trial: len(trial.epochs))
    fit = judge_fit(longest.points, longest.settings)
    outcomes: dict[str, Outcome] = {
        "overfits": "held",
        "falls": "not_held",
        "level": "within_noise",
        "worse": "neither",
    }
    chosen = min(trials, key=lambda trial: trial.epochs[-1].val_loss)
    return Verdict(
        outcomes[fit.kind],
        {
            "epochs": str(fit.last_epoch),
            "best_epoch": str(fit.best_epoch),
            "best_val_loss": loss_text(fit.best_val_loss),
            "last_val_loss": loss_text(fit.last_val_loss),
            "best_loss": loss_text(fit.best_loss),
            "last_loss": loss_text(fit.last_loss),
            "rise": percent(max(0.0, fit.rise)),
            "margin": percent(fit.margin),
            "best_val_accuracy": percent(fit.best_val_accuracy),
            "last_val_accuracy": percent(fit.last_val_accuracy),
            "chosen": str(len(chosen.epochs)),
            "test": percent(chosen.test_accuracy),
        },
        (*_parting(fit, longest), "epochs.measured"),
    )


def judge_raw_pixels(trials: Sequence[Trial]) -> Verdict:
    """Judge "without normalising the first epoch's loss is far higher, then it recovers".

    held: at least `FAR_HIGHER` times as high at first, and more than half of the way down to the other loss was made.
    not_held: it has not learned, by its accuracy. within_noise: neither first loss nor accuracy differ. neither: what
    is left, such as a loss that began high and stayed there.
    """
    normal, raw = sorted(trials, key=lambda trial: not trial.settings.normalisation)
    ratio = raw.epochs[0].loss / normal.epochs[0].loss
    half_way = (raw.epochs[0].loss + normal.epochs[-1].loss) / 2
    gap, margin = raw.val_accuracy - normal.val_accuracy, _margin(normal)
    if raw.val_accuracy < LEARNED_NOTHING:
        outcome: Outcome = "not_held"
    elif ratio >= FAR_HIGHER and raw.epochs[-1].loss < half_way:
        outcome = "held"
    elif 1 / FAR_HIGHER < ratio < FAR_HIGHER and abs(gap) <= margin:
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
            "raw_accuracy": percent(raw.val_accuracy),
            "accuracy": percent(normal.val_accuracy),
            "noise": points(margin),
            "raw_test": percent(raw.test_accuracy),
            "test": percent(normal.test_accuracy),
        },
        ("raw_pixels.measured",),
    )


def _parting(fit: Fit, trial: Trial) -> tuple[str, ...]:
    """Return the sentence about the accuracy where the loss says overfitting."""
    if not fit.overfits:
        return ()
    came = _outcome(fit.last_val_accuracy - fit.best_val_accuracy, trial)
    return (
        {"held": "epochs.accuracy_rose", "within_noise": "epochs.accuracy_stayed"}.get(came, "epochs.accuracy_fell"),
    )


def _outcome(gain: float, trial: Trial) -> Outcome:
    if abs(gain) <= _margin(trial):
        return "within_noise"
    return "held" if gain > 0 else "not_held"


def _margin(trial: Trial) -> float:
    return margin_of_difference(seed_spread(trial.settings).val_accuracy)


def _by_size(trials: Sequence[Trial]) -> list[Trial]:
    return sorted(trials, key=lambda trial: trial.parameters)


def _width(trial: Trial) -> str:
    return f"{trial.settings.hidden[0]:,}"
