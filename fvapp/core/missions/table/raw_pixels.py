"""Mission 7: training on pixels from 0 to 255, which are not normalised."""

from fvapp.core.missions.comparing import val_accuracy_change
from fvapp.core.missions.mission import WIDE, read_mission
from fvapp.core.missions.trials import MissionRuns, judge_only_learned_runs, require_measured_number
from fvapp.core.missions.verdict import MissionVerdict, Outcome
from fvapp.core.results.learned import unlearned_message
from fvapp.core.wording import AccuracyDifference, NumberClaim, loss_text, share_as_percent

FAR_HIGHER = 2.0
"""Minimum ratio of two losses after the first epoch at which one loss is "far higher".

Different seeds change the ratio by a few per cent.
"""

NEAR = 0.1
"""Largest gap to another network's accuracy at which a network counts as recovered.

The value 0.1 means ten percentage points.
"""


@judge_only_learned_runs(0)
def judge_raw_pixels(trials: MissionRuns) -> MissionVerdict:
    """Judge whether the loss without normalising is far higher in the first epoch, then recovers.

    The run on raw pixels is compared with the run on normalised pixels. The outcome is ``held``
    under three conditions: the first loss on raw pixels is at least `FAR_HIGHER` times as high; the
    loss then falls more than half of the way to the last loss on normalised pixels; and the two
    accuracies are similar. The outcome is ``not_held`` if the accuracy on raw pixels shows that the
    network has learned nothing, and ``within_noise`` if neither the first losses nor the accuracies
    differ. It is ``neither`` in all other cases, such as a loss that started high and stayed high.
    """
    normal, raw = sorted(trials, key=lambda trial: not trial.settings.normalisation)
    first = require_measured_number(raw.epochs[0].loss)
    last = require_measured_number(raw.epochs[-1].loss)
    # Keras clips probabilities at 1 - 1e-7, so a loss of less than 1e-7 cannot occur.
    ratio = first / max(require_measured_number(normal.epochs[0].loss), 1e-7)
    half_way = (first + require_measured_number(normal.epochs[-1].loss)) / 2
    gain = val_accuracy_change(normal, raw)
    near = AccuracyDifference.from_accuracies(normal.val_accuracy, raw.val_accuracy, NEAR)
    claims: tuple[NumberClaim, ...] = ()
    learned = [
        unlearned_message(trial.settings.dataset, trial.val_accuracy) is None
        for trial in (normal, raw)
    ]
    if learned == [True, False]:
        outcome: Outcome = "not_held"
    elif all(learned) and ratio >= FAR_HIGHER and last < half_way and near.direction >= 0:
        outcome = "held"
        claims = (
            NumberClaim("at_least", "times", f"{FAR_HIGHER:g}"),
            near.as_number_claim("accuracy", "raw_accuracy", "near"),
        )
    elif 1 / FAR_HIGHER < ratio < FAR_HIGHER and not gain.direction:
        outcome = "within_noise"
        claims = (gain.as_number_claim("accuracy", "raw_accuracy", "noise"),)
    else:
        outcome = "neither"

    return MissionVerdict(
        outcome,
        {
            "raw_first": loss_text(first),
            "raw_last": loss_text(last),
            "first": loss_text(normal.epochs[0].loss),
            "last": loss_text(normal.epochs[-1].loss),
            "times": f"{ratio:.1f}",
            "epochs": str(len(raw.epochs)),
            **gain.as_sentence_values("accuracy", "raw_accuracy", "gain", "noise"),
            "near": near.margin_points,
            "raw_test": share_as_percent(raw.test_accuracy),
            "test": share_as_percent(normal.test_accuracy),
        },
        ("raw_pixels.measured",),
        claims=claims,
    )


MISSION = read_mission(
    __file__, runs=(WIDE, {**WIDE, "normalisation": False}), judge=judge_raw_pixels
)
