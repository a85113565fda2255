"""Mission 2: the effect of more neurons, and whether doubling them is worth the time."""

from fvapp.core.missions.comparing import (
    judge_accuracy_gain,
    sort_trials_by_parameter_count,
    val_accuracy_change,
)
from fvapp.core.missions.mission import CHOOSING, Runs, read_mission
from fvapp.core.missions.trials import MissionRun, MissionRuns, judge_only_learned_runs
from fvapp.core.missions.verdict import MissionVerdict, Outcome
from fvapp.core.wording import NumberClaim, share_as_percent

LONGER = 1.2
"""Minimum ratio of two runs' times per epoch at which one counts as slower than the other.

When a run is repeated, its time varies by about a tenth.
"""


@judge_only_learned_runs()
def judge_more_neurons(trials: MissionRuns) -> MissionVerdict:
    """Judge from the narrowest and the widest network whether more neurons improve accuracy."""
    fewest, *_, most = sort_trials_by_parameter_count(trials)
    gain = val_accuracy_change(fewest, most)
    best = max(trials, key=lambda trial: trial.val_accuracy)
    chosen = next(
        trial
        for trial in sort_trials_by_parameter_count(trials)
        if not val_accuracy_change(trial, best).direction
    )
    values = {
        "fewest": _hidden_width_text(fewest),
        "most": _hidden_width_text(most),
        "times_parameters": f"{most.parameters / fewest.parameters:.0f}",
        "times_seconds": f"{most.seconds_per_epoch / fewest.seconds_per_epoch:.1f}",
        "chosen": _hidden_width_text(chosen),
        "test": share_as_percent(chosen.test_accuracy),
    }
    return judge_accuracy_gain(
        gain,
        "fewest_accuracy",
        "most_accuracy",
        "gain",
        "noise",
        values=values,
        further=("neurons.measured",),
        chosen=trials.index(chosen),
    )


@judge_only_learned_runs()
def judge_doubled_neurons(trials: MissionRuns) -> MissionVerdict:
    """Judge whether 1,024 neurons instead of 512 make training slower but the accuracy better.

    The course notebook, which the missions follow, makes this claim. The outcome is ``held`` if
    training is slower and the accuracy better, ``within_noise`` if training is slower and the
    accuracies differ only by chance, and ``not_held`` if training is not slower but the accuracy
    better. In all other cases, it is ``neither``.
    """
    *_, second_most, most = sort_trials_by_parameter_count(trials)
    gain = val_accuracy_change(second_most, most)
    times = f"{most.seconds_per_epoch / second_most.seconds_per_epoch:.1f}"
    longer = float(times) >= LONGER
    outcomes: dict[tuple[bool, int], Outcome] = {
        (True, 1): "held",
        (True, 0): "within_noise",
        (False, 1): "not_held",
    }
    left_open: Outcome = "held" if longer else "not_held"
    return MissionVerdict(
        outcomes.get((longer, gain.direction), "neither"),
        {
            "before": _hidden_width_text(second_most),
            "after": _hidden_width_text(most),
            **gain.as_sentence_values("before_accuracy", "after_accuracy", "gain", "noise"),
            "signed_gain": gain.signed_points,
            "times_seconds": times,
        },
        undecided=() if gain.direction else (left_open,),
        claims=(
            gain.as_number_claim("before_accuracy", "after_accuracy", "noise"),
            NumberClaim("at_least" if longer else "below", "times_seconds", str(LONGER)),
        ),
    )


def _hidden_width_text(trial: MissionRun) -> str:
    return f"{trial.settings.hidden[0]:,}"


def _runs_with_hidden_widths(narrowest: int) -> Runs:
    return tuple({**CHOOSING, "hidden": (width,)} for width in (narrowest, 128, 512, 1024))


MISSION = read_mission(
    __file__,
    variants={
        "w8": _runs_with_hidden_widths(8),
        "w32": _runs_with_hidden_widths(32),
        "w64": _runs_with_hidden_widths(64),
    },
    judge=judge_more_neurons,
    second_judge=judge_doubled_neurons,
)
