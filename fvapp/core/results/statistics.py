"""Groups runs that differ only in their seed, and tests whether the groups really differ."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count as count_from
from statistics import fmean, stdev
from typing import Literal

from fvapp.core.datasets import run_split_sizes
from fvapp.core.results.comparison import SettingChange, is_tested_on_other_data
from fvapp.core.results.learned import UnlearnedMessage, unlearned_run_message
from fvapp.core.results.significance import (
    SIGNIFICANCE,
    corrected_welch_p_value,
    first_group_share_of_margin,
    holm_correction,
    significant_margins,
    welch_p_value,
)
from fvapp.core.runs import RunPosition, RunRecord
from fvapp.core.settings import SETTINGS, RunSettings, without_idle_values
from fvapp.core.wording import AccuracyDifference, Translate

AgainstNoise = Literal[
    "more", "less", "cannot_say", "coarse", "single", "alone", "taught", "unlearned"
]
Measure = Literal["val_accuracy", "test_accuracy"]

FEWEST_IMAGES_APART = 5
"""Mean accuracies that differ by fewer images than this never count as different."""


@dataclass(frozen=True)
class SeedGroup:
    """Runs with the same settings but different seeds.

    Two runs with the same seed give the same result, so each seed has at most one run in the group.

    Attributes:
        settings: settings of the group's first run.
        runs: the runs in the order of their numbers, each with a test accuracy.
        val_accuracies: validation accuracy of each run; empty unless all runs have one.
    """

    settings: RunSettings
    runs: tuple[RunRecord, ...]
    val_accuracies: tuple[float, ...] = ()

    def accuracies(self, measure: Measure) -> tuple[float, ...]:
        if measure == "val_accuracy":
            return self.val_accuracies
        return tuple(run.result.test_accuracy for run in self.runs if run.result)

    def mean_accuracy(self, measure: Measure) -> float:
        return fmean(self.accuracies(measure))

    @property
    def unlearned_message(self) -> UnlearnedMessage | None:
        """The message that the network has learned nothing with any of the seeds, or None."""
        sentences = [
            unlearned_run_message(run.settings, run.result, run.epoch, run.accuracy)
            for run in self.runs
            if run.result
        ]
        return sentences[0] if all(sentences) else None

    def accuracy_standard_deviation(self, measure: Measure) -> float | None:
        """Return the sample standard deviation (n - 1) of the accuracies, or None for one run."""
        return stdev(self.accuracies(measure)) if len(self.runs) > 1 else None


@dataclass(frozen=True)
class GroupComparison:
    """The verdict on whether the accuracies of two groups of runs differ.

    Attributes:
        outcome: "unlearned": a network has learned nothing, so there is nothing to compare.
            "single": a group has only one run, which is too few to tell. "alone": a group has only
            one run, and no other run can join it. "taught": both groups come from the same network,
            and only what it was taught differs. "more": the means differ by more than chance,
            because Welch's test gives a p value below ``SIGNIFICANCE``. "coarse": the p value is
            below ``SIGNIFICANCE``, or the runs within each group are equal, but the means differ by
            fewer than `FEWEST_IMAGES_APART` images. "less": the p value is not below
            ``SIGNIFICANCE``, and the means differ by no more than `seed_noise`. "cannot_say": none
            of the other outcomes applies.
        group_means: means of the first and the second group.
        seed_noise: how much runs that differ only in their seed usually differ: the square root of
            the mean of both groups' variances; 0 for single runs.
        p_value: two-sided p value of Welch's t test, corrected for earlier comparisons of fewer
            runs and for several groups; None without a test.
        image_count: number of images on which the accuracies were measured.
        unlearned_messages: for each group, the message that it has learned nothing, or None.
    """

    outcome: AgainstNoise
    group_means: tuple[float, float]
    seed_noise: float = 0.0
    p_value: float | None = None
    image_count: int = 0
    unlearned_messages: tuple[UnlearnedMessage | None, UnlearnedMessage | None] = (None, None)

    @property
    def mean_difference(self) -> float:
        """The mean of the second group minus the mean of the first group."""
        return self.group_means[1] - self.group_means[0]

    @property
    def difference_in_images(self) -> str:
        """The number of images by which the means differ, which may be a fraction."""
        return f"{abs(self.mean_difference) * self.image_count:.3g}"


def group_runs(
    records: Iterable[RunRecord], validation: Mapping[str, float | None] = {}
) -> tuple[SeedGroup, ...]:
    """Return groups of all valid runs with a test accuracy, in the order of their first runs.

    Runs whose settings differ only in the seed form a group. Stopped runs must also have stopped at
    the same step.

    Args:
        validation: run id -> validation accuracy after the run's last epoch, or None.
    """
    groups: dict[object, dict[int, RunRecord]] = {}
    for record in records:
        if record.result is not None and record.result.has_meaningful_accuracy:
            groups.setdefault(seed_group_key(record), {}).setdefault(record.settings.seed, record)
    return tuple(_make_seed_group(tuple(runs.values()), validation) for runs in groups.values())


def seed_group_key(record: RunRecord) -> tuple[object, int, RunPosition | None]:
    """Return a key that is equal for all runs of a group; settings without effect do not count.

    If a run was stopped, the key includes where it stopped. A run that was taught single examples
    forms a separate group.
    """
    end = None if record.state == "done" else record.run_position
    own = record.examples and record.examples.digest, record.taught and record.id, record.arithmetic
    return (
        (without_idle_values(record.final_settings).with_values(seed=0), *own),
        record.epochs,
        end,
    )


def _make_seed_group(
    runs: tuple[RunRecord, ...], validation: Mapping[str, float | None]
) -> SeedGroup:
    values = [validation.get(run.id) for run in runs]
    known = tuple(value for value in values if value is not None)
    return SeedGroup(runs[0].settings, runs, known if len(known) == len(values) else ())


def common_accuracy_measure(groups: Sequence[SeedGroup]) -> Measure:
    """Return the kind of accuracy to compare all groups by: validation if possible, else test.

    Networks should be chosen by validation data, not by test data. But groups with different
    training set sizes or validation shares have different validation images, and accuracies on
    different images cannot be compared.
    """
    alike = [group for group in groups if group.settings.dataset == groups[0].settings.dataset]
    same = len({run_split_sizes(group.settings) for group in alike}) <= 1 and not any(
        group.settings.dataset_info.is_own for group in alike
    )
    return (
        "val_accuracy"
        if same and all(group.val_accuracies for group in groups)
        else "test_accuracy"
    )


def count_test_images(group: SeedGroup, measure: Measure) -> int:
    """Return the number of images on which the accuracies of a group were measured."""
    if measure == "test_accuracy":
        return group.runs[0].test_image_count
    return run_split_sizes(group.settings)[1]


def compare_groups_with_first(
    groups: Sequence[SeedGroup], measure: Measure
) -> tuple[GroupComparison, ...]:
    """Return the verdict on each group after the first, compared with the first group.

    Among many comparisons, some show a difference by chance, so the p values are corrected for the
    number of comparisons (:func:`holm_correction`). A group with a different data set cannot be
    compared: its verdict has no p value, and the correction ignores it.
    """
    if not groups:
        return ()

    first, *others = groups
    verdicts = []
    for other in others:
        images = min(count_test_images(first, measure), count_test_images(other, measure))
        verdict = compare_groups(first.accuracies(measure), other.accuracies(measure), images)
        on_same_data = other.settings.dataset == first.settings.dataset
        verdicts.append(verdict if on_same_data else replace(verdict, p_value=None))
    corrected = iter(
        holm_correction([verdict.p_value for verdict in verdicts if verdict.p_value is not None])
    )
    judged = [
        verdict if verdict.p_value is None else _with_significance_outcome(verdict, next(corrected))
        for verdict in verdicts
    ]
    return tuple(
        _refine_comparison_outcome(verdict, first, other)
        for verdict, other in zip(judged, others, strict=True)
    )


def _refine_comparison_outcome(
    verdict: GroupComparison, first: SeedGroup, other: SeedGroup
) -> GroupComparison:
    """Return the verdict with the outcome "unlearned", "taught" or "alone" where that applies."""
    unlearned = first.unlearned_message, other.unlearned_message
    if any(unlearned):
        return replace(verdict, outcome="unlearned", unlearned_messages=unlearned)
    pair = first.runs[0], other.runs[0]
    if verdict.outcome != "single" or (
        len(distinct_untaught_runs(pair)) == 2 and all(run.state != "stopped" for run in pair)
    ):
        return verdict

    # A taught run belongs to the same family as its parent, the run whose network was taught.
    families = [{run.id, run.taught and run.taught.parent} - {None} for run in pair]
    related = families[0] & families[1] and len(first.runs) == len(other.runs)
    return replace(verdict, outcome="taught" if related else "alone")


def distinct_untaught_runs(records: Iterable[RunRecord]) -> list[RunRecord]:
    """Return one run for each different combination of settings and of a visitor's own examples.

    Taught networks are left out, because they cannot be trained again.
    """
    trained = (record for record in records if record.taught is None)
    kinds = {(run.final_settings.with_values(seed=0), run.examples): run for run in trained}
    return list(kinds.values())


def compare_groups(first: Sequence[float], second: Sequence[float], images: int) -> GroupComparison:
    """Return the verdict of Welch's t test on two groups, corrected for earlier comparisons.

    Args:
        first, second: the accuracies of each group, at least one.
        images: number of images on which the accuracies were measured.
    """
    means = fmean(first), fmean(second)
    if min(len(first), len(second)) < 2:
        return GroupComparison("single", means, image_count=images)
    noise = math.sqrt((stdev(first) ** 2 + stdev(second) ** 2) / 2)
    verdict = GroupComparison("cannot_say", means, noise, image_count=images)
    if not noise:
        # Even if all runs of each group have the same accuracy, further runs may differ by a few
        # images. Therefore a spread of a few images is assumed.
        margin = FEWEST_IMAGES_APART / images
        spread = [[mean - margin, mean + margin] for mean in means]
        return replace(_with_significance_outcome(verdict, welch_p_value(*spread)), p_value=None)
    return _with_significance_outcome(verdict, corrected_welch_p_value(first, second))


def _with_significance_outcome(verdict: GroupComparison, p: float) -> GroupComparison:
    # The tolerance of half an image is needed because rounding may put the difference just below a
    # whole number of images.
    enough = abs(verdict.mean_difference) * verdict.image_count > FEWEST_IMAGES_APART - 0.5
    if p < SIGNIFICANCE or (not verdict.seed_noise and not enough):
        outcome: AgainstNoise = "more" if enough else "coarse"
    else:
        outcome = "less" if abs(verdict.mean_difference) <= verdict.seed_noise else "cannot_say"
    return replace(verdict, outcome=outcome, p_value=p)


def error_bar_lengths(groups: Sequence[SeedGroup], measure: Measure) -> tuple[float, ...]:
    """Return the length of each group's error bar on either side of its mean; 0 if unknown.

    The error bars of a group and of the first group are separate if the two groups differ
    significantly, and overlap otherwise. Significance is corrected for several comparisons.
    """
    lengths = [0.0] * len(groups)
    pairs: dict[int, tuple[Sequence[float], Sequence[float]]] = {}
    for place, group in enumerate(groups[1:], start=1):
        first = groups[0].accuracies(measure)
        second = group.accuracies(measure)
        same_data = group.settings.dataset == groups[0].settings.dataset
        if same_data and min(len(first), len(second)) > 1 and stdev(first) + stdev(second):
            pairs[place] = (first, second)
    margins = dict(zip(pairs, significant_margins(list(pairs.values())), strict=True))
    if margins:
        lengths[0] = min(
            margins[place] * first_group_share_of_margin(*pairs[place]) for place in margins
        )
    for place, margin in margins.items():
        lengths[place] = margin - lengths[0]
    return tuple(lengths)


def verdict_sentence(
    verdict: GroupComparison,
    first: str,
    second: str,
    t: Translate,
    changes: Sequence[SettingChange] = (),
) -> str:
    """Return the verdict on two groups in plain words for students.

    Args:
        first, second: the names of the two groups.
        changes: the differences between the groups' settings. Groups with different data sets get
            no verdict.
    """
    if is_tested_on_other_data(changes):
        return t("compare.verdict.other_data")
    if verdict.outcome == "unlearned":
        named = [
            name
            for name, sentence in zip((first, second), verdict.unlearned_messages, strict=True)
            if sentence
        ]
        return t("compare.verdict.unlearned", names=t("common.comma").join(named))
    shown = AccuracyDifference.from_accuracies(*verdict.group_means, verdict.seed_noise, digits=2)
    return t(
        f"compare.verdict.{verdict.outcome}",
        better=second if verdict.mean_difference > 0 else first,
        worse=first if verdict.mean_difference > 0 else second,
        before=shown.percent_before,
        after=shown.percent_after,
        difference=shown.percentage_points,
        count=verdict.difference_in_images,
        images=f"{verdict.image_count:,}",
        noise=shown.margin_points,
    )


def settings_with_fresh_seeds(
    settings: RunSettings, records: Iterable[RunRecord], count: int
) -> tuple[RunSettings, ...]:
    """Return the settings `count` times, with seeds that no run with the same settings has used."""
    alike = settings.with_values(seed=0)
    used = {
        record.settings.seed
        for record in records
        if record.final_settings.with_values(seed=0) == alike
    }
    after = ((settings.seed + step) % (int(SETTINGS["seed"].maximum) + 1) for step in count_from(1))
    free = (seed for seed in after if seed not in used)
    return tuple(settings.with_values(seed=next(free)) for _ in range(count))
