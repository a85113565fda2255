"""The table of hyperparameters, and the settings of one run.

Each field of ``RunSettings`` is a row of the table. Form, address, JSON, command line, help and
tests are all drawn from the rows, in ``SETTINGS``. A ``RunSettings`` that exists is valid: each
value is in its range. Values are checked where they come in; defaults, and values copied from
valid settings, are valid already. What is too large only *together* is refused in
:mod:`fvapp.core.limits`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from fvapp.core.activations import ACTIVATIONS
from fvapp.core.dataset_table import DATASETS, MOST_CLASSES, DatasetInfo
from fvapp.core.errors import SettingsError, Term
from fvapp.core.optimizers import OPTIMIZERS
from fvapp.core.setting import (
    Setting,
    Value,
    Values,
    check_value,
    read_text,
    setting,
    to_text,
    value_error,
)


def _of_the_data_set(before: RunSettings, after: RunSettings) -> bool:
    return "only" not in (before.examples, after.examples)  # a visitor's examples are not altered


def _activates(before: RunSettings, after: RunSettings) -> bool:
    # The output layer is always softmax.
    return any(settings.convolutional or settings.hidden for settings in (before, after))


def _aims_alike(before: RunSettings, after: RunSettings) -> bool:
    return before.target_metric == after.target_metric


ONE_OUTPUT_PER_CLASS = 10
"""This value of `output_units` means one per class, however many classes a data set has."""

FEWEST_OUTPUTS = 20
"""Any data set allows up to this many output neurons, or one per class if that is more."""


def _has_class(label: str | int, data: DatasetInfo) -> bool:
    return label in ("none", *range(data.classes))


def _has_images(count: int | None, data: DatasetInfo) -> bool:
    return count is None or count <= data.train_images


def _has_others(examples: str, data: DatasetInfo) -> bool:
    return examples == "none" or not (data.own or data.text)


def _has_outputs(units: int, data: DatasetInfo) -> bool:
    return units <= max(FEWEST_OUTPUTS, data.classes)


def _has_network(network: str, data: DatasetInfo) -> bool:
    # Neighbouring columns of a text's strip are unrelated, so texts have no convolutions.
    return network == "dense" or not data.text


def _can_vary(varied: bool, data: DatasetInfo) -> bool:
    return not (varied and data.text)


def _has_mark(label: str | int, data: DatasetInfo) -> bool:
    return isinstance(label, str) or (label < data.classes and not data.text)


def _has_fact(exchanged: Value, data: DatasetInfo) -> bool:
    return not exchanged or bool(data.text and data.text.fact)


def _has_base(mixing: str | int, data: DatasetInfo) -> bool:
    return mixing == "none" or bool(data.base)


_LABELS = ("none", *range(MOST_CLASSES))
_SIZES = (1_000, 5_000, 10_000, None)  # None: all images
_METRICS = ("accuracy", "loss", "val_accuracy", "val_loss")


@dataclass(frozen=True)
class RunSettings:
    """Everything that decides a run, the seed included.

    The defaults are those of page, address and command line.

    Raises:
        SettingsError: names the field that is out of its range.
    """

    dataset: str = setting(
        "fashion_mnist",
        "data",
        choices=DATASETS,
        side_by_side=True,
        worded_as="data set",
    )
    train_images: int | None = setting(
        None,
        "data",
        choices=_SIZES,
        exists=_has_images,
        without_value=None,
    )
    validation_split: float = setting(
        0.1,
        "data",
        between=(0, 0.5),
        step=0.05,
        without_value=0,
        word="validation",
    )
    normalisation: bool = setting(True, "data", word="normalising")  # pixels 0 to 1; off: 0 to 255
    augmentation: bool = setting(False, "data", compiled=True, exists=_can_vary)
    # The share of wrong training labels.
    wrong_labels: float = setting(
        0.0,
        "data",
        between=(0, 0.9),
        worded_as="percent",
        differs=_of_the_data_set,
        word="label",
    )
    rare_class: str | int = setting(
        "none",
        "data",
        choices=_LABELS,
        exists=_has_class,
        worded_as="class",
        differs=_of_the_data_set,
        word="bias",
    )
    # The share of the rare class's training images that are kept.
    rare_share: float = setting(
        0.1,
        "data",
        choices=(0, 0.01, 0.1, 0.5),
        only_with="rare_class",
        differs=_of_the_data_set,
    )
    marked_class: str | int = setting(
        "none",
        "data",
        choices=_LABELS,
        exists=_has_mark,
        worded_as="class",
        differs=_of_the_data_set,
        word="shortcut",
    )
    # In a text, the usual and the rare way of telling its fact swap places.
    exchange: bool = setting(False, "data", exists=_has_fact, differs=_of_the_data_set)
    # How often the visitor's own text is read for each time that the stories are; "none": alone.
    mixing: str | int = setting("none", "data", choices=("none", 1, 5, 10), exists=_has_base)
    # Whether to use the visitor's own examples; a visitor's own data set has no other images.
    examples: str = setting("none", "data", choices=("none", "added", "only"), exists=_has_others)
    # How often each of the visitor's own examples counts.
    example_weight: int = setting(1, "data", between=(1, 50), only_with="examples")
    network: str = setting(
        "dense",
        "network",
        choices=("dense", "cnn", "borrowed"),
        side_by_side=True,
        exists=_has_network,
        word="convolution",
    )
    # Widths of the hidden layers; the layers of other kinds of network are fixed.
    hidden: tuple[int, ...] = setting(
        (128,),
        "network",
        between=(1, 2_048),
        most=4,
        only_for=("dense",),
        word="neuron",
    )
    activation: str = setting(
        "relu",
        "network",
        choices=tuple(ACTIVATIONS),
        only_for=("dense", "cnn"),
        differs=_activates,
        word="activation",
    )
    dropout: float = setting(0.0, "network", between=(0, 0.9), word="dropout")
    flatten: bool = setting(True, "network", word="flatten")
    output_units: int = setting(
        ONE_OUTPUT_PER_CLASS,
        "network",
        between=(1, MOST_CLASSES),
        exists=_has_outputs,
        word="label",
    )
    epochs: int = setting(5, "training", between=(1, 100), word="epoch")
    batch_size: int = setting(32, "training", between=(1, 1_024), compiled=True, word="batch")
    optimizer: str = setting(
        "adam",
        "training",
        choices=tuple(OPTIMIZERS),
        compiled=True,
        word="optimizer",
    )
    # The default is Keras' default for Adam.
    learning_rate: float = setting(
        0.001,
        "training",
        between=(0.00001, 1),
        step=0.001,
        word="optimizer",
    )
    target_metric: str = setting("none", "training", choices=("none", *_METRICS), word="callback")
    target_value: float = setting(
        0.9,
        "training",
        between=(0, 10),
        step=0.05,
        only_with="target_metric",
        differs=_aims_alike,
        word="accuracy",
    )
    # Epochs without progress before stopping.
    patience: int = setting(
        0,
        "training",
        between=(0, 20),
        worded_as="never",
        word="early_stopping",
    )
    seed: int = setting(
        1,
        "training",
        between=(0, 2**31 - 1),
        typed=True,
        worded_as="digits",
        word="seed",
    )

    def __post_init__(self) -> None:
        self._check(
            [
                row
                for row in SETTINGS.values()
                if getattr(self, row.name) is not getattr(RunSettings, row.name)
            ]
        )

    def _check(self, rows: Iterable[Setting]) -> None:
        """Check the values of some rows, alone and in combination with the others."""
        for row in rows:
            value = check_value(row, getattr(self, row.name))
            if row.exists and not row.exists(value, self.data):  # `dataset` is the first row
                raise value_error(row, value, self.dataset)
            object.__setattr__(self, row.name, value)
        if self.output_units == ONE_OUTPUT_PER_CLASS:
            object.__setattr__(self, "output_units", self.classes)
        if self.target_metric.startswith("val_") and not self.validation_split:
            raise SettingsError(
                "target_needs_validation", field=Term("settings.target_metric.label")
            )

    @property
    def data(self) -> DatasetInfo:
        """The row of the run's data set."""
        return DATASETS[self.dataset]

    @property
    def classes(self) -> int:
        """The number of classes of the run's data set."""
        return self.data.classes

    @property
    def takes_examples(self) -> bool:
        """Whether the run learns from the visitor's own examples, alone or among other images."""
        return self.examples != "none" or self.data.own

    @property
    def alone(self) -> bool:
        """Whether the run learns from nothing but the visitor's own examples or text."""
        return self.data.own and self.mixing == "none"

    @property
    def images(self) -> int:
        """How many images of the data set the run uses to train and to validate."""
        return self.train_images or self.data.train_images

    @property
    def convolutional(self) -> bool:
        """Whether the network begins with convolutions."""
        return self.network != "dense"

    @property
    def one_output_per_class(self) -> bool:
        """Whether the network has exactly one output per class."""
        return self.output_units == self.classes

    @property
    def covers_all_classes(self) -> bool:
        """Whether the network has an output for every class."""
        return self.output_units >= self.classes

    @property
    def jit_compile(self) -> bool:
        """Whether the training step is compiled by XLA.

        Not for convolutions, which XLA makes about 25 times slower on a CPU, and not for a network
        that is wrong on purpose: XLA gives ``nan`` where Keras raises the error that a student is
        meant to see.
        """
        return self.network == "dense" and self.flatten and self.covers_all_classes

    @property
    def alters_data(self) -> bool:
        """Whether training images or labels differ from those in the data set."""
        drawn_or_told = self.examples != "none" or self.exchange
        return (
            drawn_or_told
            or self.wrong_labels > 0
            or {self.rare_class, self.marked_class} != {"none"}
        )

    @property
    def monitor(self) -> str:
        """The metric that `patience` watches."""
        return "val_loss" if self.validation_split else "loss"

    def with_values(self, **values: Any) -> RunSettings:
        """Return a copy with `values` changed."""
        if "dataset" in values:  # the data set decides which other values exist
            return replace(self, **values)
        changed = copy(self)
        vars(changed).update(values)
        changed._check([SETTINGS[name] for name in values])
        return changed

    def on(self, dataset: str) -> RunSettings:
        """Return the same settings for another data set.

        A choice that the other data set lacks becomes its default there. So does a value that was
        the default before, if the defaults of the two data sets differ.
        """
        info = DATASETS[dataset]
        here = usual_settings(self.network, self.dataset)
        there = usual_settings(
            self.network if _has_network(self.network, info) else RunSettings.network, dataset
        )
        rows = SETTINGS.values()
        gone = [
            row.name for row in rows if row.exists and not row.exists(getattr(self, row.name), info)
        ]
        gone += [
            row.name
            for row in changed_rows(here, there)
            if getattr(self, row.name) == getattr(here, row.name)
        ]
        values = {name: getattr(there, name) for name in gone if name != "dataset"}
        if self.one_output_per_class:
            values["output_units"] = ONE_OUTPUT_PER_CLASS
        return replace(self, dataset=dataset, **values)

    def to_json(self) -> dict[str, object]:
        """Return a dictionary of plain values that :meth:`from_json` reads back."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def from_json(cls, values: object) -> RunSettings:
        """Return the settings that :meth:`to_json` wrote; missing names keep their defaults.

        Raises:
            SettingsError: `values` is not an object, or has an unknown name, a wrong type or a
                value out of range.
        """
        if not isinstance(values, Mapping):
            raise SettingsError("settings_not_an_object")
        for name in values:
            if name not in SETTINGS:
                raise SettingsError("unknown_setting", field=str(name)[:40])
        found: dict[str, Any] = {
            name: tuple(v) if isinstance(v, list) else v for name, v in values.items()
        }
        return cls(**found)

    def to_query(self) -> dict[str, str]:
        """Return the settings that differ from the defaults as texts for an address."""
        return {
            row.name: to_text(row.name, getattr(self, row.name))
            for row in changed_rows(self, DEFAULTS)
        }

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> tuple[RunSettings, tuple[SettingsError, ...]]:
        """Return the settings in the query of an address, and the errors in it.

        A bad value falls back to its default; the errors say which. Names that are not settings are
        ignored.
        """
        values: dict[str, Any] = {}
        errors: list[SettingsError] = []
        for name in SETTINGS:
            if name in query:
                try:
                    values[name] = read_setting(name, query[name])
                except SettingsError as error:
                    errors.append(error)
        return cls.without_conflicts(values, errors), tuple(errors)

    @classmethod
    def without_conflicts(cls, values: dict[str, Any], errors: list[SettingsError]) -> RunSettings:
        """Return settings from values that are valid one by one; conflicting ones get defaults.

        Args:
            errors: gets an error for each value dropped.
        """
        while True:
            try:
                return cls(**values)
            except SettingsError as error:
                errors.append(error)
                del values[error.setting]


SETTINGS: Mapping[str, Setting] = {
    row.name: Setting(row.name, **row.metadata) for row in fields(RunSettings)
}
"""All hyperparameters, in the order in which the form and the help show them."""

DEFAULTS = RunSettings()

PRESETS: Mapping[str, Values] = {
    "standard": {},
    "notebook": {
        "network": "dense",
        "hidden": (128,),
        "epochs": 5,
        "batch_size": 32,
        "validation_split": 0.0,
    },
    "wide": {"network": "dense", "hidden": (512,)},
    "cnn": {"network": "cnn", "batch_size": 128},
    "borrowed": {"network": "borrowed"},
}
"""Presets by name: how each differs from the defaults. The data set stays as it is."""


def presets_on(dataset: str) -> tuple[str, ...]:
    """Return the presets whose kind of network is available for a data set."""
    info = DATASETS[dataset]
    return tuple(
        name
        for name, values in PRESETS.items()
        if _has_network(values.get("network", "dense"), info)
    )


def preset_settings(preset: str, dataset: str) -> RunSettings:
    """Return the settings of a preset on a data set."""
    values = PRESETS[preset]
    usual = DATASETS[dataset].usual
    return RunSettings(
        dataset=dataset, **{**usual.get(values.get("network", RunSettings.network), {}), **values}
    )


def usual_settings(network: str, dataset: str) -> RunSettings:
    """Return the settings of the first preset with a kind of network, on a data set."""
    first = next(
        name
        for name, values in PRESETS.items()
        if values.get("network", RunSettings.network) == network
    )
    return preset_settings(first, dataset)


def read_setting(name: str, text: str) -> Value:
    """Return the value of one setting from an address or the command line.

    Raises:
        SettingsError: the name is unknown, the text is not such a value, or the value is out of
            range.
    """
    row = SETTINGS.get(name)
    if row is None:
        raise SettingsError("unknown_setting", field=name[:40])
    return read_text(row, text.strip())


def changed_rows(settings: RunSettings, other: RunSettings) -> list[Setting]:
    """Return the rows that differ; "one output per class" is the same value on all data sets."""
    changed = [
        row for row in SETTINGS.values() if getattr(settings, row.name) != getattr(other, row.name)
    ]
    outputs = SETTINGS["output_units"]
    if outputs in changed and settings.one_output_per_class and other.one_output_per_class:
        changed.remove(outputs)
    return changed


def has_effect(row: Setting, settings: RunSettings) -> bool:
    """Return whether a setting has an effect, given the others."""
    return is_difference(row, settings, settings)


def is_difference(row: Setting, before: RunSettings, after: RunSettings) -> bool:
    """Return whether a difference in a setting counts on its own between two networks."""
    return row.differs(before, after) and all(
        row.is_for(settings.network)
        and not (row.only_with and getattr(settings, row.only_with) == "none")
        for settings in (before, after)
    )
