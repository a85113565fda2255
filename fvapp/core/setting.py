"""Describes a setting as a row of a table; reads, checks and writes the values of settings."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any, Literal, TypeVar

from fvapp.core.dataset_table import DATASETS, DatasetInfo
from fvapp.core.errors import CatalogueKey, SettingsError

Kind = Literal["choice", "whole", "number", "flag", "widths"]
Topic = Literal["data", "network", "training"]
WordedAs = Literal["percent", "class", "data set", "images", "digits", "never", "at most"]
Value = str | int | float | bool | tuple[int, ...] | None
Values = Mapping[str, Any]
"""Names of settings -> their values, which ``RunSettings`` checks."""

Default = TypeVar("Default", bound=Value)


@dataclass(frozen=True)
class Setting:
    """A row of the table of settings.

    Attributes:
        name: the field of ``RunSettings``; also its name in addresses, JSON, ``--set`` and the
            catalogues (``settings.<name>.label`` and ``.help``).
        kind: how a value is read from text: ``choice`` if there are choices; otherwise, the type of
            the default decides.
        form_topic: the part of the form that shows the setting.
        choices: the allowed values of a ``choice``.
        is_available: returns whether a value is available for a data set; None if every data set
            allows all values.
        minimum, maximum: the allowed range, inclusive; for ``widths``, the range of each width.
        max_widths: for ``widths``, the largest number of widths.
        button_step: how much one click on the plus or minus button of the field changes a
            ``number``.
        is_text_field: whether the form uses a text field, because a number field silently drops
            numbers beyond 2**53.
        choices_side_by_side: whether the form shows the choices side by side instead of in a list.
        only_for_networks: the kinds of network it applies to; empty for all.
        only_with_setting: name of another setting, without which this setting has no effect: while
            the other setting is "none", this setting is ignored.
        has_effect_with: given the settings of a run, returns whether this setting has an effect.
            Without hidden layers, for instance, the activation has none.
        affects_compilation: whether each value needs a separate compiled training program. It is
            False for settings that change the layers, because a program is compiled for each
            network anyway.
        worded_as: how a value is worded, if its kind does not decide: as a percentage, as the name
            of a class or a data set, as a number of images (strips of a text), without thousands
            separators, as "never" if it is 0, or as "at most" so many if training may end early.
        value_meaning_without: the value for which a title uses ``settings.<name>.without`` instead
            of ``settings.<name>.short``.
        glossary_word: the glossary entry that the help links to.
    """

    name: str
    kind: Kind
    form_topic: Topic
    choices: Sequence[Value] = ()
    is_available: Callable[[Any, DatasetInfo], bool] | None = None
    minimum: float = 0
    maximum: float = 0
    max_widths: int = 0
    button_step: float = 0.1
    is_text_field: bool = False
    choices_side_by_side: bool = False
    only_for_networks: tuple[str, ...] = ()
    only_with_setting: str = ""
    has_effect_with: Callable[..., bool] = lambda settings: True
    affects_compilation: bool = False
    worded_as: WordedAs | None = None
    value_meaning_without: Value = "none"
    glossary_word: str = ""

    @cached_property
    def choice_types(self) -> set[type]:
        """The Python types of the setting's choices."""
        return {type(choice) for choice in self.choices}

    def applies_to_network(self, network: Value) -> bool:
        """Return whether the setting applies to the kind of network that `network` names."""
        return not self.only_for_networks or network in self.only_for_networks

    def choices_for_dataset(self, dataset: str) -> tuple[Value, ...]:
        """Return the choices available for a data set."""
        return tuple(self._available_choices(dataset))

    def maximum_for_dataset(self, dataset: str) -> float:
        """Return the largest value of the setting that a data set allows."""
        if self.is_available is None:
            return self.maximum
        numbers = range(int(self.minimum), int(self.maximum) + 1)
        return max(number for number in numbers if self.is_available(number, DATASETS[dataset]))

    def is_adjustable_for_dataset(self, dataset: str) -> bool:
        """Return whether a data set allows more than one value of the setting."""
        if self.kind not in ("flag", "choice"):
            return True
        return len(tuple(islice(self._available_choices(dataset), 2))) > 1

    def _available_choices(self, dataset: str) -> Iterator[Value]:
        choices = (True, False) if self.kind == "flag" else self.choices
        return (
            choice
            for choice in choices
            if self.is_available is None or self.is_available(choice, DATASETS[dataset])
        )


_KINDS: Mapping[type, Kind] = {bool: "flag", int: "whole", float: "number", tuple: "widths"}


def setting_field(
    default: Default, topic: Topic, between: tuple[float, float] = (0, 0), **row: object
) -> Default:
    """Return a dataclass field whose metadata describe a setting, as a row of the table."""
    kind = "choice" if "choices" in row else _KINDS[type(default)]
    minimum, maximum = between
    row = {"kind": kind, "form_topic": topic, "minimum": minimum, "maximum": maximum, **row}
    return field(default=default, metadata=row)


def parse_setting_text(row: Setting, text: str) -> Value:
    """Return the value of a setting that is given as text, in an address or on the command line.

    Raises:
        SettingsError: the text is not a value of this setting, or the value is out of range.
    """
    try:
        value = _READERS[row.kind](row, text)
    except (ValueError, OverflowError):
        raise setting_value_error(row, text) from None
    return check_setting_value(row, value)


def setting_to_text(name: str, value: Value) -> str:
    """Return the value of a setting as text that :func:`parse_setting_text` reads."""
    if value is None:
        return "all"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ",".join(map(str, value)) or "none"
    return repr(value) if isinstance(value, float) else str(value)


_YES = ("yes", "true", "on", "1")
_NO = ("no", "false", "off", "0")


def _parse_hidden_widths(row: Setting, text: str) -> tuple[int, ...]:
    return (
        ()
        if text in ("", "none")
        else tuple(int(part) for part in re.split(r"[\s,，、]+", text) if part)
    )


def _parse_flag(row: Setting, text: str) -> bool:
    if text.lower() in _YES + _NO:
        return text.lower() in _YES
    raise ValueError(text)


def _parse_choice(row: Setting, text: str) -> Value:
    for choice in row.choices:
        if setting_to_text(row.name, choice) == text.lower():
            return choice
    return text.lower()  # not a valid choice, so `check_setting_value` will refuse the text


_READERS = {
    "choice": _parse_choice,
    "whole": lambda row, text: int(text),
    "number": lambda row, text: float(text),
    "flag": _parse_flag,
    "widths": _parse_hidden_widths,
}


def check_setting_value(row: Setting, value: object) -> Value:
    """Return `value` converted to the setting's type; raise SettingsError if it is not allowed."""
    if row.kind == "choice":
        # The type is checked, too, because 1, True and 1.0 are equal in Python.
        if type(value) in row.choice_types and value in row.choices:
            return value if isinstance(value, str) else row.choices[row.choices.index(value)]
    elif row.kind == "flag":
        if isinstance(value, bool):
            return value
    elif row.kind == "widths":
        if (
            isinstance(value, tuple)
            and len(value) <= row.max_widths
            and all(_is_in_range(row, v, whole=True) for v in value)
        ):
            return value
    elif row.kind == "whole":
        if isinstance(value, int) and _is_in_range(row, value, whole=True):
            return value
    elif isinstance(value, int | float) and _is_in_range(row, value, whole=False):
        return float(value)
    raise setting_value_error(row, value)


def _is_in_range(row: Setting, value: object, *, whole: bool) -> bool:
    kind = int if whole else (int, float)
    return (
        isinstance(value, kind)
        and not isinstance(value, bool)
        and row.minimum
        <= value
        <= row.maximum  # False also for nan, and for integers too large for a float
    )


_MOST_NAMED = 20  # the largest number of choices that an error message lists


def setting_value_error(row: Setting, value: object, dataset: str | None = None) -> SettingsError:
    """Return the error for a value that a setting does not allow, in general or for a data set."""
    label = CatalogueKey(f"settings.{row.name}.label")
    text = (", ".join(map(str, value)) if isinstance(value, tuple) else str(value))[:40]
    if row.kind == "choice":
        found = [
            setting_to_text(row.name, choice)
            for choice in (row.choices_for_dataset(dataset) if dataset else row.choices)
        ]
        choices = ", ".join(
            found if len(found) <= _MOST_NAMED else [*found[: _MOST_NAMED - 2], "…", found[-1]]
        )
        return SettingsError("not_a_choice", field=label, value=text, choices=choices)
    if row.kind == "flag":
        if dataset:
            return SettingsError(
                "not_on_data_set", field=label, data=DATASETS[dataset].dataset_text_key("name")
            )
        return SettingsError("not_yes_or_no", field=label, value=text)

    if row.kind == "widths":
        return SettingsError(
            "bad_widths", field=label, value=text, most=row.max_widths, maximum=f"{row.maximum:,}"
        )
    code = "not_a_whole_number" if row.kind == "whole" else "not_a_number"
    maximum = row.maximum_for_dataset(dataset) if dataset else row.maximum

    return SettingsError(
        code, field=label, value=text, minimum=f"{row.minimum:g}", maximum=_format_number(maximum)
    )


def _format_number(number: float) -> str:
    return f"{number:,.0f}" if number >= 1_000 else f"{number:g}"
