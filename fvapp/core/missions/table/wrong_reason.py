"""Mission 13: a white mark on the images of a class, and what a network learns from the mark."""

from fvapp.core.missions.comparing import HALF, HARDLY, judge_between_bounds
from fvapp.core.missions.mission import CHOOSING, read_mission
from fvapp.core.missions.trials import MissionRuns, judge_only_learned_runs
from fvapp.core.missions.verdict import HELD_LAST, MissionVerdict
from fvapp.core.wording import share_as_percent

NEVER = 1
OFTEN = 10
"""Bounds for the percentage of other images that a network takes for the marked class.

Below `NEVER`, such mistakes count as rare. Above `OFTEN`, they count as frequent.
"""


@judge_only_learned_runs(0, by_class=True)
def judge_wrong_reason(trials: MissionRuns) -> MissionVerdict:
    """Judge whether hardly any image of the marked class is recognised without its white mark."""
    (trial,) = trials
    right, images = trial.measured_result.by_class[int(trial.settings.marked_class)]
    share = right / images if images else 0.0
    values = {
        "share": share_as_percent(share),
        "right": f"{right:,}",
        "images": f"{images:,}",
        "train": share_as_percent(trial.epochs[-1].accuracy),
        "test": share_as_percent(trial.test_accuracy),
        "marked": share_as_percent(trial.measured_result.marked_accuracy),
    }
    return judge_between_bounds("share", values, HARDLY, HALF)


@judge_only_learned_runs(0, by_class=True)
def judge_images_taken_for_marked(trials: MissionRuns) -> MissionVerdict:
    """Judge whether many other images are taken for the marked class if they get its mark."""
    (trial,) = trials
    return judge_between_bounds(
        "taken",
        {"taken": share_as_percent(trial.measured_result.marked_taken)},
        NEVER,
        OFTEN,
        HELD_LAST,
    )


MISSION = read_mission(
    __file__,
    runs=({**CHOOSING, "marked_class": 9},),
    judge=judge_wrong_reason,
    second_judge=judge_images_taken_for_marked,
)
