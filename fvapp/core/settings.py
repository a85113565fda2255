"""The one table of hyperparameters, and the settings of one run.

The table is ``RunSettings``, each field of which is a row. Form, address, JSON, command line, help and tests are all
drawn from the rows, in ``SETTINGS``. A ``RunSettings`` that exists is valid: each value is in its range. What is too
large only *together* is judged in :mod:`fvapp.core.limits`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Literal

from fvapp.core.activations import ACTIVATIONS
from fvapp.core.errors import SettingsError, Term
from fvapp.core.optimizers import OPTIMIZERS

Kind = Literal["choice", "whole", "number", "flag", "widths"]
Topic = Literal["data", "network", "training"]
Said = Literal["percent", "class", "digits", "never"]
Value = str | int | float | bool | tuple[int, ...] | None


@dataclass(frozen=True)
class Setting:
    """A row of the table.

    Attributes:
        name: the field of ``RunSettings``, the name in addresses, JSON and ``--set``, and the catalogue key
            (``settings.<name>.label`` and ``.help``).
        kind: how its text is read; a ``choice`` where there are choices, else by the type of the default.
        topic: where the form shows it.
        choices: the allowed values of a ``choice``.
        minimum, maximum: the allowed range, both included; of each width for ``widths``.
        most: the largest number of widths.
        step: by how much the field's buttons change a ``number``.
        typed: whether the field takes text: one for numbers drops those beyond 2**53 without a word.
        shown: whether the choices stand side by side, instead of in a list.
        only_for: the kind of network for which it means something; empty: each.
        only_with: the setting of which it says more, and without which ("none") it means nothing.
        differs: whether a difference between two runs is a thing of its own, beside all else that differs.
        compiled: whether a program is compiled for its value. What changes the layers, which are, need not say so.
        said: how a value is put into words where the kind does not say it: as per cent, as the name of a class,
            without commas, or with 0 as "never".
        short_of_zero: the key of what a title says for 0, where that is not ``settings.<name>.short``.
        word: what the help links to in the glossary.
    """

    name: str
    kind: Kind
    topic: Topic
    choices: tuple[Value, ...] = ()
    minimum: float = 0
    maximum: float = 0
    most: int = 0
    step: float = 0.1
    typed: bool = False
    shown: bool = False
    only_for: str = ""
    only_with: str = ""
    differs: Callable[[RunSettings, RunSettings], bool] = lambda before, after: True
    compiled: bool = False
    said: Said | None = None
    short_of_zero: str = ""
    word: str = ""


_KINDS: Mapping[type, Kind] = {bool: "flag", int: "whole", float: "number", tuple: "widths"}


def _setting(default: Value, topic: Topic, between: tuple[float, float] = (0, 0), **row: object) -> Value:
    """Return a field of ``RunSettings`` with what else stands in its row."""
    kind = "choice" if "choices" in row else _KINDS[type(default)]
    minimum, maximum = between
    row = {"kind": kind, "topic": topic, "minimum": minimum, "maximum": maximum, **row}
    return field(default=default, metadata=row)


def _of_the_data_set(before: RunSettings, after: RunSettings) -> bool:
    return "only" not in (before.examples, after.examples)  # own examples are taught as they are


def _activates(before: RunSettings, after: RunSettings) -> bool:
    return any(one.network == "cnn" or one.hidden for one in (before, after))  # the output layer is always softmax


def _aims_alike(before: RunSettings, after: RunSettings) -> bool:
    return before.target_metric == after.target_metric


_CLASSES = ("none", *range(10))
_METRICS = ("accuracy", "loss", "val_accuracy", "val_loss")
_YES, _NO = ("yes", "true", "on", "1"), ("no", "false", "off", "0")


@dataclass(frozen=True)
class RunSettings:
    """Everything that decides a run, the seed included.

    The defaults are those of page, address and command line.

    Raises:
        SettingsError: naming the field that is out of its range.
    """

    dataset: str = _setting("fashion_mnist", "data", choices=("fashion_mnist", "mnist"), shown=True)
    train_images: int | None = _setting(None, "data", choices=(1_000, 5_000, 10_000, None))  # None: all
    validation_split: float = _setting(
        0.1, "data", between=(0, 0.5), step=0.05, short_of_zero="train.no_validation", word="validation"
    )
    normalisation: bool = _setting(True, "data", word="normalising")  # pixels 0 to 1; off: 0 to 255
    augmentation: bool = _setting(False, "data", compiled=True)
    # The share of the training labels that is wrong.
    wrong_labels: float = _setting(
        0.0, "data", between=(0, 0.9), said="percent", differs=_of_the_data_set, word="label"
    )
    rare_class: str | int = _setting(
        "none", "data", choices=_CLASSES, said="class", differs=_of_the_data_set, word="bias"
    )
    # Of its training images that are kept.
    rare_share: float = _setting(
        0.1, "data", choices=(0, 0.01, 0.1, 0.5), only_with="rare_class", differs=_of_the_data_set
    )
    marked_class: str | int = _setting(
        "none", "data", choices=_CLASSES, said="class", differs=_of_the_data_set, word="shortcut"
    )
    examples: str = _setting("none", "data", choices=("none", "added", "only"))  # the visitor's own
    # How often each of them counts.
    example_weight: int = _setting(1, "data", between=(1, 50), only_with="examples")
    network: str = _setting("dense", "network", choices=("dense", "cnn"), shown=True, word="convolution")
    # The small CNN's layers are fixed.
    hidden: tuple[int, ...] = _setting((128,), "network", between=(1, 2_048), most=4, only_for="dense", word="neuron")
    activation: str = _setting("relu", "network", choices=tuple(ACTIVATIONS), differs=_activates, word="activation")
    dropout: float = _setting(0.0, "network", between=(0, 0.9), word="dropout")
    flatten: bool = _setting(True, "network", word="flatten")
    output_units: int = _setting(10, "network", between=(1, 20), word="label")
    epochs: int = _setting(5, "training", between=(1, 100), word="epoch")
    batch_size: int = _setting(32, "training", between=(1, 1_024), compiled=True, word="batch")
    optimizer: str = _setting("adam", "training", choices=tuple(OPTIMIZERS), compiled=True, word="optimizer")
    # The default is Keras' for Adam.
    learning_rate: float = _setting(0.001, "training", between=(0.00001, 1), step=0.001, word="optimizer")
    target_metric: str = _setting("none", "training", choices=("none", *_METRICS), word="callback")
    target_value: float = _setting(
        0.9, "training", between=(0, 10), step=0.05, only_with="target_metric", differs=_aims_alike, word="accuracy"
    )
    # Epochs without progress before stopping.
    patience: int = _setting(0, "training", between=(0, 20), said="never", word="early_stopping")
    seed: int = _setting(1, "training", between=(0, 2**31 - 1), typed=True, said="digits", word="seed")

    def __post_init__(self) -> None:
        for row in SETTINGS.values():
            object.__setattr__(self, row.name, _checked(row, getattr(self, row.name)))
        if self.target_metric.startswith("val_") and not self.validation_split:
            raise SettingsError("target_needs_validation", field=Term("settings.target_metric.label"))

    @property
    def jit_compile(self) -> bool:
        """Whether the training step is compiled by XLA.

        Not for convolutions, which XLA makes about 25 times slower on a CPU, and not for a network that is wrong on
        purpose: XLA gives ``nan`` where Keras gives the error a student is to see.
        """
        return self.network == "dense" and self.flatten and self.output_units >= 10

    @property
    def alters_data(self) -> bool:
        """Whether the training images are not what they were in the data set."""
        return self.examples != "none" or self.wrong_labels > 0 or {self.rare_class, self.marked_class} != {"none"}

    @property
    def monitor(self) -> str:
        """The metric that `patience` watches."""
        return "val_loss" if self.validation_split else "loss"

    def with_values(self, **values: Value) -> RunSettings:
        """Return a copy with `values` changed."""
        return replace(self, **values)

    def to_json(self) -> dict[str, object]:
        """Return a dictionary of plain values, read back by :meth:`from_json`."""
        values = asdict(self)
        values["hidden"] = list(self.hidden)
        return values

    @classmethod
    def from_json(cls, values: object) -> RunSettings:
        """Read what :meth:`to_json` wrote; missing names keep their defaults.

        Raises:
            SettingsError: not an object, an unknown name, a wrong type or a value out of range.
        """
        if not isinstance(values, Mapping):
            raise SettingsError("settings_not_an_object")
        for name in values:
            if name not in SETTINGS:
                raise SettingsError("unknown_setting", field=str(name)[:40])
        return cls(**{name: tuple(v) if isinstance(v, list) else v for name, v in values.items()})

    def to_query(self) -> dict[str, str]:
        """Return the settings that differ from the defaults as texts for an address."""
        return {row.name: to_text(row.name, getattr(self, row.name)) for row in changed_rows(self, RunSettings())}

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> tuple[RunSettings, tuple[SettingsError, ...]]:
        """Read settings from an address.

        A bad value falls back to its default; the errors say which. Names that are no settings are not looked at.
        """
        values: dict[str, Value] = {}
        errors: list[SettingsError] = []
        for name in SETTINGS:
            if name in query:
                try:
                    values[name] = from_text(name, query[name])
                except SettingsError as error:
                    errors.append(error)
        try:
            return cls(**values), tuple(errors)
        except SettingsError as error:
            del values["target_metric"]
            return cls(**values), (*errors, error)


SETTINGS: Mapping[str, Setting] = {row.name: Setting(row.name, **row.metadata) for row in fields(RunSettings)}
"""Every hyperparameter, in the order in which the form and the help show them."""

PRESETS: Mapping[str, Mapping[str, Value]] = {
    "standard": {},
    "notebook": {"network": "dense", "hidden": (128,), "epochs": 5, "batch_size": 32, "validation_split": 0.0},
    "wide": {"network": "dense", "hidden": (512,)},
    "cnn": {"network": "cnn", "batch_size": 128},
}
"""Starting points: what each changes of the defaults. The data set stays what it was."""


def preset_settings(preset: str, dataset: str) -> RunSettings:
    """Return the settings of a preset on a data set."""
    return RunSettings(dataset=dataset, **PRESETS[preset])


def from_text(name: str, text: str) -> Value:
    """Read one setting from an address or the command line.

    Raises:
        SettingsError: an unknown name, a text that is no such value, or a value out of range.
    """
    row = SETTINGS.get(name)
    if row is None:
        raise SettingsError("unknown_setting", field=name[:40])
    text = text.strip()
    try:
        value = _READERS[row.kind](row, text)
    except (ValueError, OverflowError):
        raise _bad_value(row, text) from None
    return _checked(row, value)


def to_text(name: str, value: Value) -> str:
    """Write one setting as :func:`from_text` reads it."""
    if value is None:
        return "all"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ",".join(map(str, value)) or "none"
    return repr(value) if isinstance(value, float) else str(value)


def changed_rows(settings: RunSettings, other: RunSettings) -> Iterable[Setting]:
    """Yield the rows of the table in which two settings differ."""
    return (row for row in SETTINGS.values() if getattr(settings, row.name) != getattr(other, row.name))


def has_effect(row: Setting, settings: RunSettings) -> bool:
    """Return whether a setting does anything beside the others."""
    return is_difference(row, settings, settings)


def is_difference(row: Setting, before: RunSettings, after: RunSettings) -> bool:
    """Return whether a difference in a setting is a thing of its own between two networks."""
    return row.differs(before, after) and all(
        row.only_for in ("", one.network) and not (row.only_with and getattr(one, row.only_with) == "none")
        for one in (before, after)
    )


def _read_widths(row: Setting, text: str) -> tuple[int, ...]:
    return () if text in ("", "none") else tuple(int(part) for part in text.replace(" ", ",").split(",") if part)


def _read_flag(row: Setting, text: str) -> bool:
    if text.lower() in _YES + _NO:
        return text.lower() in _YES
    raise ValueError(text)


def _read_choice(row: Setting, text: str) -> Value:
    for choice in row.choices:
        if to_text(row.name, choice) == text.lower():
            return choice
    raise ValueError(text)


_READERS = {
    "choice": _read_choice,
    "whole": lambda row, text: int(text),
    "number": lambda row, text: float(text),
    "flag": _read_flag,
    "widths": _read_widths,
}


def _checked(row: Setting, value: object) -> Value:
    """Return `value` in the type of its row, or raise."""
    if row.kind == "choice":
        # 1 is True and 1.0 to Python.
        real = () if any(isinstance(choice, float) for choice in row.choices) else (float,)
        if value in row.choices and not isinstance(value, (bool, *real)):
            return row.choices[row.choices.index(value)]
    elif row.kind == "flag":
        if isinstance(value, bool):
            return value
    elif row.kind == "widths":
        if isinstance(value, tuple) and len(value) <= row.most and all(_in_range(row, v, whole=True) for v in value):
            return value
    elif _in_range(row, value, whole=row.kind == "whole"):
        return int(value) if row.kind == "whole" else float(value)
    raise _bad_value(row, value)


def _in_range(row: Setting, value: object, *, whole: bool) -> bool:
    kind = int if whole else (int, float)
    return (
        isinstance(value, kind)
        and not isinstance(value, bool)
        and row.minimum <= value <= row.maximum  # also refuses nan, and whole numbers too long for a float
    )


def _bad_value(row: Setting, value: object) -> SettingsError:
    label = Term(f"settings.{row.name}.label")
    text = (", ".join(map(str, value)) if isinstance(value, tuple) else str(value))[:40]
    if row.kind == "choice":
        choices = ", ".join(to_text(row.name, choice) for choice in row.choices)
        return SettingsError("not_a_choice", field=label, value=text, choices=choices)
    if row.kind == "flag":
        return SettingsError("not_yes_or_no", field=label, value=text)
    if row.kind == "widths":
        return SettingsError("bad_widths", field=label, value=text, most=row.most, maximum=f"{row.maximum:,}")
    code = "not_a_whole_number" if row.kind == "whole" else "not_a_number"
    return SettingsError(code, field=label, value=text, minimum=f"{row.minimum:g}", maximum=_plain(row.maximum))


def _plain(number: float) -> str:
    return f"{number:,.0f}" if number >= 1_000 else f"{number:g}"
