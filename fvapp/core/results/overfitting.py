"""Overfitting seen in a run's own numbers, and what to try next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt
from statistics import fmean, stdev
from typing import Literal

from fvapp.core.results.curves import EpochPoints, broken_epoch
from fvapp.core.results.repeats import EPOCHS, Repeat, repeats_around
from fvapp.core.settings import RunSettings
from fvapp.core.wording import Translate, loss_text, percent

WINDOW = 3
"""Epochs whose mean is looked at: one epoch alone is high or low by chance."""

_T_ONE_SIDED = 1.833
"""Student's t for ten values (9 degrees of freedom), 95 per cent, one-sided."""

FitKind = Literal["overfits", "falls", "level", "worse", "unsure", "not_measured", "broken", "cannot_say"]
"""The validation loss rises while the training loss falls; falls to the end; stays level; rises with the training loss;
rises by what chance makes of some trainings and not of others; may do anything, on a data set for which chance was not
measured; is no number any more; was not seen for long enough.
"""

RemedyName = Literal["dropout", "fewer_epochs", "patience", "fewer_neurons", "augmentation"]


@dataclass(frozen=True)
class Fit:
    """How a run's training and validation went on after its best epochs.

    Attributes:
        kind: the losses are compared as they are shown.
        last_epoch: the last one trained; of a broken run the first whose loss was no number.
        best_epoch: the best of the three epochs whose mean validation loss is the lowest.
        best_loss, last_loss: mean training loss of the three best and of the last three epochs.
        best_val_loss, last_val_loss: mean validation loss of them.
        best_val_accuracy, last_val_accuracy: mean validation accuracy of them.
        last_accuracy: mean training accuracy of the last three.
        margin: how far, as a share, the validation loss may rise by chance (:func:`margins_of_rise`).
    """

    kind: FitKind
    last_epoch: int = 0
    best_epoch: int = 0
    best_loss: float = 0.0
    last_loss: float = 0.0
    best_val_loss: float = 1.0
    last_val_loss: float = 1.0
    best_val_accuracy: float = 0.0
    last_val_accuracy: float = 0.0
    last_accuracy: float = 0.0
    margin: float = 0.0

    @property
    def rise(self) -> float:
        """How far the validation loss has risen since its lowest, as a share of it."""
        return self.last_val_loss / self.best_val_loss - 1

    @property
    def overfits(self) -> bool:
        return self.kind == "overfits"


@dataclass(frozen=True)
class Remedy:
    """Something to try against overfitting: its name and the settings of the next run."""

    name: RemedyName
    settings: RunSettings


def judge_fit(epochs: EpochPoints, settings: RunSettings) -> Fit:
    """Return how the run went on after its best epochs.

    Fewer than four epochs with validation cannot say. This is the one rule for overfitting: missions, comparison,
    report and the shading of the curves all ask here.

    Args:
        settings: of the run; how far chance moves its validation loss depends on them.
    """
    if (epoch := broken_epoch(epochs)) is not None:
        return Fit("broken", epoch)
    columns = (epochs.epoch, epochs.loss, epochs.val_loss, epochs.accuracy, epochs.val_accuracy)
    rows = [row for row in zip(*columns, strict=True) if None not in row]
    if len(rows) <= WINDOW:
        return Fit("cannot_say", len(epochs.epoch))
    windows = [rows[start : start + WINDOW] for start in range(len(rows) - WINDOW + 1)]
    best, last = min(windows, key=lambda window: fmean(row[2] for row in window)), windows[-1]
    means = [[fmean(column) for column in list(zip(*window, strict=True))[1:]] for window in (best, last)]
    (best_loss, best_val_loss, _, best_val_accuracy), (last_loss, last_val_loss, last_accuracy, last_val) = means
    margins = margins_of_rise(settings, len(rows))
    low, high = min(margins, default=0.0), max(margins, default=0.0)
    rise = percent(last_val_loss / best_val_loss - 1)
    beyond = [_number(rise) > _number(percent(margin)) for margin in (low, high)]
    if not margins:
        kind: FitKind = "not_measured"
    elif all(beyond):
        kind = "overfits" if float(loss_text(last_loss)) < float(loss_text(best_loss)) else "worse"
    elif any(beyond):
        kind = "unsure"
    else:
        kind = "falls" if best is last else "level"
    return Fit(
        kind,
        last_epoch=rows[-1][0],
        best_epoch=min(best, key=lambda row: row[2])[0],
        best_loss=best_loss,
        last_loss=last_loss,
        best_val_loss=best_val_loss,
        last_val_loss=last_val_loss,
        best_val_accuracy=best_val_accuracy,
        last_val_accuracy=last_val,
        last_accuracy=last_accuracy,
        margin=low if kind == "level" else high,
    )


def _number(percentage: str) -> float:
    return float(percentage.removesuffix("%"))


@lru_cache(1_000)
def margins_of_rise(settings: RunSettings, epochs: int) -> tuple[float, ...]:
    """Return how far above its lowest the validation loss ends by chance, as a share, in 19 of 20 runs at most.

    Of trainings like those that were measured it is known, and this is one number. Of others it lies somewhere between
    those of :func:`repeats_around`; on a data set for which nothing was measured there is none.
    """
    return tuple(margin_of_rise(runs, min(epochs, EPOCHS)) for runs in repeats_around(settings))


def margin_of_rise(runs: Sequence[Repeat], epochs: int) -> float:
    """Return the margin of trainings of which `runs` are repeats, after so many epochs.

    Measured: ten runs that differ in the seed alone have a common course, falling, level or rising. Each run's
    validation loss divided by the mean of the ten at the same epoch is what chance adds to it, a line about level. By
    how far the last three epochs of these lines lie above their own lowest three gives ten numbers; their mean and t
    times their standard deviation, as for one more run, give the margin.
    """
    course = [fmean(losses) for losses in zip(*(run.val_loss[:epochs] for run in runs), strict=True)]
    rises = [_rise([loss / mean for loss, mean in zip(run.val_loss[:epochs], course, strict=True)]) for run in runs]
    return fmean(rises) + _T_ONE_SIDED * stdev(rises) * sqrt(1 + 1 / len(rises))


def _rise(losses: Sequence[float]) -> float:
    windows = [fmean(losses[start : start + WINDOW]) for start in range(len(losses) - WINDOW + 1)]
    return windows[-1] / min(windows) - 1


def fit_sentence(fit: Fit, t: Translate) -> str:
    """Return what the numbers say, in one or two sentences with these numbers in them."""
    return t(
        f"compare.fit.{fit.kind}",
        best=fit.best_epoch,
        last=fit.last_epoch,
        best_loss=loss_text(fit.best_loss),
        last_loss=loss_text(fit.last_loss),
        best_val_loss=loss_text(fit.best_val_loss),
        last_val_loss=loss_text(fit.last_val_loss),
        rise=percent(fit.rise),
        margin=percent(fit.margin),
        accuracy=percent(fit.last_accuracy),
        val_accuracy=percent(fit.last_val_accuracy),
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
