"""Mission 11: how much accuracy wrong labels cost, and how longer training affects this."""

from fvapp.core.missions.comparing import (
    chance_margin,
    judge_accuracy_gain,
    judge_between_bounds,
    lost_accuracy_texts,
)
from fvapp.core.missions.mission import CHOOSING, read_mission
from fvapp.core.missions.trials import MissionRuns, judge_only_learned_runs, require_measured_number
from fvapp.core.missions.verdict import MissionVerdict
from fvapp.core.wording import AccuracyDifference, share_as_percent

_FEW_WRONG = {**CHOOSING, "train_images": 5_000, "wrong_labels": 0.3}

LITTLE = 10
MUCH = 30
"""Bounds for the drop in test accuracy due to wrong labels, in percentage points.

A drop below `LITTLE` counts as small, a drop above `MUCH` as large.
"""


@judge_only_learned_runs(0, by_class=True)
def judge_wrong_labels(trials: MissionRuns) -> MissionVerdict:
    """Judge from the first two runs whether wrong labels on half the images cost little accuracy.

    The first run has no wrong labels. The outcome is ``held`` if the test accuracy of the second
    run is lower by fewer than `LITTLE` percentage points, ``not_held`` if it is lower by more than
    `MUCH`, and ``within_noise`` in between. The third run appears in the verdict's sentence but is
    not judged.
    """
    right, half, most = trials[:3]
    values = lost_accuracy_texts(right.test_accuracy, half.test_accuracy) | {
        "half_train": share_as_percent(half.epochs[-1].accuracy),
        "most_test": share_as_percent(most.test_accuracy),
        "most_train": share_as_percent(most.epochs[-1].accuracy),
    }
    return judge_between_bounds("lost", values, LITTLE, MUCH, further=("wrong_labels.measured",))


@judge_only_learned_runs(0, -2, by_class=True)
def judge_longer_training_wrong_labels(trials: MissionRuns) -> MissionVerdict:
    """Judge from the last two runs whether longer training on wrong labels lowers accuracy."""
    short, long = trials[-2:]
    change = AccuracyDifference.from_accuracies(
        short.test_accuracy, long.test_accuracy, chance_margin(short)
    )
    train = AccuracyDifference.from_accuracies(
        require_measured_number(short.epochs[-1].accuracy),
        require_measured_number(long.epochs[-1].accuracy),
    )
    lengths = {"short": str(len(short.epochs)), "long": str(len(long.epochs))}
    return judge_accuracy_gain(
        change,
        "short_test",
        "long_test",
        "change",
        "margin",
        values=lengths | train.as_sentence_values("short_train", "long_train", "train_change"),
        better=-1,
        claims=(train.as_number_claim("short_train", "long_train"),),
        further=("wrong_labels.by_heart",) if train.direction > 0 and change.direction < 0 else (),
    )


MISSION = read_mission(
    __file__,
    runs=(
        *({**CHOOSING, "wrong_labels": share} for share in (0.0, 0.5, 0.8)),
        *({**_FEW_WRONG, "epochs": epochs} for epochs in (5, 60)),
    ),
    judge=judge_wrong_labels,
    second_judge=judge_longer_training_wrong_labels,
)
