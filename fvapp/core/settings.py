"""The table of hyperparameters, and the settings of one run.

Each field of ``RunSettings`` is a row of the table, and ``SETTINGS`` holds the rows. The form,
addresses, JSON, the command line, the help and the tests are all derived from them. Every
``RunSettings`` object is valid. On creation, an object checks that its values are in range, but
skips defaults and values copied from valid settings. Combinations of values that exceed a limit are
refused in :mod:`fvapp.core.limits`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from fvapp.core.activations import ACTIVATIONS
from fvapp.core.dataset_table import DATASETS, MOST_CLASSES, DatasetInfo
from fvapp.core.errors import CatalogueKey, SettingsError
from fvapp.core.optimizers import OPTIMIZERS
from fvapp.core.setting import (
    Setting,
    Value,
    Values,
    check_setting_value,
    parse_setting_text,
    setting_field,
    setting_to_text,
    setting_value_error,
)


def _uses_dataset_images(settings: RunSettings) -> bool:
    # With "only", a run learns only from the visitor's own examples. Settings that alter the images
    # of the data set then have no effect.
    return settings.examples != "only"


def _has_hidden_layers(settings: RunSettings) -> bool:
    # Only hidden layers have the chosen activation, and dropout after them.
    return settings.is_convolutional or bool(settings.hidden)


def _can_run_out_of_patience(settings: RunSettings) -> bool:
    # The first epoch always counts as progress. A run is therefore never stopped early if its
    # patience is as long as the run.
    return settings.patience < settings.epochs


ONE_OUTPUT_PER_CLASS = 10
"""Value of `output_units` that means one output per class, whatever the number of classes."""

FEWEST_OUTPUTS = 20
"""Number of output neurons that are allowed for every data set.

A data set with more classes allows as many output neurons as it has classes.
"""


def _is_class_label(label: str | int, data: DatasetInfo) -> bool:
    return label in ("none", *range(data.class_count))


def _allows_image_count(count: int | None, data: DatasetInfo) -> bool:
    return count is None or count <= data.train_images


def _allows_added_examples(examples: str, data: DatasetInfo) -> bool:
    return examples == "none" or not (data.is_own or data.text)


def _allows_output_count(units: int, data: DatasetInfo) -> bool:
    return units <= max(FEWEST_OUTPUTS, data.class_count)


def _allows_network(network: str, data: DatasetInfo) -> bool:
    # Convolutions are pointless for images of text, because neighbouring columns are unrelated
    # there.
    return network == "dense" or not data.text


def _allows_augmentation(varied: bool, data: DatasetInfo) -> bool:
    return not (varied and data.text)


def _allows_marked_class(label: str | int, data: DatasetInfo) -> bool:
    return isinstance(label, str) or (label < data.class_count and not data.text)


def _allows_fact_exchange(exchanged: Value, data: DatasetInfo) -> bool:
    return not exchanged or bool(data.text and data.text.fact)


def _allows_mixing(mixing: str | int, data: DatasetInfo) -> bool:
    return mixing == "none" or bool(data.base_dataset)


_LABELS = ("none", *range(MOST_CLASSES))
_SIZES = (1_000, 5_000, 10_000, None)  # numbers of images; None stands for all images
_METRICS = ("accuracy", "loss", "val_accuracy", "val_loss")


@dataclass(frozen=True)
class RunSettings:
    """All settings that determine a run, including its seed.

    The defaults of the fields apply on pages, in addresses and on the command line.

    Raises:
        SettingsError: names the field whose value is not allowed.
    """

    dataset: str = setting_field(
        "fashion_mnist", "data", choices=DATASETS, choices_side_by_side=True, worded_as="data set"
    )
    train_images: int | None = setting_field(
        None,
        "data",
        choices=_SIZES,
        is_available=_allows_image_count,
        worded_as="images",
        value_meaning_without=None,
    )
    validation_split: float = setting_field(
        0.1,
        "data",
        between=(0, 0.5),
        button_step=0.05,
        value_meaning_without=0,
        glossary_word="validation",
    )
    # If True, pixels are divided by 255, so that they range from 0 to 1 instead of from 0 to 255.
    normalisation: bool = setting_field(True, "data", glossary_word="normalising")
    augmentation: bool = setting_field(
        False, "data", affects_compilation=True, is_available=_allows_augmentation
    )
    # The share of training labels that are replaced by wrong labels.
    wrong_labels: float = setting_field(
        0.0,
        "data",
        between=(0, 0.9),
        worded_as="percent",
        has_effect_with=_uses_dataset_images,
        glossary_word="label",
    )
    rare_class: str | int = setting_field(
        "none",
        "data",
        choices=_LABELS,
        is_available=_is_class_label,
        worded_as="class",
        has_effect_with=_uses_dataset_images,
        glossary_word="bias",
    )
    # The share of the rare class's training images that the run keeps.
    rare_share: float = setting_field(
        0.1,
        "data",
        choices=(0, 0.01, 0.1, 0.5),
        only_with_setting="rare_class",
        has_effect_with=_uses_dataset_images,
    )
    marked_class: str | int = setting_field(
        "none",
        "data",
        choices=_LABELS,
        is_available=_allows_marked_class,
        worded_as="class",
        has_effect_with=_uses_dataset_images,
        glossary_word="shortcut",
    )
    # If True, the frequent and the rare wording of a fact in the training text are swapped.
    exchange: bool = setting_field(
        False, "data", is_available=_allows_fact_exchange, has_effect_with=_uses_dataset_images
    )
    # Number of times that training reads the visitor's own text for each reading of the shipped
    # text (the stories); "none" if training does not read the shipped text.
    mixing: str | int = setting_field(
        "none", "data", choices=("none", 1, 5, 10), is_available=_allows_mixing
    )
    # Use of the visitor's own examples; always "none" if the data set itself consists of them.
    examples: str = setting_field(
        "none", "data", choices=("none", "added", "only"), is_available=_allows_added_examples
    )
    # Number of times that an epoch contains each of the visitor's own examples.
    example_weight: int = setting_field(1, "data", between=(1, 50), only_with_setting="examples")
    network: str = setting_field(
        "dense",
        "network",
        choices=("dense", "cnn", "borrowed"),
        choices_side_by_side=True,
        is_available=_allows_network,
        glossary_word="convolution",
    )
    # Widths of the hidden layers of a dense network; other kinds of network have fixed layers.
    hidden: tuple[int, ...] = setting_field(
        (128,),
        "network",
        between=(1, 2_048),
        max_widths=4,
        only_for_networks=("dense",),
        glossary_word="neuron",
    )
    activation: str = setting_field(
        "relu",
        "network",
        choices=tuple(ACTIVATIONS),
        only_for_networks=("dense", "cnn"),
        has_effect_with=_has_hidden_layers,
        glossary_word="activation",
    )
    dropout: float = setting_field(
        0.0,
        "network",
        between=(0, 0.9),
        has_effect_with=_has_hidden_layers,
        glossary_word="dropout",
    )
    flatten: bool = setting_field(True, "network", glossary_word="flatten")
    output_units: int = setting_field(
        ONE_OUTPUT_PER_CLASS,
        "network",
        between=(1, MOST_CLASSES),
        is_available=_allows_output_count,
        glossary_word="label",
    )
    epochs: int = setting_field(
        5, "training", between=(1, 100), worded_as="at most", glossary_word="epoch"
    )
    batch_size: int = setting_field(
        32, "training", between=(1, 1_024), affects_compilation=True, glossary_word="batch"
    )
    optimizer: str = setting_field(
        "adam",
        "training",
        choices=tuple(OPTIMIZERS),
        affects_compilation=True,
        glossary_word="optimizer",
    )
    # The default is Keras' default for Adam.
    learning_rate: float = setting_field(
        0.001, "training", between=(0.00001, 1), button_step=0.001, glossary_word="optimizer"
    )
    target_metric: str = setting_field(
        "none", "training", choices=("none", *_METRICS), glossary_word="callback"
    )
    target_value: float = setting_field(
        0.9,
        "training",
        between=(0, 10),
        button_step=0.05,
        only_with_setting="target_metric",
        glossary_word="accuracy",
    )
    # The number of epochs without progress after which training stops; 0 if it always continues.
    patience: int = setting_field(
        0,
        "training",
        between=(0, 20),
        worded_as="never",
        has_effect_with=_can_run_out_of_patience,
        glossary_word="early_stopping",
    )
    seed: int = setting_field(
        1,
        "training",
        between=(0, 2**31 - 1),
        is_text_field=True,
        worded_as="digits",
        glossary_word="seed",
    )

    def __post_init__(self) -> None:
        self._check_and_set_values(
            [
                row
                for row in SETTINGS.values()
                if getattr(self, row.name) is not getattr(RunSettings, row.name)
            ]
        )

    def _check_and_set_values(self, rows: Iterable[Setting]) -> None:
        """Check the values of the settings in `rows`, alone and in combination, and set them."""
        for row in rows:
            value = check_setting_value(row, getattr(self, row.name))
            # `dataset` is the first setting, so its value has already been checked.
            if row.is_available and not row.is_available(value, self.dataset_info):
                raise setting_value_error(row, value, self.dataset)
            object.__setattr__(self, row.name, value)
        if self.output_units == ONE_OUTPUT_PER_CLASS:
            object.__setattr__(self, "output_units", self.class_count)
        if self.target_metric.startswith("val_") and not self.validation_split:
            raise SettingsError(
                "target_needs_validation", field=CatalogueKey("settings.target_metric.label")
            )

    @property
    def dataset_info(self) -> DatasetInfo:
        """The row of the run's data set."""
        return DATASETS[self.dataset]

    @property
    def class_count(self) -> int:
        """The number of classes of the run's data set."""
        return self.dataset_info.class_count

    @property
    def learns_from_own_examples(self) -> bool:
        """Whether the run learns from the visitor's own examples, alone or among other images."""
        return self.examples != "none" or self.dataset_info.is_own

    @property
    def may_end_early(self) -> bool:
        """Whether a target or patience may end training before its last epoch."""
        return self.patience > 0 or self.target_metric != "none"

    @property
    def uses_only_own_data(self) -> bool:
        """Whether the run learns only from the visitor's own examples or text."""
        return self.dataset_info.is_own and self.mixing == "none"

    @property
    def image_count(self) -> int:
        """The number of images of the data set that the run uses for training and validation."""
        return self.train_images or self.dataset_info.train_images

    @property
    def is_convolutional(self) -> bool:
        """Whether the network begins with convolutions."""
        return self.network != "dense"

    @property
    def has_one_output_per_class(self) -> bool:
        """Whether the network has exactly one output per class."""
        return self.output_units == self.class_count

    @property
    def covers_all_classes(self) -> bool:
        """Whether the network has an output for every class."""
        return self.output_units >= self.class_count

    @property
    def jit_compile(self) -> bool:
        """Whether the training step is compiled by XLA.

        XLA is not used for convolutions, because it makes them about 25 times slower on a CPU. Nor
        is XLA used for a network that is built wrong on purpose: with XLA its loss is ``nan``,
        whereas Keras without XLA raises the error that students are meant to see.
        """
        return self.network == "dense" and self.flatten and self.covers_all_classes

    @property
    def alters_training_data(self) -> bool:
        """Whether training images or labels differ from those in the data set."""
        return (
            self.examples != "none"
            or self.exchange
            or self.wrong_labels > 0
            or {self.rare_class, self.marked_class} != {"none"}
        )

    @property
    def pixel_divisor(self) -> float:
        """The number by which pixel values are divided.

        Pixels are not multiplied by the inverse, because this changes the last bit of some results,
        and Adam magnifies such differences where a gradient is tiny.
        """
        return 255.0 if self.normalisation else 1.0

    @property
    def monitored_metric(self) -> str:
        """The metric that has to improve within `patience` epochs."""
        return "val_loss" if self.validation_split else "loss"

    def with_values(self, **values: Any) -> RunSettings:
        """Return a copy with `values` changed."""
        if "dataset" in values:  # the data set decides which other values are allowed
            return replace(self, **values)
        changed = copy(self)
        vars(changed).update(values)
        changed._check_and_set_values([SETTINGS[name] for name in values])
        return changed

    def settings_for_dataset(self, dataset: str) -> RunSettings:
        """Return the same settings for another data set.

        A value that the new data set does not allow becomes the default of the new data set. A
        value that is the default of the old data set also becomes the default of the new one. The
        number of outputs is kept only for as many classes.
        """
        info = DATASETS[dataset]
        here = usual_settings_for_network(self.network, self.dataset)
        there = usual_settings_for_network(
            self.network if _allows_network(self.network, info) else RunSettings.network, dataset
        )
        gone = [
            row.name
            for row in SETTINGS.values()
            if row.is_available and not row.is_available(getattr(self, row.name), info)
        ]
        gone += [
            row.name
            for row in changed_setting_rows(here, there)
            if getattr(self, row.name) == getattr(here, row.name)
        ]
        values = {name: getattr(there, name) for name in gone}  # with the data set, if it differs
        if self.has_one_output_per_class or self.class_count != info.class_count:
            values["output_units"] = ONE_OUTPUT_PER_CLASS
        return replace(self, **values)

    def to_json(self) -> dict[str, object]:
        """Return a dictionary of plain values that :meth:`from_json` reads back."""
        return {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in asdict(self).items()
        }

    @classmethod
    def from_json(cls, values: object) -> RunSettings:
        """Return the settings that :meth:`to_json` wrote; missing settings have their defaults.

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
        """Return the settings that differ from their defaults, as text for a query string."""
        return {
            row.name: setting_to_text(row.name, getattr(self, row.name))
            for row in changed_setting_rows(self, DEFAULTS)
        }

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> tuple[RunSettings, tuple[SettingsError, ...]]:
        """Return the settings in the query of an address, and the errors in the query.

        A bad value is replaced by its default, and an error names the setting. Parameters of the
        query that are not settings are ignored.
        """
        values: dict[str, Any] = {}
        errors: list[SettingsError] = []
        for name in SETTINGS:
            if name in query:
                try:
                    values[name] = read_setting_value(name, query[name])
                except SettingsError as error:
                    errors.append(error)
        return cls.drop_conflicting_values(values, errors), tuple(errors)

    @classmethod
    def drop_conflicting_values(
        cls, values: dict[str, Any], errors: list[SettingsError]
    ) -> RunSettings:
        """Return settings with `values`, except any values that conflict with others.

        Args:
            values: values that are each valid on their own.
            errors: an error is appended for each value that is dropped.
        """
        while True:
            try:
                return cls(**values)
            except SettingsError as error:
                errors.append(error)
                del values[error.setting_name]


SETTINGS: Mapping[str, Setting] = {
    row.name: Setting(row.name, **row.metadata) for row in fields(RunSettings)
}
"""All hyperparameters by name, in the order in which the form and the help show them."""

DEFAULTS = RunSettings()

PRESETS: Mapping[str, Values] = {
    "standard": {},
    "notebook": {
        "network": "dense",
        "hidden": (128,),
        "epochs": 5,
        "batch_size": 32,
        "validation_split": 0.0,
        "train_images": None,
    },
    "wide": {"network": "dense", "hidden": (512,)},
    "cnn": {"network": "cnn", "batch_size": 128},
    "borrowed": {"network": "borrowed"},
}
"""Name of a preset -> the settings that it determines; none changes the data set."""


def presets_for_dataset(dataset: str) -> tuple[str, ...]:
    """Return the names of the presets whose kind of network is available for a data set."""
    info = DATASETS[dataset]
    return tuple(
        name
        for name, values in PRESETS.items()
        if _allows_network(values.get("network", "dense"), info)
    )


def preset_settings(preset: str, dataset: str) -> RunSettings:
    """Return the settings of the preset with this name, adapted to a data set."""
    values = PRESETS[preset]
    usual = DATASETS[dataset].usual
    return RunSettings(
        dataset=dataset, **{**usual.get(values.get("network", RunSettings.network), {}), **values}
    )


def usual_settings_for_network(network: str, dataset: str) -> RunSettings:
    """Return the settings of the first preset for a kind of network, adapted to a data set."""
    first = next(
        name
        for name, values in PRESETS.items()
        if values.get("network", RunSettings.network) == network
    )
    return preset_settings(first, dataset)


def read_setting_value(name: str, text: str) -> Value:
    """Return the value of one setting from an address or the command line.

    Raises:
        SettingsError: the name is unknown, the text is not a value of this setting, or the value is
            out of range.
    """
    row = SETTINGS.get(name)
    if row is None:
        raise SettingsError("unknown_setting", field=name[:40])
    return parse_setting_text(row, text.strip())


def changed_setting_rows(settings: RunSettings, other: RunSettings) -> list[Setting]:
    """Return the rows of settings whose values differ.

    Numbers of outputs count as equal if both networks have exactly one output per class.
    """
    changed = [
        row for row in SETTINGS.values() if getattr(settings, row.name) != getattr(other, row.name)
    ]
    outputs = SETTINGS["output_units"]
    if outputs in changed and settings.has_one_output_per_class and other.has_one_output_per_class:
        changed.remove(outputs)
    return changed


def without_idle_values(settings: RunSettings) -> RunSettings:
    """Return settings that train the same network, with defaults for values without an effect."""
    idle = {
        name: getattr(DEFAULTS, name)
        for name, row in SETTINGS.items()
        if not setting_has_effect(row, settings)
    }
    return settings.with_values(**idle)


def setting_has_effect(row: Setting, settings: RunSettings) -> bool:
    """Return whether a setting has an effect, given the values of the other settings."""
    return setting_applies(row, settings) and row.has_effect_with(settings)


def setting_applies(row: Setting, settings: RunSettings) -> bool:
    """Return whether a setting applies, given the kind of network and any setting it depends on."""
    return row.applies_to_network(settings.network) and not (
        row.only_with_setting and getattr(settings, row.only_with_setting) == "none"
    )
