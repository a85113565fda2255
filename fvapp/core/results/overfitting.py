"""Detects overfitting from the losses of a run's epochs, and suggests what to try next."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from statistics import fmean
from typing import Literal, NamedTuple

import numpy as np

from fvapp.core.datasets import run_split_sizes
from fvapp.core.results.curves import EpochPoints, first_diverged_epoch
from fvapp.core.results.learned import UnlearnedMessage, unlearned_run_message
from fvapp.core.runs import RunResult
from fvapp.core.settings import RunSettings
from fvapp.core.wording import NumberClaim, Translate, loss_text, share_as_percent

WINDOW = 3
"""Number of epochs over which losses are averaged, because a single epoch may be off by chance."""

FEWEST = WINDOW + 1
"""Number of epochs in the shortest rise of the loss that is detected.

Four random values are in ascending order in 1 of 24 cases.
"""

FEWEST_VALIDATION = 100
"""Minimum number of validation images for a diagnosis of overfitting.

With fewer images, a single image noticeably changes the validation loss.
"""

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
"""Epochs -> value that :func:`largest_rise_statistic` exceeds for 1 in 20 series without a trend.

The values come from simulations. They do not depend on how much the values of a series scatter.
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
"""The diagnosis of a run's losses, or the reason why there is no diagnosis.

The first four are diagnoses. overfits: the validation loss rises while the training loss falls.
falls: the validation loss is lowest at the end. level: the validation loss stays level. worse: the
validation loss rises, and the training loss does not fall.

The others say why there is no diagnosis. broken: a loss is not finite. unlearned: the network has
learned nothing. altered: the training images were altered but the validation images were not, so
the two losses are about different kinds of images. cannot_say: there are too few epochs. few: there
are too few validation images. own: the data set is the visitor's own, and only the run knows how
many validation images it had.
"""

RemedyName = Literal["dropout", "fewer_epochs", "patience", "fewer_neurons", "augmentation"]


class WindowMeans(NamedTuple):
    """Mean losses and accuracies over `WINDOW` consecutive epochs."""

    loss: float = 0.0
    val_loss: float = 1.0
    accuracy: float = 0.0
    val_accuracy: float = 0.0

    def loss_and_accuracy_texts(self, when: str) -> dict[str, str]:
        return {
            f"{when}_loss": loss_text(self.loss),
            f"{when}_val_loss": loss_text(self.val_loss),
            f"{when}_accuracy": share_as_percent(self.accuracy),
            f"{when}_val_accuracy": share_as_percent(self.val_accuracy),
        }


_NO_MEANS = WindowMeans()


@dataclass(frozen=True)
class FitDiagnosis:
    """A diagnosis of how the losses of a run developed after its best epochs.

    Attributes:
        fit_kind: the diagnosis, based on the losses as they are rounded for display.
        last_epoch: the last epoch of the run, or the first epoch whose loss is not finite.
        best_epoch: the epoch with the lowest validation loss among the best epochs, which are the
            three consecutive epochs with the lowest mean validation loss.
        best_window_means, last_window_means: means over the three best and over the three last
            epochs.
        second_sentence_key: catalogue key of a second sentence, or an empty string.
        unlearned_message: the message for a network that has learned nothing, else None.
        validation_images: number of validation images if there are too few for a diagnosis, else 0.
    """

    fit_kind: FitKind
    last_epoch: int = 0
    best_epoch: int = 0
    best_window_means: WindowMeans = _NO_MEANS
    last_window_means: WindowMeans = _NO_MEANS
    second_sentence_key: str = ""
    unlearned_message: UnlearnedMessage | None = None
    validation_images: int = 0

    @property
    def val_loss_rise(self) -> float:
        """The rise of the validation loss above its minimum, as a share of the minimum."""
        # The lower bound of 1e-7 avoids a division by a loss of 0. The bound changes no other loss,
        # because Keras clips probabilities at 1 - 1e-7, which gives a loss of 1e-7.
        return self.last_window_means.val_loss / max(self.best_window_means.val_loss, 1e-7) - 1

    @property
    def overfits(self) -> bool:
        return self.fit_kind == "overfits"

    @property
    def sentence_values(self) -> dict[str, str]:
        """The values for the placeholders of the sentence about overfitting, as strings."""
        return {
            "best": str(self.best_epoch),
            "last": str(self.last_epoch),
            "images": str(self.validation_images),
            "fewest": str(FEWEST_VALIDATION),
            "rise": share_as_percent(max(0.0, self.val_loss_rise)),
            **self.best_window_means.loss_and_accuracy_texts("best"),
            **self.last_window_means.loss_and_accuracy_texts("last"),
        }

    @property
    def number_claims(self) -> tuple[NumberClaim, ...]:
        """The claims that the sentence about overfitting makes about its numbers."""
        return _CLAIMS.get(self.fit_kind, ())


_HIGHER = NumberClaim("below", "0", "rise")
_CLAIMS: Mapping[FitKind, tuple[NumberClaim, ...]] = {
    "overfits": (_HIGHER, NumberClaim("falls", "best_loss", "last_loss")),
    "worse": (_HIGHER, NumberClaim("at_least", "last_loss", "best_loss")),
    "few": (NumberClaim("below", "images", "fewest"),),
}


@dataclass(frozen=True)
class OverfittingRemedy:
    """A change of settings that may reduce overfitting: its name and the changed settings."""

    name: RemedyName
    settings: RunSettings


def diagnose_fit(
    epochs: EpochPoints, settings: RunSettings, result: RunResult | None = None
) -> FitDiagnosis:
    """Return a diagnosis of how the losses of a run developed after its best epochs.

    A diagnosis needs at least four epochs with validation. Missions, comparisons, reports and
    charts all use this definition of overfitting.

    Args:
        settings: the settings of the run.
        result: the result of the run; None if the run has not ended.
    """
    if (epoch := first_diverged_epoch(epochs)) is not None:
        return FitDiagnosis("broken", epoch)
    trained = epochs.accuracy[-1] if epochs.accuracy else None
    if result and (
        unlearned := unlearned_run_message(settings, result, max(epochs.epoch, default=0), trained)
    ):
        return FitDiagnosis("unlearned", unlearned_message=unlearned)
    if settings.alters_training_data:
        return FitDiagnosis("altered")
    columns = (epochs.epoch, epochs.loss, epochs.val_loss, epochs.accuracy, epochs.val_accuracy)
    rows = [
        tuple(value for value in row if value is not None)
        for row in zip(*columns, strict=True)
        if None not in row
    ]
    if len(rows) < FEWEST:
        return FitDiagnosis("cannot_say", len(epochs.epoch))
    if settings.dataset_info.is_own:
        return FitDiagnosis("own")
    if (images := run_split_sizes(settings)[1]) < FEWEST_VALIDATION:
        return FitDiagnosis("few", validation_images=images)

    windows = [rows[start : start + WINDOW] for start in range(len(rows) - WINDOW + 1)]
    best = min(windows, key=lambda window: fmean(row[2] for row in window))
    last = windows[-1]
    lowest, latest = (
        WindowMeans(*map(fmean, list(zip(*window, strict=True))[1:])) for window in (best, last)
    )
    fit = FitDiagnosis(
        "level", int(rows[-1][0]), int(min(best, key=lambda row: row[2])[0]), lowest, latest
    )
    val_losses = np.array([row[2] for row in rows])
    if best is last:
        return replace(
            fit,
            fit_kind="falls",
            second_sentence_key=_more_epochs_sentence_key(fit, val_losses, result),
        )
    if not rises_at_end(val_losses) or fit.sentence_values["rise"] == share_as_percent(0):
        return fit
    learns = float(loss_text(fit.last_window_means.loss)) < float(
        loss_text(fit.best_window_means.loss)
    )
    return replace(fit, fit_kind="overfits" if learns else "worse")


def _more_epochs_sentence_key(
    fit: FitDiagnosis, val_losses: np.ndarray, result: RunResult | None
) -> str:
    """Return the catalogue key of a sentence on whether to train for more epochs, or ""."""
    if fit.last_window_means.loss < fit.last_window_means.val_loss / 2:
        return "compare.fit.apart"
    ended = result is not None and result.stopped_by == "patience"
    return "compare.fit.more" if rises_at_end(-val_losses) and not ended else ""


def rises_at_end(course: np.ndarray) -> bool:
    """Return whether a series of losses [epochs] rises at its end by more than chance explains.

    The result of :func:`largest_rise_statistic` is compared with its critical value.
    """
    return bool(
        largest_rise_statistic(course) >= np.interp(len(course), [*CRITICAL], [*CRITICAL.values()])
    )


def largest_rise_statistic(course: np.ndarray) -> float:
    """Return how clearly a series of losses [epochs] rises over its last four or more epochs.

    The result is the maximum of Daniels' trend statistic over the last four, five, ... epochs. The
    statistic is Spearman's rank correlation between loss and time, times sqrt(epochs - 1). H. E.
    Daniels, "Rank correlation and population parameters", Journal of the Royal Statistical Society
    B 12 (1950).
    """
    above = np.sign(course[:, None] - course)  # [i, j] is 1 if loss i is above loss j, 0 if equal

    def trend_statistic(count: int) -> float:
        ranks = above[-count:, -count:].sum(axis=1) / 2
        correlation = 12 * (ranks @ np.arange(count)) / (count**3 - count)
        return float(np.sqrt(count - 1) * correlation)

    return max(map(trend_statistic, range(FEWEST, len(course) + 1)))


def overfitting_sentences(fit: FitDiagnosis, t: Translate) -> str:
    """Return a few sentences, with numbers, on what the losses of a run show about overfitting."""
    if fit.unlearned_message:
        return t(fit.unlearned_message[0], **fit.unlearned_message[1])
    return "".join(
        t(key, **fit.sentence_values)
        for key in (f"compare.fit.{fit.fit_kind}", fit.second_sentence_key)
        if key
    )


def untried_remedies(settings: RunSettings, fit: FitDiagnosis) -> tuple[OverfittingRemedy, ...]:
    """Return remedies for overfitting that the run did not use, with settings for the next run.

    Each remedy changes only one setting, so that a comparison of the runs shows whether it helped.
    """
    return tuple(
        OverfittingRemedy(name, settings.with_values(**{field: value}))
        for name, field, value in _overfitting_remedy_changes(settings, fit)
    )


def _overfitting_remedy_changes(
    settings: RunSettings, fit: FitDiagnosis
) -> Iterator[tuple[RemedyName, str, object]]:
    has_hidden = settings.is_convolutional or settings.hidden
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
