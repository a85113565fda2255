"""Compares chosen runs, in groups of runs that differ only in their seeds."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from fvapp.charts.comparison import shorten_name
from fvapp.core.colours import RUNS
from fvapp.core.results.comparison import run_names_by_difference
from fvapp.core.results.statistics import (
    GroupComparison,
    Measure,
    SeedGroup,
    common_accuracy_measure,
    compare_groups_with_first,
    error_bar_lengths,
    group_runs,
    seed_group_key,
)
from fvapp.core.runs import ACTIVE, RunPosition, RunRecord
from fvapp.core.setting import Setting
from fvapp.core.settings import SETTINGS, RunSettings, Value
from fvapp.i18n import Translator
from fvapp.ui.compare.records import read_last_epoch
from fvapp.ui.visit import Visit

MOST_ROWS = 12


@dataclass(frozen=True)
class RunComparison:
    """A comparison of the runs that the visitor chose.

    Attributes:
        chosen_groups: the groups of those chosen runs that have a result, in the order of
            `chosen_runs`. A group contains all runs that differ only in their seeds, even runs that
            were not chosen.
        unchosen_groups: the visitor's other groups for the same data set whose accuracies were
            measured on the same images, latest group first.
        verdicts: the comparisons of the first chosen group with each later chosen group.
    """

    t: Translator
    all_records: Sequence[RunRecord]
    chosen_runs: Sequence[RunRecord]
    chosen_groups: tuple[SeedGroup, ...]
    unchosen_groups: tuple[SeedGroup, ...]
    accuracy_measure: Measure
    verdicts: tuple[GroupComparison, ...]

    @cached_property
    def first_runs_of_two_groups(self) -> tuple[RunRecord, ...]:
        """The first chosen run of each of the first two chosen groups."""
        first: dict[object, RunRecord] = {}
        for record in self.chosen_runs:
            first.setdefault(_seed_group_key(record), record)
        return tuple(first.values())[:2]

    def colour_index(self, record: RunRecord) -> int | None:
        """Return the index of a run's colour and marker; None for a run outside the leading groups.

        The leading groups are the first two chosen groups of runs that differ only in their seeds.
        """
        return self._colour_indices.get(_seed_group_key(record))

    @cached_property
    def _colour_indices(self) -> dict[tuple[object, int, RunPosition | None], int]:
        """The colour indices of the first two chosen groups.

        A group's index is its place in the order of training, modulo the number of colours. If both
        indices are equal, the second group takes the next colour.
        """
        order = list(dict.fromkeys(map(_seed_group_key, self.all_records)))
        keys = list(map(_seed_group_key, self.first_runs_of_two_groups))
        indices = [order.index(key) % len(RUNS) for key in keys]
        if len(set(indices)) < len(indices):
            indices[1] = (indices[1] + 1) % len(RUNS)
        return dict(zip(keys, indices, strict=True))

    @cached_property
    def _network_names(self) -> dict[object, str]:
        first = {
            _seed_group_key(run): run
            for run in (
                *(group.runs[0] for group in self.unchosen_groups),
                *reversed(self.chosen_runs),
            )
        }
        by_change = run_names_by_difference([run.told_settings for run in first.values()], self.t)
        names = [run.name or name for run, name in zip(first.values(), by_change, strict=True)]
        # If charts shorten several names to the same text, these names get a run number.
        often = Counter(map(shorten_name, names))
        return {
            key: name
            if often[shorten_name(name)] == 1
            else self.t("common.run", n=run.number, network=name)
            for (key, run), name in zip(first.items(), names, strict=True)
        }

    def network_name(self, record: RunRecord) -> str:
        """Return the name that the visitor gave a run's network, else a list of changed settings."""
        return self._network_names[_seed_group_key(record)]

    @cached_property
    def error_bar_lengths(self) -> tuple[float, ...]:
        """Lengths of the chosen groups' error bars.

        A difference between two groups may be due to chance if it is smaller than the sum of their
        error bars' lengths.
        """
        return error_bar_lengths(self.chosen_groups, self.accuracy_measure)

    @property
    def groups_with_bars(self) -> list[tuple[SeedGroup, float]]:
        """Up to `MOST_ROWS` groups, each with the length of its error bar, sorted by settings."""
        groups_with_bars = [
            *zip(self.chosen_groups, self.error_bar_lengths, strict=True),
            *((group, 0.0) for group in self.unchosen_groups),
        ]
        return sorted(
            groups_with_bars[:MOST_ROWS],
            key=lambda row: _settings_sort_key(row[0].runs[0].final_settings),
        )

    @property
    def run_ids_in_unfinished_groups(self) -> set[str]:
        """The ids of the runs in each group (runs queued together) that has an active run."""
        under_way = {
            record.group for record in self.all_records if record.state in ACTIVE and record.group
        }
        return {record.id for record in self.all_records if record.group in under_way}


def compare_runs(
    visit: Visit, records: Sequence[RunRecord], chosen: Sequence[RunRecord]
) -> RunComparison:
    """Return the comparison of the chosen runs, grouped with all runs that differ only in seeds."""
    # Each run's validation accuracy after its last epoch; None without validation images.
    validation = {
        record.id: getattr(read_last_epoch(visit, record), "val_accuracy", None)
        for record in records
    }
    # Chosen runs come first, since a group uses only the first of its runs with the same seed.
    every = group_runs([*chosen, *records], validation)
    groups = tuple(group for group in every if any(run in chosen for run in group.runs))
    measure = common_accuracy_measure(groups)
    others = tuple(
        group
        for group in reversed(every)
        if group not in groups and _is_group_comparable(group, groups, measure)
    )
    return RunComparison(
        visit.t,
        records,
        chosen,
        groups,
        others,
        measure,
        compare_groups_with_first(groups, measure),
    )


def _is_group_comparable(group: SeedGroup, groups: Sequence[SeedGroup], measure: Measure) -> bool:
    same = bool(groups) and group.settings.dataset == groups[0].settings.dataset
    return same and (
        measure == "test_accuracy" or common_accuracy_measure([groups[0], group]) == measure
    )


def _seed_group_key(record: RunRecord) -> tuple[object, int, RunPosition | None]:
    """Return the key of a run's group, or of the group that an active run will join."""
    key = seed_group_key(record)
    return (*key[:2], None) if record.state in ACTIVE else key


def _settings_sort_key(settings: RunSettings) -> list[Value]:
    """Return a sort key for settings: their values, in the order of the settings table."""

    def sort_key_of_value(row: Setting) -> Value:
        value: Value = getattr(settings, row.name)
        # Visitors' own data sets are missing from the table's choices, and are sorted last.
        return [*row.choices, value].index(value) if row.kind == "choice" else value

    return list(map(sort_key_of_value, SETTINGS.values()))
