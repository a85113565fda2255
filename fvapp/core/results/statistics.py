"""Groups of runs that differ only in their seed, and whether groups differ by more than chance."""

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
    first_share_of_margin,
    holm_correction,
    significant_margins,
    welch_p_value,
)
from fvapp.core.runs import Position, RunRecord
from fvapp.core.settings import SETTINGS, RunSettings, setting_has_effect
from fvapp.core.wording import AccuracyDifference, Translate

AgainstNoise = Literal[
    "more", "less", "cannot_say", "coarse", "single", "alone", "taught", "unlearned"
]
Measure = Literal["val_accuracy", "test_accuracy"]

_USUAL = RunSettings()

FEWEST_IMAGES_APART = 5
"""Averages that differ by fewer images than this never count as different."""


@dataclass(frozen=True)
class SeedGroup:
    """Runs with the same settings except for the seed, at most one for each seed.

    Two runs with the same seed are the same run twice: they say nothing about chance.

    Attributes:
        settings: settings of its first run.
        runs: in the order of their numbers, all with a test accuracy.
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
        """The message if the network has learned nothing with any of the seeds, else None."""
        sentences = [
            unlearned_run_message(run.settings, run.result, run.epoch, run.accuracy)
            for run in self.runs
            if run.result
        ]
        return sentences[0] if all(sentences) else None

    def spread(self, measure: Measure) -> float | None:
        """The sample standard deviation (n - 1) of the accuracies; None for a single run."""
        return stdev(self.accuracies(measure)) if len(self.runs) > 1 else None


@dataclass(frozen=True)
class GroupComparison:
    """The verdict on two groups of accuracies.

    Attributes:
        outcome: "unlearned": a network has learned nothing, so there is nothing to compare.
            "single": a group has only one run, which is too few to tell. "alone": a group has only
            one run, and no other run can join it. "taught": both groups are the same network,
            before and after it was taught. "more": the means differ by more than chance, because
            Welch's test gives a p value below ``SIGNIFICANCE``. "coarse": the p value is below it,
            or neither group scatters at all, but the averages differ by fewer than
            `FEWEST_IMAGES_APART` images. "less": the p value is not below it, and the means are
            closer than runs that differ only in their seed usually are. "cannot_say": none of
            these.
        means: means of the first and the second group.
        noise: how far apart runs that differ only in their seed usually are: the square root of
            the mean of both groups' variances; 0 for single runs.
        p_value: two-sided p value of Welch's t test, corrected for earlier looks at fewer runs and
            for several groups; None if there is no p value.
        image_count: how many images the accuracies were measured on.
        unlearned_messages: for each group, the message that it has learned nothing, or None.
    """

    outcome: AgainstNoise
    means: tuple[float, float]
    noise: float = 0.0
    p_value: float | None = None
    image_count: int = 0
    unlearned_messages: tuple[UnlearnedMessage | None, UnlearnedMessage | None] = (None, None)

    @property
    def difference(self) -> float:
        """Mean of the second group minus mean of the first."""
        return self.means[1] - self.means[0]

    @property
    def difference_in_images(self) -> str:
        """By how many images the averages differ; may be a fraction if a group has several runs."""
        return f"{abs(self.difference) * self.image_count:.3g}"


def group_runs(
    records: Iterable[RunRecord], validation: Mapping[str, float | None] = {}
) -> tuple[SeedGroup, ...]:
    """Return the groups of all unbroken runs with a test accuracy, ordered by their first runs.

    Runs with the same settings except for the seed form a group; stopped runs must also have ended
    at the same point.

    Args:
        validation: run id -> validation accuracy after its last epoch, for runs that have one.
    """
    groups: dict[object, dict[int, RunRecord]] = {}
    for record in records:
        if record.result is not None and record.result.has_meaningful_accuracy:
            groups.setdefault(group_key(record), {}).setdefault(record.settings.seed, record)
    return tuple(_make_seed_group(tuple(runs.values()), validation) for runs in groups.values())


def group_key(record: RunRecord) -> tuple[object, int, Position | None]:
    """Return a key that is equal for runs of one group; settings without effect are left out.

    The point at which a run ended counts only if it did not end by itself. A run that was taught
    single examples is in a group of its own.
    """
    end = None if record.state == "done" else record.position
    idle = {
        name: getattr(_USUAL, name)
        for name, row in SETTINGS.items()
        if not setting_has_effect(row, record.final_settings)
    }
    own = record.examples and record.examples.digest, record.taught and record.id, record.arithmetic
    return (record.final_settings.with_values(**idle, seed=0), *own), record.epochs, end


def _make_seed_group(
    runs: tuple[RunRecord, ...], validation: Mapping[str, float | None]
) -> SeedGroup:
    values = [validation.get(run.id) for run in runs]
    known = tuple(value for value in values if value is not None)
    return SeedGroup(runs[0].settings, runs, known if len(known) == len(values) else ())


def common_measure(groups: Sequence[SeedGroup]) -> Measure:
    """Return the measure to compare all groups by: validation accuracy if possible.

    Networks are to be chosen by validation data, not by test data. But the validation images depend
    on the number of images and on the validation share, and accuracies on different images cannot
    be compared.
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
    """Return how many images the accuracies of a group were measured on."""
    if measure == "test_accuracy":
        result = group.runs[0].result
        return (
            result.test_image_count if result else None
        ) or group.settings.dataset_info.test_images
    return run_split_sizes(group.settings)[1]


def compare_with_first(
    groups: Sequence[SeedGroup], measure: Measure
) -> tuple[GroupComparison, ...]:
    """Return a verdict on each group except the first, compared with the first.

    With many comparisons, some differ by chance. The p values are therefore corrected for the
    number of comparisons (:func:`holm_correction`). A group on a different data set cannot be
    compared: it has no p value and does not count in the correction.
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
        verdict if verdict.p_value is None else _with_outcome(verdict, next(corrected))
        for verdict in verdicts
    ]
    return tuple(
        _refined_verdict(verdict, first, other)
        for verdict, other in zip(judged, others, strict=True)
    )


def _refined_verdict(
    verdict: GroupComparison, first: SeedGroup, other: SeedGroup
) -> GroupComparison:
    """Return the verdict, with the outcome "unlearned", "taught" or "alone" where it applies."""
    unlearned = first.unlearned_message, other.unlearned_message
    if any(unlearned):
        return replace(verdict, outcome="unlearned", unlearned_messages=unlearned)
    pair = first.runs[0], other.runs[0]
    if verdict.outcome != "single" or (
        len(repeatable_runs(pair)) == 2 and all(run.state != "stopped" for run in pair)
    ):
        return verdict

    # A taught network belongs to the family of the run it was taught from.
    families = [{run.id, run.taught and run.taught.parent} - {None} for run in pair]
    related = families[0] & families[1] and len(first.runs) == len(other.runs)
    return replace(verdict, outcome="taught" if related else "alone")


def repeatable_runs(records: Iterable[RunRecord]) -> list[RunRecord]:
    """Return one run of each kind that can be trained again; taught networks cannot."""
    trained = (record for record in records if record.taught is None)
    kinds = {(run.final_settings.with_values(seed=0), run.examples): run for run in trained}
    return list(kinds.values())


def compare_groups(first: Sequence[float], second: Sequence[float], images: int) -> GroupComparison:
    """Return a verdict on the means of two groups: Welch's t test, corrected for earlier looks.

    Args:
        first, second: accuracies, at least one each.
        images: how many images they were measured on.
    """
    means = fmean(first), fmean(second)
    if min(len(first), len(second)) < 2:
        return GroupComparison("single", means, image_count=images)
    noise = math.sqrt((stdev(first) ** 2 + stdev(second) ** 2) / 2)
    if not noise:
        # Seeds with the same accuracy may differ next time, if only by a handful of images.
        margin = FEWEST_IMAGES_APART / images
        spread = [[mean - margin, mean + margin] for mean in means]
        return replace(
            _with_outcome(
                GroupComparison("cannot_say", means, image_count=images), welch_p_value(*spread)
            ),
            p_value=None,
        )
    return _with_outcome(
        GroupComparison("cannot_say", means, noise, image_count=images),
        corrected_welch_p_value(first, second),
    )


def _with_outcome(verdict: GroupComparison, p: float) -> GroupComparison:
    # Half an image of tolerance, as rounding may put a mean just below a whole number.
    enough = abs(verdict.difference) * verdict.image_count > FEWEST_IMAGES_APART - 0.5
    if p < SIGNIFICANCE or (not verdict.noise and not enough):
        outcome: AgainstNoise = "more" if enough else "coarse"
    else:
        outcome = "less" if abs(verdict.difference) <= verdict.noise else "cannot_say"
    return replace(verdict, outcome=outcome, p_value=p)


def error_bar_lengths(groups: Sequence[SeedGroup], measure: Measure) -> tuple[float, ...]:
    """Return the length of each group's error bar to either side of its mean; 0 if unknown.

    The bars of a group and of the first group are apart exactly if the two groups differ
    significantly, after the correction for several comparisons.
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
        lengths[0] = min(margins[place] * first_share_of_margin(*pairs[place]) for place in margins)
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
    """Return a verdict in plain words for students.

    Args:
        first, second: what the two groups are called.
        changes: what differs between them; there is no verdict across different data sets.
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
    shown = AccuracyDifference.between_accuracies(*verdict.means, verdict.noise, digits=2)
    return t(
        f"compare.verdict.{verdict.outcome}",
        better=second if verdict.difference > 0 else first,
        worse=first if verdict.difference > 0 else second,
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
    """Return the settings with `count` seeds that no run with the same settings has used."""
    alike = settings.with_values(seed=0)
    used = {
        record.settings.seed
        for record in records
        if record.final_settings.with_values(seed=0) == alike
    }
    after = ((settings.seed + step) % (int(SETTINGS["seed"].maximum) + 1) for step in count_from(1))
    free = (seed for seed in after if seed not in used)
    return tuple(settings.with_values(seed=next(free)) for _ in range(count))
