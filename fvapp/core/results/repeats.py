"""Provides measured runs that differ only in the seed and so show how chance affects a result.

``python -m fvapp build repeats`` measures the runs, which ship with the app. The measured networks
are Dense 128 with batches of 32, as in the course notebook, and its variants in `CHANGES`. Each
network is trained with seeds 1 to 10 for 30 epochs, with a tenth of the images set aside for
validation.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import inf, log
from typing import Any

from fvapp.core.schema import read_as_type
from fvapp.core.settings import PRESETS, SETTINGS, RunSettings, Value, changed_setting_rows

FILE = "repeats.json"
SEEDS = range(1, 11)
EPOCHS = 30
SHORT = 5
"""Number of epochs, as in the course notebook, after which the test accuracy was measured."""

SIZES: tuple[Any, ...] = tuple(SETTINGS["train_images"].choices)

CHANGES: tuple[Mapping[str, Value], ...] = (
    {"optimizer": "rmsprop"},
    {"optimizer": "rmsprop", "learning_rate": 0.01},
    {"optimizer": "sgd", "learning_rate": 0.001},
    {"optimizer": "sgd", "learning_rate": 0.01},
    {"optimizer": "sgd", "learning_rate": 0.1},
    {"learning_rate": 0.01},
    {"learning_rate": 0.0001},
    {"batch_size": 128},
    PRESETS["cnn"],
)
"""The variants of the course notebook's network whose results were measured with ten seeds.

The larger the training steps of a variant, the more its results depend on chance.

The shipped file contains the small CNN only for 1,000 and 5,000 training images. It contains the
other variants for all numbers of training images except 10,000. The option ``--missing`` measures
the rest.
"""

# Decimal places of the numbers in the file. Runs with different seeds differ in the third place.
_DIGITS = 5


@dataclass(frozen=True)
class MeasuredRun:
    """A measured run that ships with the app; each tuple has one value per epoch.

    Attributes:
        test_accuracy: the test accuracy after `SHORT` epochs.
    """

    seed: int
    loss: tuple[float, ...]
    accuracy: tuple[float, ...]
    val_loss: tuple[float, ...]
    val_accuracy: tuple[float, ...]
    test_accuracy: float

    @property
    def accuracy_gap(self) -> float:
        """Training accuracy minus test accuracy after `SHORT` epochs."""
        return self.accuracy[SHORT - 1] - self.test_accuracy


MeasuredRuns = Mapping[RunSettings, Sequence[MeasuredRun]]
"""Settings with the default seed -> measured runs with these settings but different seeds."""


def measured_runs_near(settings: RunSettings) -> Sequence[Sequence[MeasuredRun]]:
    """Return the group of measured runs with the nearest settings, or several similar groups.

    If no group is near enough, the result contains all groups with a similar network, batch size
    and learning rate, and all groups with the nearest number of images. If there is no similar
    network, all groups of the data set are returned. For a data set without measured runs, the
    result is empty.
    """
    distances = {
        measured: (
            _training_settings_distance(measured, settings),
            abs(log(measured.image_count / settings.image_count)),
        )
        for measured in shipped_measured_runs()
        if measured.dataset == settings.dataset
    }
    if not distances:
        return []

    nearest = min(distances, key=lambda measured: sum(distances[measured]))
    if sum(distances[nearest]) <= NEAR:
        return [shipped_measured_runs()[nearest]]

    size = min(images for _, images in distances.values())
    has_similar = any(training <= NEAR for training, _ in distances.values())
    return [
        shipped_measured_runs()[measured]
        for measured, (training, images) in distances.items()
        if not has_similar or training <= NEAR or images == size
    ]


NEAR = log(4)
"""Largest distance between the settings of two runs that count as near.

The distance is the logarithm of a product of ratios, such as the ratio of the larger to the smaller
batch size. Runs are near if this product is at most 4.
"""


def _training_settings_distance(first: RunSettings, second: RunSettings) -> float:
    """Return a distance between two settings, from the ratios of batch sizes and learning rates.

    The distance is the sum of the logarithms of both ratios, or infinite if the networks or the
    optimizers differ.
    """
    if (first.network, first.optimizer) != (second.network, second.optimizer):
        return inf
    batches = log(first.batch_size / second.batch_size)
    rates = log(first.learning_rate / second.learning_rate)
    return abs(batches) + abs(rates)


@cache
def shipped_measured_runs() -> MeasuredRuns:
    """Return the measured runs that ship with the app."""
    return read_measured_runs((files("fvapp.core.results") / FILE).read_text(encoding="utf-8"))


def read_measured_runs(text: str) -> MeasuredRuns:
    """Return the measured runs from a text that :func:`write_measured_runs` made."""
    groups = json.loads(text)["groups"]
    return {
        RunSettings.from_json(group["settings"]): read_as_type(
            tuple[MeasuredRun, ...], group["runs"]
        )
        for group in groups
    }


def write_measured_runs(measured: MeasuredRuns, date: str, versions: Mapping[str, str]) -> str:
    """Return measured runs as the text of the file that ships with the app, one run per line."""
    groups = ",\n".join(
        f'{{"settings": {json.dumps(_changed_settings(settings))}, "runs": [\n'
        + ",\n".join(_run_as_json(run) for run in runs)
        + "]}"
        for settings, runs in measured.items()
    )
    head = f'{{"date": {json.dumps(date)},\n"versions": {json.dumps(dict(versions))},\n'
    return f'{head}"groups": [\n{groups}]}}\n'


def _changed_settings(settings: RunSettings) -> dict[str, object]:
    return {
        row.name: settings.to_json()[row.name]
        for row in changed_setting_rows(settings, RunSettings())
    }


def _run_as_json(run: MeasuredRun) -> str:
    return json.dumps(
        {
            name: [round(number, _DIGITS) for number in value]
            if isinstance(value, tuple)
            else value
            for name, value in vars(run).items()
        }
    )
