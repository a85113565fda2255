"""How the runs of a mission are compared, and where a result counts as small or large."""

from __future__ import annotations

from fvapp.core.missions.trials import Trial, Trials
from fvapp.core.missions.verdict import Outcome
from fvapp.core.results.chance import margin_of_difference, seed_spread
from fvapp.core.wording import Difference

HARDLY, HALF = 0.1, 0.5
"""Shares of a class that is recognised."""


def val_change(before: Trial, after: Trial) -> Difference:
    """Compare the validation accuracies, by the spread over seeds."""
    return Difference.of(before.val_accuracy, after.val_accuracy, margin_of(before))


def margin_of(trial: Trial) -> float:
    """Return how far the validation accuracies of two such runs differ by chance alone."""
    return margin_of_difference(seed_spread(trial.settings).val_accuracy)


def test_change(before: Trial, after: Trial) -> Difference:
    """Compare the test accuracies as they are shown."""
    return Difference.of(before.test_accuracy, after.test_accuracy)


def by_parameters(trials: Trials) -> list[Trial]:
    return sorted(trials, key=lambda trial: trial.parameters)


def by_bounds(value: float, low: float, high: float) -> Outcome:
    """Return the outcome of "it is small"."""
    return "held" if value < low else "not_held" if value > high else "within_noise"
