"""Mission 3: a network without Flatten, which Keras refuses to train."""

from fvapp.core.missions.mission import BROKEN, read_mission
from fvapp.core.missions.mistakes import judge_expected_error
from fvapp.core.missions.trials import MissionRuns
from fvapp.core.missions.verdict import MissionVerdict


def judge_no_flatten(trials: MissionRuns) -> MissionVerdict:
    """Judge whether Keras refuses to train a network without a Flatten layer.

    The outcome is ``held`` if Keras refuses because of the shapes, ``within_noise`` if Keras
    refuses for another reason, and ``not_held`` if Keras trains the network.
    """
    return judge_expected_error(trials, "rank")


MISSION = read_mission(__file__, runs=({**BROKEN, "flatten": False},), judge=judge_no_flatten)
