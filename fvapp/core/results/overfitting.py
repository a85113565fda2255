"""Overfitting seen in a run's own numbers, and what to try next."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Literal, NamedTuple

import numpy as np

from fvapp.core.datasets import count_split
from fvapp.core.results.curves import EpochPoints, broken_epoch
from fvapp.core.results.learned import Unlearned, unlearned_run
from fvapp.core.runs import RunResult
from fvapp.core.settings import RunSettings
from fvapp.core.wording import Says, Translate, loss_text, percent

WINDOW = 3
"""Epochs whose mean is looked at: one epoch alone is high or low by chance."""

FEWEST = WINDOW + 1
"""Epochs of the shortest rise that is looked for: four that rise each time do so once in 24 by
chance.
"""

FEWEST_VALIDATION = 100
"""On fewer images a single one moves the validation loss."""

CRITICAL = {
    4: 1.73,
    5: 1.8,
    6: 1.85,
    8: 1.95,
    9: 2.0,
    12: 2.11,
    16: 2.2,
    20: 2.28,
    25: 2.345,
    30: 2.385,
    40: 2.47,
    50: 2.535,
    70: 2.605,
    100: 2.68,
}
"""Epochs -> what :func:`steepest_rise` exceeds in 1 of 20 level courses; simulated, whatever their
scatter.
"""

FitKind = Literal[
    "overfits",
    "falls",
    "level",
    "worse",
    "broken",
    "unlearned",
    "altered",
    "cannot_say",
    "few",
    "own",
]
"""The validation loss rises while the training loss falls; is lowest at the end; stays level; rises
with the training loss.

Or nothing can be said: a loss is no number any more; the network has learned nothing; its training
    images were altered
and those for validation were not, so that the two losses are not of the same kind of images; they
were not seen for long enough; they are of too few images, or of an own data set, where only the run
knows how few.
"""

RemedyName = Literal["dropout", "fewer_epochs", "patience", "fewer_neurons", "augmentation"]


class Means(NamedTuple):
    """Means of three epochs."""

    loss: float = 0.0
    val_loss: float = 1.0
    accuracy: float = 0.0
    val_accuracy: float = 0.0

    def shown(self, when: str) -> dict[str, str]:
        return {
            f"{when}_loss": loss_text(self.loss),
            f"{when}_val_loss": loss_text(self.val_loss),
            f"{when}_accuracy": percent(self.accuracy),
            f"{when}_val_accuracy": percent(self.val_accuracy),
        }


_UNSEEN = Means()


@dataclass(frozen=True)
class Fit:
    """How a run's training and validation went on after its best epochs.

    Attributes:
        kind: the losses are compared as they are shown.
        last_epoch: the last one trained; of a broken run the first whose loss was no number.
        best_epoch: the best of the three epochs whose mean validation loss is the lowest.
        best, last: means of these three epochs and of the last three.
        further: the key of what is to be said beside its sentence, or empty.
        unlearned: what is to be said of a network that has learned nothing.
        images: so many validated.
    """

    kind: FitKind
    last_epoch: int = 0
    best_epoch: int = 0
    best: Means = _UNSEEN
    last: Means = _UNSEEN
    further: str = ""
    unlearned: Unlearned | None = None
    images: int = 0

    @property
    def rise(self) -> float:
        """How far the validation loss has risen since its lowest, as a share of it."""
        # Keras counts no probability as surer
        return self.last.val_loss / max(self.best.val_loss, 1e-7) - 1

    @property
    def overfits(self) -> bool:
        return self.kind == "overfits"

    @property
    def values(self) -> dict[str, str]:
        """The numbers of its sentence, as they are shown."""
        return {
            "best": str(self.best_epoch),
            "last": str(self.last_epoch),
            "images": str(self.images),
            "fewest": str(FEWEST_VALIDATION),
            "rise": percent(max(0.0, self.rise)),
            **self.best.shown("best"),
            **self.last.shown("last"),
        }

    @property
    def says(self) -> tuple[Says, ...]:
        """What its sentence says of these numbers."""
        return _SAYS.get(self.kind, ())


_HIGHER = Says("below", "0", "rise")
_SAYS: Mapping[FitKind, tuple[Says, ...]] = {
    "overfits": (_HIGHER, Says("falls", "best_loss", "last_loss")),
    "worse": (_HIGHER, Says("at_least", "last_loss", "best_loss")),
    "few": (Says("below", "images", "fewest"),),
}


@dataclass(frozen=True)
class Remedy:
    """Something to try against overfitting: its name and the settings of the next run."""

    name: RemedyName
    settings: RunSettings


def judge_fit(epochs: EpochPoints, settings: RunSettings, result: RunResult | None = None) -> Fit:
    """Return how the run went on after its best epochs.

    Fewer than four epochs with validation cannot say. This is the one rule for overfitting:
    missions, comparison, report and the shading of the curves all ask here.

    Args:
        settings: of the run.
        result: None while it has none.
    """
    if (epoch := broken_epoch(epochs)) is not None:
        return Fit("broken", epoch)
    trained = epochs.accuracy[-1] if epochs.accuracy else None
    if result and (
        unlearned := unlearned_run(settings, result, max(epochs.epoch, default=0), trained)
    ):
        return Fit("unlearned", unlearned=unlearned)
    if settings.alters_data:
        return Fit("altered")
    columns = (epochs.epoch, epochs.loss, epochs.val_loss, epochs.accuracy, epochs.val_accuracy)
    rows = [
        tuple(value for value in row if value is not None)
        for row in zip(*columns, strict=True)
        if None not in row
    ]
    if len(rows) < FEWEST:
        return Fit("cannot_say", len(epochs.epoch))
    if settings.data.own:
        return Fit("own")
    if (images := count_split(settings)[1]) < FEWEST_VALIDATION:
        return Fit("few", images=images)
    windows = [rows[start : start + WINDOW] for start in range(len(rows) - WINDOW + 1)]
    best = min(windows, key=lambda window: fmean(row[2] for row in window))
    last = windows[-1]
    lowest, latest = (
        Means(*map(fmean, list(zip(*window, strict=True))[1:])) for window in (best, last)
    )
    fit = Fit("level", int(rows[-1][0]), int(min(best, key=lambda row: row[2])[0]), lowest, latest)
    val_losses = np.array([row[2] for row in rows])
    if best is last:
        return replace(fit, kind="falls", further=_more_epochs(fit, val_losses, result))
    if not rises(val_losses) or fit.values["rise"] == percent(0):
        return fit
    learns = float(loss_text(fit.last.loss)) < float(loss_text(fit.best.loss))
    return replace(fit, kind="overfits" if learns else "worse")


def _more_epochs(fit: Fit, val_losses: np.ndarray, result: RunResult | None) -> str:
    """Return what is to be said of more epochs: that they may help, that they hardly will, or
    nothing.
    """
    if fit.last.loss < fit.last.val_loss / 2:
        return "compare.fit.apart"
    ended = result is not None and result.stopped_by == "patience"
    return "compare.fit.more" if rises(-val_losses) and not ended else ""


def rises(course: np.ndarray) -> bool:
    """Return whether a course [epochs] rises at its end by more than chance makes of one that stays
    level.

    It is compared with its own jumps from epoch to epoch, so nothing need be known of the training.
    """
    return bool(steepest_rise(course) >= np.interp(len(course), [*CRITICAL], [*CRITICAL.values()]))


def steepest_rise(course: np.ndarray) -> float:
    """Return how clearly a course [epochs] rises to its end, at its clearest: of its last four
    epochs, five, and so on.

    Daniels' test for trend of each: Spearman's rank correlation between values and time, times
    sqrt(epochs - 1). H. E. Daniels, "Rank correlation and population parameters", Journal of the
    Royal Statistical Society B 12 (1950).
    """
    above = np.sign(course[:, None] - course)  # of equal values none counts as the higher

    def clear(count: int) -> float:
        ranks = above[-count:, -count:].sum(axis=1) / 2
        correlation = 12 * (ranks @ np.arange(count)) / (count**3 - count)
        return float(np.sqrt(count - 1) * correlation)

    return max(map(clear, range(FEWEST, len(course) + 1)))


def fit_sentence(fit: Fit, t: Translate) -> str:
    """Return what the numbers say, in a few sentences with these numbers in them."""
    if fit.unlearned:
        return t(fit.unlearned[0], **fit.unlearned[1])
    return "".join(t(key, **fit.values) for key in (f"compare.fit.{fit.kind}", fit.further) if key)


def remedies(settings: RunSettings, fit: Fit) -> tuple[Remedy, ...]:
    """Return what may help against overfitting and is not yet done, each as the settings of a next
    run.

    Each changes one thing only, so that the next comparison can tell whether it helped.
    """
    return tuple(
        Remedy(name, settings.with_values(**{field: value}))
        for name, field, value in _changes(settings, fit)
    )


def _changes(settings: RunSettings, fit: Fit) -> Iterator[tuple[RemedyName, str, object]]:
    has_hidden = settings.convolutional or settings.hidden
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
