"""Overfitting seen in a run's own numbers, and what to try next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from math import sqrt
from statistics import fmean, stdev
from typing import Literal

from fvapp.core.results.curves import EpochPoints
from fvapp.core.results.repeats import EPOCHS, repeats_like
from fvapp.core.settings import RunSettings
from fvapp.core.wording import Translate, percent

WINDOW = 3
"""Epochs whose mean is looked at: one epoch alone is high or low by chance."""

_T_ONE_SIDED = 1.833
"""Student's t for ten values (9 degrees of freedom), 95 per cent, one-sided."""

FitKind = Literal["overfits", "falls", "level", "worse"]
"""The validation loss rises while the training loss falls; falls to the end; stays level; rises with the training loss.
"""

RemedyName = Literal["dropout", "fewer_epochs", "patience", "fewer_neurons", "augmentation"]


@dataclass(frozen=True)
class Fit:
    """How a run's training and validation went on after its best epochs.

    Attributes:
        best_epoch: the best of the three epochs whose mean validation loss is the lowest.
        last_epoch: the last one trained.
        best_loss, last_loss: mean training loss of the three best and of the last three epochs.
        best_val_loss, last_val_loss: mean validation loss of them.
        best_val_accuracy, last_val_accuracy: mean validation accuracy of them.
        gap: training less validation accuracy, mean of the last three epochs.
        margin: how far, as a share, the validation loss may rise by chance (:func:`margin_of_rise`).
    """

    best_epoch: int
    last_epoch: int
    best_loss: float
    last_loss: float
    best_val_loss: float
    last_val_loss: float
    best_val_accuracy: float
    last_val_accuracy: float
    gap: float
    margin: float

    @property
    def rise(self) -> float:
        """How far the validation loss has risen since its lowest, as a share of it."""
        return self.last_val_loss / self.best_val_loss - 1

    @property
    def kind(self) -> FitKind:
        if self.rise > self.margin:
            return "overfits" if self.last_loss < self.best_loss else "worse"
        return "level" if self.rise > 0 else "falls"

    @property
    def overfits(self) -> bool:
        return self.kind == "overfits"


@dataclass(frozen=True)
class Remedy:
    """Something to try against overfitting: its name and the settings of the next run."""

    name: RemedyName
    settings: RunSettings


def judge_fit(epochs: EpochPoints, settings: RunSettings) -> Fit | None:
    """Return how the run went on after its best epochs, or None when its numbers cannot say.

    They cannot with fewer than four epochs that have validation and finite losses. This is the one rule for
    overfitting: missions, comparison, report and the shading of the curves all ask here.

    Args:
        settings: of the run; how far chance moves its validation loss depends on data set and number of images.
    """
    columns = (epochs.epoch, epochs.loss, epochs.val_loss, epochs.accuracy, epochs.val_accuracy)
    rows = [row for row in zip(*columns, strict=True) if None not in row]
    if len(rows) <= WINDOW:
        return None
    windows = [rows[start : start + WINDOW] for start in range(len(rows) - WINDOW + 1)]
    best, last = min(windows, key=lambda window: fmean(row[2] for row in window)), windows[-1]
    means = [[fmean(column) for column in list(zip(*window, strict=True))[1:]] for window in (best, last)]
    (best_loss, best_val_loss, _, best_val_accuracy), (last_loss, last_val_loss, last_accuracy, last_val) = means
    return Fit(
        best_epoch=min(best, key=lambda row: row[2])[0],
        last_epoch=rows[-1][0],
        best_loss=best_loss,
        last_loss=last_loss,
        best_val_loss=best_val_loss,
        last_val_loss=last_val_loss,
        best_val_accuracy=best_val_accuracy,
        last_val_accuracy=last_val,
        gap=last_accuracy - last_val,
        margin=margin_of_rise(settings, len(rows)),
    )


@cache
def margin_of_rise(settings: RunSettings, epochs: int) -> float:
    """Return how far above its lowest the validation loss ends by chance, as a share, in 19 of 20 runs at most.

    Measured: ten runs that differ in the seed alone have a common course, falling, level or rising. Each run's
    validation loss divided by the mean of the ten at the same epoch is what chance adds to it, a line about level. By
    how far the last three epochs of these lines lie above their own lowest three gives ten numbers; their mean and t
    times their standard deviation, as for one more run, give the margin.

    Args:
        settings: the ten runs are those on its data set with about as many images.
        epochs: of the run; beyond 30, what 30 gave.
    """
    runs, epochs = repeats_like(settings), min(epochs, EPOCHS)
    course = [fmean(losses) for losses in zip(*(run.val_loss[:epochs] for run in runs), strict=True)]
    rises = [_rise([loss / mean for loss, mean in zip(run.val_loss[:epochs], course, strict=True)]) for run in runs]
    return fmean(rises) + _T_ONE_SIDED * stdev(rises) * sqrt(1 + 1 / len(rises))


def _rise(losses: Sequence[float]) -> float:
    windows = [fmean(losses[start : start + WINDOW]) for start in range(len(losses) - WINDOW + 1)]
    return windows[-1] / min(windows) - 1


def fit_sentence(fit: Fit | None, t: Translate) -> str:
    """Return what the numbers say, in one or two sentences with these numbers in them."""
    if fit is None:
        return t("compare.fit.cannot_say")
    return t(
        f"compare.fit.{fit.kind}",
        best=fit.best_epoch,
        last=fit.last_epoch,
        best_loss=f"{fit.best_loss:.3f}",
        last_loss=f"{fit.last_loss:.3f}",
        best_val_loss=f"{fit.best_val_loss:.3f}",
        last_val_loss=f"{fit.last_val_loss:.3f}",
        rise=percent(fit.rise),
        margin=percent(fit.margin),
        gap=f"{100 * abs(fit.gap):.1f}",
    )


def remedies(settings: RunSettings, fit: Fit) -> tuple[Remedy, ...]:
    """Return what may help against overfitting and is not yet done, each as the settings of a next run.

    Each changes one thing only, so that the next comparison can tell whether it helped.
    """
    return tuple(Remedy(name, settings.with_values(**{field: value})) for name, field, value in _changes(settings, fit))


def _changes(settings: RunSettings, fit: Fit) -> Iterator[tuple[RemedyName, str, object]]:
    has_hidden = settings.network == "cnn" or settings.hidden
    if has_hidden and settings.dropout < 0.5:
        yield "dropout", "dropout", 0.3 if settings.dropout < 0.3 else 0.5
    if fit.best_epoch < settings.epochs:
        yield "fewer_epochs", "epochs", fit.best_epoch
    if not settings.patience:
        yield "patience", "patience", 2
    if settings.network == "dense" and any(width > 1 for width in settings.hidden):
        yield "fewer_neurons", "hidden", tuple(max(1, width // 2) for width in settings.hidden)
    if not settings.augmentation:
        yield "augmentation", "augmentation", True
