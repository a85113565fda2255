"""Overfitting seen in a run's own numbers, and what to try next."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import sqrt
from statistics import fmean, stdev
from typing import Literal, NamedTuple

from fvapp.core.datasets import DATASETS, count_split
from fvapp.core.results.curves import EpochPoints, broken_epoch
from fvapp.core.results.learned import Unlearned, unlearned_run
from fvapp.core.results.repeats import EPOCHS, SIZES, Repeat, repeats_around
from fvapp.core.runs import RunResult
from fvapp.core.settings import RunSettings
from fvapp.core.wording import Says, Translate, loss_text, percent

WINDOW = 3
"""Epochs whose mean is looked at: one epoch alone is high or low by chance."""

_T_ONE_SIDED = 1.833
"""Student's t for ten values (9 degrees of freedom), 95 per cent, one-sided."""

FEWEST_VALIDATION = min(filter(None, SIZES)) // 10
"""What chance does was measured with a tenth of each number of images set aside: on fewer than this it is not known."""

FitKind = Literal[
    *("overfits", "falls", "level", "worse", "unsure", "not_measured"),
    *("broken", "unlearned", "altered", "cannot_say", "few"),
]
"""The validation loss rises while the training loss falls; falls to the end; stays level; rises with the training loss;
rises by what chance makes of some trainings and not of others; may do anything, on a data set for which chance was not
measured.

Or nothing can be said: a loss is no number any more; the network has learned nothing; its training images were altered
and those for validation were not, so that the two losses are not of the same kind of images; they were not seen for
long enough; they are of too few images.
"""

RemedyName = Literal["dropout", "fewer_epochs", "patience", "fewer_neurons", "augmentation"]


class Means(NamedTuple):
    """Means of three epochs."""

    loss: float = 0.0
    val_loss: float = 1.0
    accuracy: float = 0.0
    val_accuracy: float = 0.0

    def shown(self, when: str) -> dict[str, str]:
        losses = {f"{when}_loss": loss_text(self.loss), f"{when}_val_loss": loss_text(self.val_loss)}
        return losses | {f"{when}_accuracy": percent(self.accuracy), f"{when}_val_accuracy": percent(self.val_accuracy)}


_UNSEEN = Means()


@dataclass(frozen=True)
class Fit:
    """How a run's training and validation went on after its best epochs.

    Attributes:
        kind: the losses are compared as they are shown.
        last_epoch: the last one trained; of a broken run the first whose loss was no number.
        best_epoch: the best of the three epochs whose mean validation loss is the lowest.
        best, last: means of these three epochs and of the last three.
        margin: how far, as a share, the validation loss may rise by chance (:func:`margins_of_rise`).
        unlearned: what is to be said of a network that has learned nothing.
        images: so many validated.
    """

    kind: FitKind
    last_epoch: int = 0
    best_epoch: int = 0
    best: Means = _UNSEEN
    last: Means = _UNSEEN
    margin: float = 0.0
    unlearned: Unlearned | None = None
    images: int = 0

    @property
    def rise(self) -> float:
        """How far the validation loss has risen since its lowest, as a share of it."""
        return self.last.val_loss / max(self.best.val_loss, 1e-7) - 1  # Keras counts no probability as surer

    @property
    def overfits(self) -> bool:
        return self.kind == "overfits"

    @property
    def values(self) -> dict[str, str]:
        """The numbers of its sentence, as they are shown."""
        whole = {"best": self.best_epoch, "last": self.last_epoch, "images": self.images, "fewest": FEWEST_VALIDATION}
        shares = {"rise": percent(max(0.0, self.rise)), "margin": percent(self.margin)}
        return {name: str(n) for name, n in whole.items()} | self.best.shown("best") | self.last.shown("last") | shares

    @property
    def says(self) -> tuple[Says, ...]:
        """What its sentence says of these numbers."""
        return _SAYS.get(self.kind, ())


_HIGHER, _NO_HIGHER = Says("below", "margin", "rise"), Says("at_least", "margin", "rise")
_SAYS: Mapping[FitKind, tuple[Says, ...]] = {
    "overfits": (_HIGHER, Says("falls", "best_loss", "last_loss")),
    "worse": (_HIGHER, Says("at_least", "last_loss", "best_loss")),
    "level": (_NO_HIGHER,),
    "unsure": (_NO_HIGHER,),
    "few": (Says("below", "images", "fewest"),),
}


@dataclass(frozen=True)
class Remedy:
    """Something to try against overfitting: its name and the settings of the next run."""

    name: RemedyName
    settings: RunSettings


def judge_fit(epochs: EpochPoints, settings: RunSettings, result: RunResult | None = None) -> Fit:
    """Return how the run went on after its best epochs.

    Fewer than four epochs with validation cannot say. This is the one rule for overfitting: missions, comparison,
    report and the shading of the curves all ask here.

    Args:
        settings: of the run; how far chance moves its validation loss depends on them.
        result: None while it has none.
    """
    if (epoch := broken_epoch(epochs)) is not None:
        return Fit("broken", epoch)
    if result and (unlearned := unlearned_run(settings, result, max(epochs.epoch, default=0))):
        return Fit("unlearned", unlearned=unlearned)
    if settings.alters_data:
        return Fit("altered")
    columns = (epochs.epoch, epochs.loss, epochs.val_loss, epochs.accuracy, epochs.val_accuracy)
    rows = [row for row in zip(*columns, strict=True) if None not in row]
    if len(rows) <= WINDOW:
        return Fit("cannot_say", len(epochs.epoch))
    windows = [rows[start : start + WINDOW] for start in range(len(rows) - WINDOW + 1)]
    best, last = min(windows, key=lambda window: fmean(row[2] for row in window)), windows[-1]
    means = [Means(*map(fmean, list(zip(*window, strict=True))[1:])) for window in (best, last)]
    fit = Fit("not_measured", rows[-1][0], min(best, key=lambda row: row[2])[0], *means)
    margins = margins_of_rise(settings, len(rows))
    if not margins:
        return fit
    if (images := count_split(settings)[1]) < FEWEST_VALIDATION:
        return Fit("few", images=images)
    low, high = margins
    beyond = [_number(percent(fit.rise)) > _number(percent(margin)) for margin in margins]
    if not any(beyond):
        return replace(fit, kind="falls" if best is last else "level", margin=high if best is last else low)
    learns = float(loss_text(fit.last.loss)) < float(loss_text(fit.best.loss))
    return replace(fit, kind=("overfits" if learns else "worse") if all(beyond) else "unsure", margin=high)


def _number(percentage: str) -> float:
    return float(percentage.removesuffix("%"))


@lru_cache(1_000)
def margins_of_rise(settings: RunSettings, epochs: int) -> tuple[float, ...]:
    """Return how far above its lowest the validation loss ends by chance, as a share, in 19 of 20 runs at most.

    Of trainings like those that were measured it is known, and both numbers are the same. Of others it lies somewhere
    between the smallest and the largest of :func:`repeats_around`. Where fewer images validate than did then, it is at
    least that of the trainings of which as few did. On a data set for which nothing was measured there is none.
    """
    if not repeats_around(settings):
        return ()
    whole, own = DATASETS[settings.dataset].train_images, settings.train_images
    as_few = [size for size in SIZES if (size or whole) <= 10 * count_split(settings)[1]]
    sizes = {own, *(() if own in as_few else as_few[-1:])}
    margins = [
        [margin_of_rise(runs, min(epochs, EPOCHS)) for runs in repeats_around(settings.with_values(train_images=size))]
        for size in sizes
    ]
    return max(map(min, margins)), max(map(max, margins))


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
    if fit.unlearned:
        return t(fit.unlearned[0], **fit.unlearned[1])
    return t(f"compare.fit.{fit.kind}", **fit.values)


def remedies(settings: RunSettings, fit: Fit) -> tuple[Remedy, ...]:
    """Return what may help against overfitting and is not yet done, each as the settings of a next run.

    Each changes one thing only, so that the next comparison can tell whether it helped.
    """
    return tuple(Remedy(name, settings.with_values(**{field: value})) for name, field, value in _changes(settings, fit))


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
