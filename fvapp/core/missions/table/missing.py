"""Mission 12: a class that is nearly missing from the training images."""

from fvapp.core.missions.comparing import (
    HALF,
    HARDLY,
    class_name_or_catalogue_key,
    judge_between_bounds,
    lost_accuracy_texts,
)
from fvapp.core.missions.mission import CHOOSING, read_mission
from fvapp.core.missions.table.confusion import SHIRTS
from fvapp.core.missions.trials import MissionRun, MissionRuns, judge_only_learned_runs
from fvapp.core.missions.verdict import MissionVerdict
from fvapp.core.results.by_class import recall_by_class
from fvapp.core.wording import share_as_percent

_RARE_SHIRTS = {**CHOOSING, "rare_class": 6}

HIDDEN = 5
SEEN = 15
"""Bounds for the drop in test accuracy when a class is nearly missing, in percentage points.

Below `HIDDEN`, the test accuracy hides the missing class. Above `SEEN`, the test accuracy reveals
it.
"""


@judge_only_learned_runs(0, by_class=True)
def judge_hidden_missing_class(trials: MissionRuns) -> MissionVerdict:
    """Judge whether the test accuracy fails to show that a class is missing in the last run.

    The last run is compared with the first, which has all images of the class. The outcome is
    ``held`` if the last run loses fewer than `HIDDEN` percentage points of test accuracy,
    ``not_held`` if it loses more than `SEEN`, and ``within_noise`` in between.
    """
    lost = lost_accuracy_texts(trials[0].test_accuracy, trials[-1].test_accuracy)
    return judge_between_bounds("lost", lost | _rare_class_name(trials[-1]), HIDDEN, SEEN)


@judge_only_learned_runs(0, by_class=True)
def judge_missing_class(trials: MissionRuns) -> MissionVerdict:
    """Judge whether hardly any image of the missing class is recognised in the last run."""
    label = int(trials[-1].settings.rare_class)
    shares = [recall_by_class(trial.measured_result.by_class)[label] for trial in trials]
    before, some, few = map(share_as_percent, shares)
    right, images = trials[-1].measured_result.by_class[label]
    values = {
        "before": before,
        "some": some,
        "few": few,
        "right": f"{right:,}",
        "images": f"{images:,}",
    }
    return judge_between_bounds("few", values | _rare_class_name(trials[-1]), HARDLY, HALF)


def _rare_class_name(trial: MissionRun) -> dict[str, str]:
    return {
        "name": class_name_or_catalogue_key(trial.settings.dataset, int(trial.settings.rare_class))
    }


MISSION = read_mission(
    __file__,
    runs=(CHOOSING, *({**_RARE_SHIRTS, "rare_share": share} for share in (0.1, 0.01))),
    judge=judge_hidden_missing_class,
    test_image_indices=SHIRTS,
    second_judge=judge_missing_class,
)
