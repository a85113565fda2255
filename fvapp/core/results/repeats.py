"""Runs that differ in the seed alone, measured once and shipped: what chance does to a result.

``python -m fvapp build repeats`` measures them: the network of the notebook (Dense 128, batches of 32) with the seeds
1 to 10 for 30 epochs, a tenth of the images set aside for validation, for each data set and number of images.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import log

from fvapp.core.schema import read
from fvapp.core.settings import SETTINGS, RunSettings

FILE = "repeats.json"
SEEDS = range(1, 11)
EPOCHS = 30
SHORT = 5
"""Epochs after which the test set was looked at too: those of the notebook."""

SIZES: tuple[int | None, ...] = SETTINGS["train_images"].choices

_DIGITS = 5  # of what is written; the scatter begins at the third


@dataclass(frozen=True)
class Repeat:
    """One of the runs; each column has a number an epoch.

    Attributes:
        test_accuracy: after `SHORT` epochs.
    """

    seed: int
    loss: tuple[float, ...]
    accuracy: tuple[float, ...]
    val_loss: tuple[float, ...]
    val_accuracy: tuple[float, ...]
    test_accuracy: float

    @property
    def gap(self) -> float:
        """Training accuracy less test accuracy after `SHORT` epochs."""
        return self.accuracy[SHORT - 1] - self.test_accuracy


@dataclass(frozen=True)
class MeasuredRepeats:
    """All runs, by data set and number of images (None: all 60,000)."""

    date: str
    versions: Mapping[str, str]
    runs: Mapping[tuple[str, int | None], Sequence[Repeat]]


def repeats_like(settings: RunSettings) -> Sequence[Repeat]:
    """Return the runs on the same data set with the number of images that is nearest, in ratio."""
    wanted = settings.train_images or _ALL
    size = min(SIZES, key=lambda images: abs(log((images or _ALL) / wanted)))
    return measured_repeats().runs[settings.dataset, size]


_ALL = 60_000


@cache
def measured_repeats() -> MeasuredRepeats:
    """Return the runs that ship."""
    kept = json.loads((files("fvapp.core.results") / FILE).read_text(encoding="utf-8"))
    runs = {
        (group["dataset"], group["train_images"]): read(tuple[Repeat, ...], group["runs"]) for group in kept["groups"]
    }
    return MeasuredRepeats(kept["date"], kept["versions"], runs)


def write_repeats(measured: MeasuredRepeats) -> str:
    """Return the text of the file that :func:`measured_repeats` reads: a line a run."""
    groups = ",\n".join(
        f'{{"dataset": {json.dumps(dataset)}, "train_images": {json.dumps(images)}, "runs": [\n'
        + ",\n".join(_line(run) for run in runs)
        + "]}"
        for (dataset, images), runs in measured.runs.items()
    )
    head = f'{{"date": {json.dumps(measured.date)},\n"versions": {json.dumps(dict(measured.versions))},\n'
    return f'{head}"groups": [\n{groups}]}}\n'


def _line(run: Repeat) -> str:
    return json.dumps(
        {
            name: [round(number, _DIGITS) for number in value] if isinstance(value, tuple) else value
            for name, value in vars(run).items()
        }
    )
