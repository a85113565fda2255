"""Mission 4: networks with five and with twelve outputs for ten classes."""

from collections.abc import Mapping, Sequence
from math import floor, log10
from statistics import fmean

from fvapp.core.answers import Answer
from fvapp.core.missions.mission import BROKEN, NOTEBOOK, read_mission
from fvapp.core.missions.mistakes import judge_expected_error
from fvapp.core.missions.trials import MissionRuns
from fvapp.core.missions.verdict import MissionVerdict, Outcome
from fvapp.core.wording import loss_text, share_as_percent

LEARNED = 0.5
"""Minimum test accuracy of a network that has learned enough for its outputs to mean something."""


def judge_five_outputs(trials: MissionRuns) -> MissionVerdict:
    """Judge whether Keras raises an error about a label if ten classes have only five outputs."""
    return judge_expected_error(trials[:1], "label")


def judge_twelve_outputs(trials: MissionRuns) -> MissionVerdict:
    """Judge whether a network with twelve outputs for ten classes trains without an error."""
    *_, trial = trials
    if trial.has_failed:
        return MissionVerdict("not_held")
    outcome: Outcome = "held" if trial.test_accuracy >= LEARNED else "within_noise"
    return MissionVerdict(
        outcome,
        {"loss": loss_text(trial.epochs[-1].loss), "test": share_as_percent(trial.test_accuracy)},
    )


def spare_output_share_texts(answers: Sequence[Answer]) -> Mapping[str, str]:
    """Return the mean and maximum total share of spare outputs (without a class), as strings."""
    spare = [sum(answer.probabilities[10:]) for answer in answers]
    return {
        "images": str(len(spare)),
        "mean": _small_share_as_percent(fmean(spare)),
        "most": _small_share_as_percent(max(spare)),
    }


def _small_share_as_percent(share: float) -> str:
    """Return a share as a percentage with one decimal, or one significant digit if below 0.1%."""
    return share_as_percent(share, 1 if share >= 0.001 or not share else -floor(log10(100 * share)))


MISSION = read_mission(
    __file__,
    runs=({**BROKEN, "output_units": 5}, {**NOTEBOOK, "output_units": 12}),
    judge=judge_five_outputs,
    second_judge=judge_twelve_outputs,
)
