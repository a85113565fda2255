"""Mission 5: the effect of a second hidden layer."""

from fvapp.core.missions.comparing import judge_accuracy_gain, val_accuracy_change
from fvapp.core.missions.mission import CHOOSING, Runs, read_mission
from fvapp.core.missions.trials import MissionRuns, judge_only_learned_runs
from fvapp.core.missions.verdict import MissionVerdict
from fvapp.core.wording import share_as_percent


@judge_only_learned_runs()
def judge_second_hidden_layer(trials: MissionRuns) -> MissionVerdict:
    """Judge whether a second hidden layer improves the accuracy."""
    one_layer, two_layers = sorted(trials, key=lambda trial: len(trial.settings.hidden))
    gain = val_accuracy_change(one_layer, two_layers)
    chosen = two_layers if gain.direction > 0 else one_layer
    values = {
        "one_parameters": f"{one_layer.parameters:,}",
        "two_parameters": f"{two_layers.parameters:,}",
        "chosen": " + ".join(map(str, chosen.settings.hidden)),
        "test": share_as_percent(chosen.test_accuracy),
    }
    return judge_accuracy_gain(
        gain,
        "one_accuracy",
        "two_accuracy",
        "gain",
        "noise",
        values=values,
        further=("layers.measured",),
        chosen=trials.index(chosen),
    )


def _runs_with_one_and_two_layers(first: int, second: int) -> Runs:
    return tuple({**CHOOSING, "hidden": hidden} for hidden in ((first,), (first, second)))


MISSION = read_mission(
    __file__,
    variants={
        "n8": _runs_with_one_and_two_layers(8, 64),
        "w32": _runs_with_one_and_two_layers(512, 32),
        "w256": _runs_with_one_and_two_layers(512, 256),
        "w1024": _runs_with_one_and_two_layers(512, 1024),
    },
    judge=judge_second_hidden_layer,
)
