"""Describes in words how the settings of two or more training runs differ.

A difference counts only if the setting has an effect. For example, `hidden` has no effect on the
small CNN. The seed is treated separately, because it changes only random numbers.
"""

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass

from fvapp.core.runs import RunRecord
from fvapp.core.settings import (
    DEFAULTS,
    SETTINGS,
    RunSettings,
    Value,
    changed_setting_rows,
    setting_applies,
    setting_has_effect,
    without_idle_values,
)
from fvapp.core.teaching import OwnExamples, TeachingRecord
from fvapp.core.wording import (
    IN_ITS_NAME,
    Translate,
    differing_setting_names,
    network_phrase,
    setting_value_words,
    short_setting_words,
    taught_run_words,
)


@dataclass(frozen=True)
class SettingChange:
    """A setting that differs between two runs, with its two values and the settings of both runs.

    Three differences count as changes although they are not settings: the visitor's own examples
    ("own_examples"), drawings taught to a trained network ("taught"), and the number format of
    convolutions ("arithmetic").
    """

    name: str
    before: Value | OwnExamples | TeachingRecord
    after: Value | OwnExamples | TeachingRecord
    run_settings: tuple[RunSettings, RunSettings] = (DEFAULTS, DEFAULTS)


def changes_of_settings(before: RunSettings, after: RunSettings) -> tuple[SettingChange, ...]:
    """Return the settings that differ and have an effect, in the order of the form; seed last."""
    first, second = map(without_idle_values, (before, after))
    changed = changed_setting_rows(before, after)
    return tuple(
        SettingChange(
            row.name,
            getattr(first, row.name),
            getattr(second, row.name),
            (before, after),
        )
        for row in changed_setting_rows(first, second)
        if row in changed and setting_applies(row, before) and setting_applies(row, after)
    )


def changes_of_runs(before: RunRecord, after: RunRecord) -> tuple[SettingChange, ...]:
    """Return what differs between two runs, including the number of epochs that each run reaches."""
    changes = [
        change
        for change in changes_of_settings(before.final_settings, after.final_settings)
        if change.name != "epochs"
    ]
    both = before.settings, after.settings
    if before.told_epochs != after.told_epochs:
        changes.append(SettingChange("epochs", before.told_epochs, after.told_epochs, both))
    if before.examples and after.examples and before.examples.digest != after.examples.digest:
        changes.append(SettingChange("own_examples", before.examples, after.examples, both))
    if before.taught != after.taught:
        changes.append(SettingChange("taught", before.taught, after.taught))
    if before.settings.network == after.settings.network and before.arithmetic != after.arithmetic:
        changes.append(SettingChange("arithmetic", before.arithmetic, after.arithmetic))
    order = [*SETTINGS, "own_examples", "taught", "arithmetic"]
    return tuple(
        sorted(changes, key=lambda change: (change.name == "seed", order.index(change.name)))
    )


def is_tested_on_other_data(changes: Iterable[SettingChange]) -> bool:
    """Return whether two runs that differ by `changes` were tested on different images."""
    return any(
        change.name == "dataset"
        or (change.name == "own_examples" and change.run_settings[0].dataset_info.is_own)
        for change in changes
    )


def describe_setting_change(change: SettingChange, t: Translate) -> str:
    """Return a change in words, such as ``"neurons: 128 to 512"``."""
    return t("compare.difference.change", **_change_sentence_values(change, t))


def difference_sentence(changes: Sequence[SettingChange], t: Translate) -> str:
    """Return a sentence on how two runs differ and on what can be learned from comparing them."""
    causes = [change for change in changes if change.name != "seed"]
    seed = any(change.name == "seed" for change in changes)
    listed = brief_change_list(causes, t)
    if not changes:
        return t("compare.difference.nothing")
    if not causes:
        return t("compare.difference.only_seed", change=describe_setting_change(changes[0], t))
    if is_tested_on_other_data(causes):
        return t("compare.difference.other_data", changes=listed)
    if len(causes) == 1:
        return t(
            "compare.difference.one_and_seed" if seed else "compare.difference.one",
            **_change_sentence_values(causes[0], t),
        )
    return t("compare.difference.several", count=len(causes), changes=listed)


def brief_change_list(changes: Sequence[SettingChange], t: Translate) -> str:
    """Return the changes in a few words for a table cell; an empty string if nothing changed."""
    return t("compare.difference.between").join(
        describe_setting_change(change, t) for change in changes
    )


def settings_as_words(settings: RunSettings, t: Translate) -> tuple[tuple[str, str], ...]:
    """Return the label and value of each setting that has an effect and can be changed."""
    return tuple(
        (
            t(f"settings.{name}.label"),
            setting_value_words(name, getattr(settings, name), t, settings),
        )
        for name, row in SETTINGS.items()
        if setting_has_effect(row, settings) and row.is_adjustable_for_dataset(settings.dataset)
    )


def _change_sentence_values(change: SettingChange, t: Translate) -> dict[str, str]:
    own = change.name not in SETTINGS
    label = t(f"compare.difference.{change.name}" if own else f"settings.{change.name}.label")
    widths = change.before, change.after
    if (
        change.name == "hidden"
        and len({len(units) for units in widths if isinstance(units, tuple)}) == 1
    ):
        label = t("compare.difference.neurons")
    # Within a sentence, German nouns keep their capital letter, but English nouns are lower case.
    if t("language.within_sentences") == "lower":
        label = label[:1].lower() + label[1:]
    return {
        "what": label,
        "before": _value_as_words(change, change.before, change.run_settings[0], t),
        "after": _value_as_words(change, change.after, change.run_settings[1], t),
    }


def _value_as_words(
    change: SettingChange,
    value: Value | OwnExamples | TeachingRecord,
    settings: RunSettings,
    t: Translate,
) -> str:
    """Return the value of a change in words, such as the number of the visitor's own examples."""
    match value:
        case OwnExamples():
            return t("compare.difference.own_value", n=value.learn, mark=value.digest[:4])
        case TeachingRecord():
            return taught_run_words(value, t)
        case None if change.name == "taught":
            return t("settings.examples.choices.none")
        case str() if change.name == "arithmetic":
            return value
    return setting_value_words(change.name, value, t, settings)


def run_names_by_difference(settings: Sequence[RunSettings], t: Translate) -> tuple[str, ...]:
    """Return a name for each run that tells how its settings differ, such as ``"128 neurons"``.

    A name has at most three values besides the network. If no setting differs, the name is only the
    network.
    """
    differ = differing_setting_names(settings) - {"seed"}
    return tuple(_run_name_by_difference(run_settings, differ, t) for run_settings in settings)


_MOST_VALUES = 3


def _run_name_by_difference(settings: RunSettings, differ: Set[str], t: Translate) -> str:
    changed = {row.name for row in changed_setting_rows(settings, RunSettings())}
    # If the name contains the network, settings with default values are left out. On/off settings
    # with default values are always left out, because they have no short name.
    named = bool(IN_ITS_NAME & differ)
    words = [
        short_setting_words(name, settings, t)
        for name, row in SETTINGS.items()
        if name in differ - IN_ITS_NAME
        and setting_has_effect(row, settings)
        and (name in changed or not (named or row.kind == "flag"))
    ]
    network = [] if words and not named else [network_phrase(settings, t)]
    return " · ".join(network + words[:_MOST_VALUES])
