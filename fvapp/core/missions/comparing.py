"""How the runs of a mission are compared, and where a result counts as small or large."""

from collections.abc import Mapping, Sequence
from typing import Any

from fvapp.core.datasets import DATASETS
from fvapp.core.missions.trials import Trial, Trials
from fvapp.core.missions.verdict import OF_GAIN, OUTCOMES, Outcome, Verdict
from fvapp.core.results.chance import margin_of_difference, seed_spread
from fvapp.core.wording import Difference, Says

HARDLY = 10
HALF = 50
"""Per cent of a class that is recognised."""

BELOW: tuple[Outcome, Outcome, Outcome] = ("held", "within_noise", "not_held")
"""What becomes of "it is small" below both bounds, between them and above both; backwards, of "it
is large".
"""


def val_change(before: Trial, after: Trial) -> Difference:
    """Compare the validation accuracies, by the spread over seeds."""
    return Difference.of(before.val_accuracy, after.val_accuracy, margin_of(before))


def margin_of(trial: Trial) -> float:
    """Return how far the validation accuracies of two such runs differ by chance alone."""
    return margin_of_difference(seed_spread(trial.settings).val_accuracy)


def class_term(dataset: str, label: int) -> str:
    """Return the name of a class, worded where it is read."""
    return DATASETS[dataset].class_name(label)


def by_parameters(trials: Trials) -> list[Trial]:
    return sorted(trials, key=lambda trial: trial.parameters)


def lost_points(before: float, after: float) -> dict[str, str]:
    """Return two accuracies, and what was lost from one to the other, below 0 where it was won."""
    change = Difference.of(before, after)
    return change.named("before", "after", "points") | {
        "lost": change.lost,
        "change": change.signed,
    }


def by_gain(
    change: Difference,
    *names: str,
    values: Mapping[str, str] = {},
    better: int = 1,
    level: tuple[str, ...] = OUTCOMES,
    says: tuple[Says, ...] = (),
    **more: Any,
) -> Verdict:
    """Return the verdict on "it gets better" by a difference.

    Args:
        names: of its four numbers in the sentence, as for :meth:`Difference.named`; `values` are
            the others.
        better: -1 where the claim is that it gets worse.
        level: predictions that stay open within the margin.
        more: of a `Verdict`.
    """
    before, after, _, margin = names
    said = (change.says(before, after, margin), *says)
    left_open = () if change.way else level
    numbers = {**change.named(*names), **values}
    return Verdict(OF_GAIN[better * change.way], numbers, undecided=left_open, says=said, **more)


def by_bounds(
    name: str,
    values: Mapping[str, str],
    low: int,
    high: int,
    outcomes: Sequence[Outcome] = BELOW,
    further: tuple[str, ...] = (),
) -> Verdict:
    """Return the verdict on a number, as it is shown, by two bounds."""
    value = float(values[name].removesuffix("%"))
    below = str(low)
    above = str(high)
    between = Says("at_least", name, below), Says("at_least", above, name)
    says = (Says("below", name, below),), between, (Says("below", above, name),)
    place = (value >= low) + (value > high)
    return Verdict(outcomes[place], values, further, says=says[place])
