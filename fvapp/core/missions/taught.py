"""Verdicts on what a network is taught with: wrong labels, a class that hardly occurs, a mark.

They are about all test images, whose labels are right; nothing is chosen by them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fvapp.core.datasets import DATASETS
from fvapp.core.errors import Term
from fvapp.core.missions.trials import Trial, unless_broken
from fvapp.core.missions.verdict import LEARNED_NOTHING, OF_GAIN, OUTCOMES, Outcome, Verdict, learned_nothing
from fvapp.core.results.by_class import recall
from fvapp.core.results.chance import margin_of_difference, seed_spread
from fvapp.core.wording import Difference, percent

LITTLE, MUCH = 10, 30
"""Points of test accuracy that wrong labels cost."""

HIDDEN, SEEN = 5, 15
"""Points of test accuracy that a missing class costs: below the first the number hides it."""

HARDLY, HALF = 0.1, 0.5
"""Shares of a class that is recognised."""

NEVER, OFTEN = 0.01, 0.1
"""Shares of the other classes that the mark turns into the marked one."""


def unless_unlearned(judge: Callable[[Sequence[Trial]], Verdict]) -> Callable[[Sequence[Trial]], Verdict]:
    """Let `judge` see only runs that were measured by class, and of which the first has learned something."""

    @unless_broken
    def judge_learned(trials: Sequence[Trial]) -> Verdict:
        if not all(trial.result.by_class for trial in trials):  # runs of a version that did not measure it
            return Verdict("broken", further=("page.unfinished",))
        accuracy = trials[0].test_accuracy
        return learned_nothing(accuracy) if accuracy < LEARNED_NOTHING else judge(trials)

    return judge_learned


@unless_unlearned
def judge_wrong_labels(trials: Sequence[Trial]) -> Verdict:
    """Judge "half of the labels wrong cost little": the second run against the first; the third is told.

    held: fewer than `LITTLE` points; not_held: more than `MUCH`; within_noise: in between.
    """
    right, half, most = trials[:3]
    lost = _lost(right, half)
    return Verdict(
        _by_size(float(lost.points) * -lost.way, LITTLE, MUCH),
        {
            "test": lost.before,
            "half_test": lost.after,
            "lost": lost.points,
            "half_train": percent(half.epochs[-1].accuracy),
            "most_test": percent(most.test_accuracy),
            "most_train": percent(most.epochs[-1].accuracy),
        },
        ("wrong_labels.measured",),
    )


@unless_unlearned
def judge_by_heart(trials: Sequence[Trial]) -> Verdict:
    """Judge "with wrong labels, a longer training makes it worse": the last run against the last but one."""
    short, long = trials[-2:]
    margin = margin_of_difference(seed_spread(short.settings).val_accuracy)
    change = Difference.of(short.test_accuracy, long.test_accuracy, margin)
    return Verdict(
        OF_GAIN[-change.way],
        {
            "short": str(len(short.epochs)),
            "long": str(len(long.epochs)),
            "short_test": change.before,
            "long_test": change.after,
            "change": change.points,
            "margin": change.margin,
            "short_train": percent(short.epochs[-1].accuracy),
            "long_train": percent(long.epochs[-1].accuracy),
        },
        undecided=() if change.way else OUTCOMES,
    )


@unless_unlearned
def judge_missing(trials: Sequence[Trial]) -> Verdict:
    """Judge "the test accuracy hides that a class is missing": the last run against the first.

    held: it loses fewer than `HIDDEN` points; not_held: more than `SEEN`; within_noise: in between.
    """
    lost = _lost(trials[0], trials[-1])
    values = {"before": lost.before, "after": lost.after, "lost": lost.points}
    return Verdict(_by_size(float(lost.points) * -lost.way, HIDDEN, SEEN), values | _name(trials[-1]))


@unless_unlearned
def judge_missing_class(trials: Sequence[Trial]) -> Verdict:
    """Judge "hardly any image of the missing class is recognised", of the last run."""
    label = trials[-1].settings.rare_class
    shares = [recall(trial.result.by_class)[label] for trial in trials]
    before, some, few = map(percent, shares)
    right, images = trials[-1].result.by_class[label]
    values = {"before": before, "some": some, "few": few, "right": f"{right:,}", "images": f"{images:,}"}
    return Verdict(_by_size(shares[-1], HARDLY, HALF), values | _name(trials[-1]))


@unless_unlearned
def judge_wrong_reason(trials: Sequence[Trial]) -> Verdict:
    """Judge "without the mark, hardly any image of the marked class is recognised"."""
    (trial,) = trials
    right, images = trial.result.by_class[trial.settings.marked_class]
    share = right / images if images else 0.0
    values = {
        "share": percent(share),
        "right": f"{right:,}",
        "images": f"{images:,}",
        "train": percent(trial.epochs[-1].accuracy),
        "test": percent(trial.test_accuracy),
        "marked": percent(trial.result.marked_accuracy),
    }
    return Verdict(_by_size(share, HARDLY, HALF), values)


@unless_unlearned
def judge_taken(trials: Sequence[Trial]) -> Verdict:
    """Judge "with the mark, much else is taken for the marked class"."""
    (trial,) = trials
    taken = trial.result.marked_taken
    outcome: Outcome = "not_held" if taken < NEVER else "held" if taken > OFTEN else "within_noise"
    return Verdict(outcome, {"taken": percent(taken)})


def _lost(before: Trial, after: Trial) -> Difference:
    return Difference.of(before.test_accuracy, after.test_accuracy)


def _by_size(value: float, low: float, high: float) -> Outcome:
    return "held" if value < low else "not_held" if value > high else "within_noise"


def _name(trial: Trial) -> dict[str, str]:
    return {"name": Term(DATASETS[trial.settings.dataset].class_names[trial.settings.rare_class])}
