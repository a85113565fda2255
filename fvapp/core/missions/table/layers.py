"""Mission 5: a second hidden layer."""

from __future__ import annotations

from fvapp.core.missions.comparing import val_change
from fvapp.core.missions.mission import CHOOSING, WIDE, Mission, Question, Runs
from fvapp.core.missions.trials import Trials, unless_broken
from fvapp.core.missions.verdict import OF_GAIN, OUTCOMES, Verdict
from fvapp.core.wording import percent


@unless_broken
def judge_layers(trials: Trials) -> Verdict:
    """Judge "a second hidden layer brings a better accuracy"."""
    one, two = sorted(trials, key=lambda trial: len(trial.settings.hidden))
    gain = val_change(one, two)
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


def _behind(width: int) -> Runs:
    return WIDE, {**CHOOSING, "hidden": (512, width)}


MISSION = Mission(
    "layers",
    "5",
    ("held", "within_noise", "not_held"),
    (Question("fair", "b"),),
    ("neuron", "weight", "convolution", "validation", "accuracy", "percentage_point", "seed"),
    dataset="mnist",
    variants={"w256": _behind(256), "w32": _behind(32), "w1024": _behind(1024)},
    judge=judge_layers,
    shows=("network", "table"),
)
