"""Overfitting is seen in made-up curves of every kind."""

import pytest

from fvapp.core.results.curves import EpochPoints
from fvapp.core.results.overfitting import Fit, fit_sentence, judge_fit, remedies
from fvapp.core.settings import RunSettings, changed_rows
from fvapp.i18n import Translator, languages


def epochs(loss, val_loss, accuracy=None, val_accuracy=None):
    count = len(loss)
    accuracy = accuracy or [0.9] * count
    val_accuracy = val_accuracy or [0.85 if value is not None else None for value in val_loss]
    columns = (loss, accuracy, val_loss, val_accuracy, [0.4] * count)
    return EpochPoints(tuple(range(1, count + 1)), *map(tuple, columns))


OVERFITTING = epochs([0.5, 0.4, 0.3, 0.2, 0.1], [0.45, 0.40, 0.38, 0.42, 0.50], [0.8, 0.85, 0.9, 0.93, 0.96])
FIT = judge_fit(OVERFITTING)


def test_the_best_epoch_is_the_one_with_the_lowest_validation_loss():
    assert (FIT.best_epoch, FIT.best_val_loss, FIT.last_val_loss) == (3, 0.38, 0.50)
    assert FIT.gap == pytest.approx(0.96 - 0.85)


def test_a_validation_loss_that_rises_while_training_goes_on_is_overfitting():
    assert FIT.overfits


@pytest.mark.parametrize(
    ("loss", "val_loss", "why"),
    [
        ([0.5, 0.4, 0.3], [0.5, 0.45, 0.4], "still getting better"),
        ([0.5, 0.4, 0.3], [0.5, 0.40, 0.41], "a rise that may be chance"),
        ([0.5, 0.4, 0.6], [0.5, 0.40, 0.60], "the training got worse as well"),
    ],
)
def test_what_is_no_overfitting_is_not_called_so(loss, val_loss, why):
    assert not judge_fit(epochs(loss, val_loss)).overfits, why


@pytest.mark.parametrize(
    "points",
    [EpochPoints(), epochs([0.5], [0.5]), epochs([0.5, 0.4], [None, None]), epochs([0.5, None, 0.4], [0.5, 0.4, None])],
)
def test_without_two_epochs_of_validation_nothing_is_said(points):
    assert judge_fit(points) is None


def test_the_sentence_holds_the_visitors_own_numbers():
    sentence = fit_sentence(FIT, Translator("en"))
    for number in ("3", "5", "0.380", "0.500", "0.300", "0.100", "11.0%"):
        assert number in sentence


@pytest.mark.parametrize("language", languages())
def test_every_outcome_has_its_own_sentence(language):
    fits = [
        None,
        FIT,
        judge_fit(epochs([0.5, 0.4, 0.3], [0.5, 0.45, 0.4])),
        judge_fit(epochs([0.5, 0.4, 0.3], [0.5, 0.40, 0.41])),
    ]
    assert len({fit_sentence(fit, Translator(language)) for fit in fits}) == 4


def test_each_remedy_changes_one_setting():
    settings = RunSettings(epochs=5, hidden=(512, 256))
    found = {remedy.name: remedy.settings for remedy in remedies(settings, FIT)}
    assert set(found) == {"dropout", "fewer_epochs", "patience", "fewer_neurons", "augmentation"}
    for changed in found.values():
        assert len(list(changed_rows(settings, changed))) == 1
    assert found["fewer_epochs"].epochs == 3
    assert found["fewer_neurons"].hidden == (256, 128)


def test_what_is_done_already_is_not_offered_again():
    settings = RunSettings(epochs=3, hidden=(), dropout=0.5, patience=2, augmentation=True)
    assert remedies(settings, FIT) == ()


def test_the_small_cnn_has_no_neurons_to_take_away():
    names = {remedy.name for remedy in remedies(RunSettings(network="cnn"), FIT)}
    assert "fewer_neurons" not in names and "dropout" in names


def test_a_fit_prints_well():
    assert "best_epoch=3" in repr(Fit(3, 5, 0.3, 0.1, 0.38, 0.5, 0.11, True))
