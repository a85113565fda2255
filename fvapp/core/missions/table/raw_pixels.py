"""Mission 7: pixels from 0 to 255, not normalised."""

from __future__ import annotations

from fvapp.core.missions.comparing import val_change
from fvapp.core.missions.mission import WIDE, Mission, Question
from fvapp.core.missions.trials import Trials, unless_broken
from fvapp.core.missions.verdict import LEARNED_NOTHING, OUTCOMES, Outcome, Verdict
from fvapp.core.wording import loss_text, percent

FAR_HIGHER = 2.0
"""The first loss on raw pixels counts as far higher from twice the other on: seeds move it by a few per cent."""

GUESSED = 0.1
"""The accuracy of guessing among ten classes."""


@unless_broken
def judge_raw_pixels(trials: Trials) -> Verdict:
    """Judge "without normalising the first epoch's loss is far higher, then it recovers".

    held: at least `FAR_HIGHER` times as high at first, then more than half of the way down to the other loss and up to
    the other accuracy was made. not_held: it has not learned, by its accuracy, and the other has. within_noise: neither
    first loss nor accuracy differ. neither: what is left, such as a loss that began high and stayed there.
    """
    normal, raw = sorted(trials, key=lambda trial: not trial.settings.normalisation)
    ratio = raw.epochs[0].loss / normal.epochs[0].loss
    half_way = (raw.epochs[0].loss + normal.epochs[-1].loss) / 2
    recovered = raw.epochs[-1].loss < half_way and raw.val_accuracy > (GUESSED + normal.val_accuracy) / 2
    gain = val_change(normal, raw)
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


MISSION = Mission(
    "raw_pixels",
    "7",
    ("not_held", "held", "within_noise"),
    (Question("why", "c"),),
    ("normalising", "loss", "batch", "weight", "softmax", "adam"),
    dataset="mnist",
    runs=(WIDE, {**WIDE, "normalisation": False}),
    judge=judge_raw_pixels,
    outcomes=(*OUTCOMES, "neither"),
    shows=("losses", "table"),
)
