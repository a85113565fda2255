"""Overfitting seen in a run's own numbers, and what to try next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from fvapp.core.results.curves import EpochPoints
from fvapp.core.settings import RunSettings
from fvapp.core.wording import Translate, percent

RISE = 0.05
"""How far, as a share, the validation loss must have risen above its best before it is called overfitting.

From one epoch to the next it goes up and down by 1 to 3 per cent on 6,000 validation images; five is beyond that.
"""

RemedyName = Literal["dropout", "fewer_epochs", "patience", "fewer_neurons", "augmentation"]


@dataclass(frozen=True)
class Fit:
    """How a run's training and validation went on after its best epoch.

    Attributes:
        best_epoch: with the lowest validation loss; the first of several.
        last_epoch: the last one trained.
        best_loss, last_loss: training loss in these two epochs.
        best_val_loss, last_val_loss: validation loss in them.
        gap: training less validation accuracy in the last epoch.
        overfits: the validation loss has risen by ``RISE`` or more since the best epoch while the training loss fell.
    """

    best_epoch: int
    last_epoch: int
    best_loss: float
    last_loss: float
    best_val_loss: float
    last_val_loss: float
    gap: float
    overfits: bool


@dataclass(frozen=True)
class Remedy:
    """Something to try against overfitting: its name and the settings of the next run."""

    name: RemedyName
    settings: RunSettings


def judge_fit(epochs: EpochPoints) -> Fit | None:
    """Return how the run went on after its best epoch, or None when its numbers cannot say.

    They cannot with fewer than two epochs that have validation and finite losses.
    """
    columns = (epochs.epoch, epochs.loss, epochs.val_loss, epochs.accuracy, epochs.val_accuracy)
    rows = [row for row in zip(*columns, strict=True) if None not in row]
    if len(rows) < 2:
        return None
    best, last = min(rows, key=lambda row: row[2]), rows[-1]
    return Fit(
        best_epoch=best[0],
        last_epoch=last[0],
        best_loss=best[1],
        last_loss=last[1],
        best_val_loss=best[2],
        last_val_loss=last[2],
        gap=last[3] - last[4],
        overfits=last[2] >= (1 + RISE) * best[2] and last[1] < best[1],
    )


def fit_sentence(fit: Fit | None, t: Translate) -> str:
    """Return what the numbers say, in one or two sentences with these numbers in them."""
    if fit is None:
        return t("compare.fit.cannot_say")
    if fit.overfits:
        kind = "overfits"
    elif fit.best_epoch == fit.last_epoch:
        kind = "still_better"
    else:
        kind = "about_best"
    return t(
        f"compare.fit.{kind}",
        best=fit.best_epoch,
        last=fit.last_epoch,
        best_loss=f"{fit.best_loss:.3f}",
        last_loss=f"{fit.last_loss:.3f}",
        best_val_loss=f"{fit.best_val_loss:.3f}",
        last_val_loss=f"{fit.last_val_loss:.3f}",
        gap=percent(abs(fit.gap)),
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
