"""Mission 14: teaches a trained network five drawings, alone or mixed with original images."""

from fvapp.core.missions.comparing import class_name_or_catalogue_key, judge_accuracy_gain
from fvapp.core.missions.mission import NOTEBOOK, read_mission
from fvapp.core.missions.trials import MissionRuns, judge_only_learned_runs
from fvapp.core.missions.verdict import MissionVerdict
from fvapp.core.results.by_class import recall_by_class
from fvapp.core.wording import AccuracyDifference

DRAWINGS = 5
"""Number of drawings that are taught to a network at once."""

TRIES = 6
"""Once a visitor has kept this many drawings, even recognised drawings may be taught.

Before that, only drawings that the network misreads are taught. Without this limit, there would be
nothing to teach to a network that recognises every drawing.
"""

SAME = 0.002
"""Largest difference at which the test accuracies before and after teaching count as the same.

If about 100 of 10,000 answers become correct or wrong by chance, the accuracy changes by less than
this in 19 of 20 cases.
"""


@judge_only_learned_runs(0, by_class=True)
def judge_forgetting(trials: MissionRuns) -> MissionVerdict:
    """Judge whether learning only drawings (run 2, after run 1) lowers accuracy on test images."""
    before, only, _ = trials
    shares = [recall_by_class(trial.measured_result.by_class) for trial in (before, only)]
    label = max(range(10), key=lambda label: shares[0][label] - shares[1][label])
    right, images = before.measured_result.by_class[label]
    name = class_name_or_catalogue_key(before.settings.dataset, label)
    change = AccuracyDifference.from_accuracies(before.test_accuracy, only.test_accuracy, SAME)
    values = {
        "name": name,
        "images": f"{images:,}",
        "right_before": f"{right:,}",
        "right_after": f"{only.measured_result.by_class[label][0]:,}",
    }

    return judge_accuracy_gain(
        change, "before", "after", "change", "margin", values=values, better=-1, level=()
    )


@judge_only_learned_runs(0, by_class=True)
def judge_mixed_in_images(trials: MissionRuns) -> MissionVerdict:
    """Judge whether mixing in training images (run 3) makes a network forget less than run 2."""
    _, only, mixed = trials
    change = AccuracyDifference.from_accuracies(only.test_accuracy, mixed.test_accuracy, SAME)
    return judge_accuracy_gain(change, "only", "mixed", "change", "margin", level=())


MISSION = read_mission(
    __file__, runs=(NOTEBOOK,), judge=judge_forgetting, second_judge=judge_mixed_in_images
)
