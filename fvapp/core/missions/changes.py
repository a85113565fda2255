"""Describes in words which settings a mission changes, and how the mission's runs differ."""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations

from fvapp.core.results.comparison import changes_of_settings
from fvapp.core.settings import SETTINGS, RunSettings, setting_has_effect
from fvapp.core.wording import Translate, network_phrase, setting_value_words, short_setting_words


def describe_changed_settings(
    runs: Sequence[RunSettings], before: RunSettings, t: Translate
) -> tuple[str, ...]:
    """Return a sentence for each setting that `runs` change from `before`, except the seed.

    If the runs differ in a setting, the sentence about it lists the values of all runs in order.
    """
    names = _differing_settings([before, *runs]) - {"seed"}
    return tuple(
        t(
            "missions.page.change",
            setting=t(f"settings.{name}.label"),
            # Slashes separate the values, because commas separate the layers of a network.
            values=" / ".join(
                dict.fromkeys(
                    setting_value_words(name, getattr(run, name), t, run)
                    for run in runs
                    if setting_has_effect(row, run)
                )
            ),
            before=setting_value_words(name, getattr(before, name), t, before),
        )
        for name, row in SETTINGS.items()
        if name in names
    )


def run_labels(runs: Sequence[RunSettings], t: Translate) -> tuple[str, ...]:
    """Return a label for each run of a mission: the differing settings, or else the network.

    If the runs differ in several settings, a value that more than half of them share is left out.
    """
    names = _differing_settings(runs)
    if not names or "network" in names:
        return tuple(network_phrase(run, t) for run in runs)
    rows = [row for name, row in SETTINGS.items() if name in names]
    if len(rows) == 1:
        return tuple(_setting_label(rows[0].name, run, t) for run in runs)
    often = Counter(
        (row.name, getattr(run, row.name))
        for run in runs
        for row in rows
        if setting_has_effect(row, run)
    )
    return tuple(
        t("common.comma").join(
            short_setting_words(row.name, run, t)
            for row in rows
            if setting_has_effect(row, run)
            and 2 * often[row.name, getattr(run, row.name)] <= len(runs)
        )
        or network_phrase(run, t)
        for run in runs
    )


def _differing_settings(runs: Sequence[RunSettings]) -> set[str]:
    """Return the names of the settings in which runs differ from each other."""
    return {change.name for pair in combinations(runs, 2) for change in changes_of_settings(*pair)}


def _setting_label(name: str, run: RunSettings, t: Translate) -> str:
    if name == "hidden" and run.hidden:
        return network_phrase(run, t)
    value = setting_value_words(name, getattr(run, name), t, run)
    return t("missions.page.label", setting=t(f"settings.{name}.label"), value=value)
