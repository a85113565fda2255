"""Compares the runs of a mission, and judges whether results are small or large."""

from collections.abc import Mapping, Sequence
from typing import Any

from fvapp.core.datasets import DATASETS
from fvapp.core.missions.trials import MissionRun, MissionRuns
from fvapp.core.missions.verdict import (
    HELD_FIRST,
    OUTCOME_OF_GAIN,
    OUTCOMES,
    MissionVerdict,
    Outcome,
)
from fvapp.core.results.chance import margin_of_difference, seed_spread
from fvapp.core.wording import AccuracyDifference, NumberClaim

HARDLY = 10
HALF = 50
"""Bounds for the percentage of a class's images that a network recognises.

Below `HARDLY`, the network recognises hardly any image. Above `HALF`, it recognises more than half.
"""


def val_accuracy_change(before: MissionRun, after: MissionRun) -> AccuracyDifference:
    """Return the change in validation accuracy, with a margin of error for different seeds."""
    return AccuracyDifference.from_accuracies(
        before.val_accuracy, after.val_accuracy, chance_margin(before)
    )


def chance_margin(trial: MissionRun) -> float:
    """Return how much a run's validation accuracy may vary if only the seed changes."""
    return margin_of_difference(seed_spread(trial.settings).val_accuracy)


def class_name_or_catalogue_key(dataset: str, label: int) -> str:
    """Return the name of a class, or the catalogue key of the name if it is translated later."""
    return DATASETS[dataset].class_name(label)


def sort_trials_by_parameter_count(trials: MissionRuns) -> list[MissionRun]:
    return sorted(trials, key=lambda trial: trial.parameters)


def lost_accuracy_texts(before: float, after: float) -> dict[str, str]:
    """Return two accuracies and the drop from the first to the second, as strings for a sentence.

    The drop is negative for a rise.
    """
    change = AccuracyDifference.from_accuracies(before, after)
    sign = "-" if change.direction > 0 else ""
    return change.as_sentence_values("before", "after", "points") | {
        "lost": sign + change.percentage_points,
        "change": change.signed_points,
    }


def judge_accuracy_gain(
    change: AccuracyDifference,
    *names: str,
    values: Mapping[str, str] = {},
    better: int = 1,
    level: tuple[str, ...] = OUTCOMES,
    claims: tuple[NumberClaim, ...] = (),
    **more: Any,
) -> MissionVerdict:
    """Return the verdict on the claim "the accuracy gets better", given the change in accuracy.

    Args:
        names: the sentence's four placeholders for accuracy before and after, difference and
            margin; see :meth:`AccuracyDifference.as_sentence_values`.
        values: placeholder -> text, for all other numbers in the sentence.
        better: -1 if the claim is "the accuracy gets worse".
        level: predictions that are neither right nor wrong if the change is within the margin of
            error.
        more: further fields of the :class:`MissionVerdict`.
    """
    before, after, _, margin = names
    claims = (change.as_number_claim(before, after, margin), *claims)
    left_open = () if change.direction else level
    numbers = {**change.as_sentence_values(*names), **values}
    return MissionVerdict(
        OUTCOME_OF_GAIN[better * change.direction],
        numbers,
        undecided=left_open,
        claims=claims,
        **more,
    )


def judge_between_bounds(
    name: str,
    values: Mapping[str, str],
    low: int,
    high: int,
    outcomes: Sequence[Outcome] = HELD_FIRST,
    further: tuple[str, ...] = (),
) -> MissionVerdict:
    """Return the verdict on a number, by comparing it with a lower and an upper bound.

    The number is compared as it is displayed, after rounding.

    Args:
        name: the key of the number in `values`.
        outcomes: the outcomes for a number below, between and above the bounds. By default, the
            claim is "the number is small".
    """
    value = float(values[name].removesuffix("%"))
    below = str(low)
    above = str(high)
    between = NumberClaim("at_least", name, below), NumberClaim("at_least", above, name)
    claims = (NumberClaim("below", name, below),), between, (NumberClaim("below", above, name),)
    place = (value >= low) + (value > high)
    return MissionVerdict(outcomes[place], values, further, claims=claims[place])
