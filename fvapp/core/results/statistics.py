"""Groups of runs that differ only in their seed, and whether two groups differ by more than chance."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count as count_from
from statistics import fmean, stdev
from typing import Literal

from fvapp.core.results.comparison import Change
from fvapp.core.runs import RunRecord
from fvapp.core.settings import SETTINGS, RunSettings
from fvapp.core.wording import Translate

Outcome = Literal["more", "less", "cannot_say", "single"]

SIGNIFICANCE = 0.05
"""A difference counts as more than noise when chance alone would give one as large in fewer than 1 of 20 cases."""


@dataclass(frozen=True)
class Group:
    """Runs with the same settings but for the seed, at most one for each seed.

    Two runs with the same seed are the same run twice: they say nothing about chance.

    Attributes:
        settings: of its first run.
        runs: in the order of their numbers, all with a test accuracy.
    """

    settings: RunSettings
    runs: tuple[RunRecord, ...]

    @property
    def accuracies(self) -> tuple[float, ...]:
        return tuple(run.result.test_accuracy for run in self.runs)

    @property
    def mean(self) -> float:
        return fmean(self.accuracies)

    @property
    def spread(self) -> float | None:
        """The sample standard deviation (n - 1) of the test accuracies; None for a single run."""
        return stdev(self.accuracies) if len(self.runs) > 1 else None


@dataclass(frozen=True)
class Verdict:
    """What two groups of test accuracies say.

    Attributes:
        outcome: "single" when a group has one run only: then nobody can tell. "more" than noise: Welch's test gives
            p below ``SIGNIFICANCE``. "less": it does not, and the means are closer to each other than runs that
            differ only in their seed usually are. "cannot_say": neither.
        difference: mean of the second group less mean of the first.
        noise: how far runs that differ only in their seed lie apart: root of the mean of both variances, 0 for single
            runs.
        p: two-sided p value of Welch's t test, None for single runs.
    """

    outcome: Outcome
    difference: float
    noise: float = 0.0
    p: float | None = None


def group_runs(records: Iterable[RunRecord]) -> tuple[Group, ...]:
    """Return the groups of all runs that have a test accuracy, in the order of their first runs.

    Runs belong together that had the same settings but for the seed and completed the same number of epochs.
    """
    groups: dict[object, dict[int, RunRecord]] = {}
    for record in records:
        if record.result is not None and math.isfinite(record.result.test_accuracy):
            key = (record.settings.with_values(seed=0), record.epochs, record.epoch, record.step)
            groups.setdefault(key, {}).setdefault(record.settings.seed, record)
    return tuple(Group(next(iter(runs.values())).settings, tuple(runs.values())) for runs in groups.values())


def compare_groups(first: Sequence[float], second: Sequence[float]) -> Verdict:
    """Return whether the means of two groups differ by more than chance, by Welch's t test.

    Args:
        first, second: test accuracies, at least one each.
    """
    difference = fmean(second) - fmean(first)
    if min(len(first), len(second)) < 2:
        return Verdict("single", difference)
    noise = math.sqrt((stdev(first) ** 2 + stdev(second) ** 2) / 2)
    p = welch_p(first, second)
    if p < SIGNIFICANCE:
        outcome: Outcome = "more"
    else:
        outcome = "less" if abs(difference) <= noise else "cannot_say"
    return Verdict(outcome, difference, noise, p)


def welch_p(first: Sequence[float], second: Sequence[float]) -> float:
    """Return the two-sided p value of Welch's t test, for groups of two values or more.

    B. L. Welch, "The generalization of Student's problem when several different population variances are involved",
    Biometrika 34 (1947); degrees of freedom after Satterthwaite. Groups without any spread give 1 when they are
    equal and 0 when they are not.
    """
    # Only the distribution is scipy's: `scipy.stats` takes 0.7 s to import, `scipy.special` 0.2 s, and only the
    # visitor who compares groups needs it.
    from scipy.special import stdtr

    shares = [stdev(values) ** 2 / len(values) for values in (first, second)]
    difference = abs(fmean(first) - fmean(second))
    if not sum(shares):
        return 0.0 if difference else 1.0
    degrees = sum(shares) ** 2 / sum(
        share**2 / (len(values) - 1) for share, values in zip(shares, (first, second), strict=True)
    )
    return float(2 * stdtr(degrees, -difference / math.sqrt(sum(shares))))


def verdict_sentence(verdict: Verdict, first: str, second: str, t: Translate, changes: Sequence[Change] = ()) -> str:
    """Return a verdict in words a student understands.

    Args:
        first, second: what the two groups are called.
        changes: what differs between them; with a different data set no verdict is given.
    """
    if any(change.name == "dataset" for change in changes):
        return t("compare.verdict.other_data")
    return t(
        f"compare.verdict.{verdict.outcome}",
        better=second if verdict.difference > 0 else first,
        worse=first if verdict.difference > 0 else second,
        difference=points(abs(verdict.difference)),
        noise=points(verdict.noise),
    )


def points(share: float) -> str:
    """Return a difference of two accuracies in percentage points: ``0.0123`` is ``"1.2"``, ``0.0012`` is ``"0.12"``."""
    value = 100 * share
    return f"{value:.1f}" if value >= 0.95 or value == 0 else f"{value:.2f}"


def fresh_seeds(settings: RunSettings, records: Iterable[RunRecord], count: int) -> tuple[RunSettings, ...]:
    """Return the same settings with `count` seeds that no run with these settings has had."""
    alike = settings.with_values(seed=0)
    used = {record.settings.seed for record in records if record.settings.with_values(seed=0) == alike}
    free = (seed for seed in _seeds_after(settings.seed) if seed not in used)
    return tuple(settings.with_values(seed=next(free)) for _ in range(count))


def _seeds_after(seed: int) -> Iterator[int]:
    most = int(SETTINGS["seed"].maximum)
    return ((seed + step) % (most + 1) for step in count_from(1))
