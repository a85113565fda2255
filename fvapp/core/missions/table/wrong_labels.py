"""Mission 11: wrong labels, and what a longer training makes of them."""

from __future__ import annotations

from fvapp.core.missions.comparing import by_bounds, margin_of, test_change
from fvapp.core.missions.mission import CHOOSING, Claim, Mission, Question
from fvapp.core.missions.trials import Trials, unless_unlearned
from fvapp.core.missions.verdict import OF_GAIN, OUTCOMES, Verdict
from fvapp.core.wording import Difference, percent

_FEW_WRONG = {**CHOOSING, "train_images": 5_000, "wrong_labels": 0.3}

LITTLE, MUCH = 10, 30
"""Points of test accuracy that wrong labels cost."""


@unless_unlearned
def judge_wrong_labels(trials: Trials) -> Verdict:
    """Judge "half of the labels wrong cost little": the second run against the first; the third is told.

    held: fewer than `LITTLE` points; not_held: more than `MUCH`; within_noise: in between.
    """
    right, half, most = trials[:3]
    lost = test_change(right, half)
    return Verdict(
        by_bounds(float(lost.points) * -lost.way, LITTLE, MUCH),
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
def judge_by_heart(trials: Trials) -> Verdict:
    """Judge "with wrong labels, a longer training makes it worse": the last run against the last but one."""
    short, long = trials[-2:]
    margin = margin_of(short)
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


MISSION = Mission(
    "wrong_labels",
    "11",
    ("held", "within_noise", "not_held"),
    (Question("survives", "b"), Question("by_heart", "c")),
    ("label", "accuracy", "percentage_point"),
    runs=(
        *({**CHOOSING, "wrong_labels": share} for share in (0.0, 0.5, 0.8)),
        *({**_FEW_WRONG, "epochs": epochs} for epochs in (5, 60)),
    ),
    judge=judge_wrong_labels,
    second=Claim("longer", ("not_held", "within_noise", "held"), judge_by_heart),
    shows=("table",),
    unplugged=True,
)
