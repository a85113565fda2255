"""Overfitting is detected in made-up loss curves of every shape."""

from collections import Counter
from dataclasses import replace
from math import sqrt
from typing import get_args

import numpy as np
import pytest

from fvapp.core.dataset_table import make_own_dataset_name
from fvapp.core.results.curves import EpochPoints
from fvapp.core.results.learned import unlearned_message
from fvapp.core.results.overfitting import (
    FitDiagnosis,
    FitKind,
    diagnose_fit,
    largest_rise_statistic,
    overfitting_sentences,
    rises_at_end,
    untried_remedies,
)
from fvapp.core.results.repeats import EPOCHS, shipped_measured_runs
from fvapp.core.runs import RunResult
from fvapp.core.settings import RunSettings, changed_setting_rows
from fvapp.i18n import Translator


def epochs(loss, val_loss, accuracy=None, val_accuracy=None):
    count = len(loss)
    accuracy = accuracy or [0.9] * count
    val_accuracy = val_accuracy or [0.85 if value is not None else None for value in val_loss]
    columns = (loss, accuracy, val_loss, val_accuracy, [0.4] * count)
    return EpochPoints(tuple(range(1, count + 1)), *map(tuple, columns))


def measured(run, count):
    return epochs(
        *(column[:count] for column in (run.loss, run.val_loss, run.accuracy, run.val_accuracy))
    )


SETTINGS = RunSettings()
FALLING = [0.50, 0.44, 0.40, 0.38, 0.37, 0.36, 0.355, 0.35]
OVERFITTING = epochs(
    [0.5 - 0.03 * place for place in range(14)], [*FALLING, 0.36, 0.38, 0.40, 0.43, 0.46, 0.50]
)
FIT = diagnose_fit(OVERFITTING, SETTINGS)


def test_three_epochs_at_the_end_are_compared_with_the_best_three_and_the_sentence_names_the_numbers():
    assert FIT.fit_kind == "overfits" and FIT.overfits
    sentence = overfitting_sentences(FIT, Translator("en"))
    assert all(
        number in sentence
        for number in ("epoch 8", "0.355", "0.463", "30.5%", "1 of 20", "averaged 90.0%")
    )
    assert (FIT.best_epoch, FIT.last_epoch) == (8, 14)
    assert FIT.best_window_means.val_loss == pytest.approx((0.355 + 0.35 + 0.36) / 3)
    assert FIT.last_window_means.val_loss == pytest.approx((0.43 + 0.46 + 0.50) / 3)
    assert FIT.val_loss_rise == pytest.approx(1.39 / 1.065 - 1)
    assert (FIT.last_window_means.accuracy, FIT.last_window_means.val_accuracy) == pytest.approx(
        (0.9, 0.85)
    )


@pytest.mark.parametrize(
    ("loss", "val_loss", "kind"),
    [
        ([0.5, 0.4, 0.39, 0.38, 0.37, 0.36], [0.5, 0.40, 0.38, 0.38, 0.382, 0.381], "level"),
        ([0.5, 0.4, 0.6, 0.7, 0.8, 0.9], [0.5, 0.40, 0.50, 0.60, 0.70, 0.8], "worse"),
        ([0.5 - 0.01 * place for place in range(30)], [0.35] * 8 + [0.318] + [0.345] * 21, "level"),
    ],
)
def test_curves_without_overfitting_are_not_called_overfitting(loss, val_loss, kind):
    assert diagnose_fit(epochs(loss, val_loss), SETTINGS).fit_kind == kind


@pytest.mark.parametrize("settings", shipped_measured_runs())
def test_of_ten_runs_that_differ_in_the_seed_alone_the_verdicts_do_not_contradict_each_other(
    settings,
):
    kinds = Counter()
    for run in shipped_measured_runs()[settings]:
        kinds[diagnose_fit(measured(run, EPOCHS), settings).fit_kind] += 1
    # By chance alone, one of twenty runs exceeds the margin of chance.
    assert min(kinds["overfits"], kinds["falls"]) <= 1
    assert set(kinds) <= {"overfits", "level", "falls", "worse"}


def test_a_rise_counts_from_four_epochs_on_and_equal_values_are_none():
    assert rises_at_end(np.arange(4)) and not rises_at_end(np.array([1, 2, 4, 3]))
    assert not rises_at_end(np.zeros(30)) and not rises_at_end(-np.arange(30))
    assert rises_at_end(np.r_[np.linspace(2, 1, 20), np.linspace(1, 2, 8)])
    assert largest_rise_statistic(np.arange(9)) == pytest.approx(sqrt(8))


def test_few_validation_images_of_an_own_data_set_are_not_judged():
    settings = RunSettings(dataset=make_own_dataset_name(("cat", "dog")), validation_split=0.2)
    assert diagnose_fit(OVERFITTING, settings).fit_kind == "own"


TESTED = RunResult(0.4, 0.85, 1.0)
JUMPY = [1.1, 6.3, 0.9, 3.4, 1.6]


@pytest.mark.parametrize(
    ("loss", "val_loss", "result", "said"),
    [
        (FALLING, FALLING, TESTED, "compare.fit.more"),
        (FALLING, FALLING, replace(TESTED, stopped_by="patience"), ""),
        (JUMPY, JUMPY, TESTED, ""),
        ([0.015] * 8, [9.9, 9.8, 9.7, 9.6, 9.5, 9.4, 9.3, 9.2], TESTED, "compare.fit.apart"),
    ],
)
def test_more_epochs_are_advised_only_where_the_loss_still_falls_clearly_and_nothing_has_ended_it(
    loss, val_loss, result, said
):
    fit = diagnose_fit(epochs(loss, val_loss), SETTINGS, result)
    assert (fit.fit_kind, fit.second_sentence_key) == ("falls", said)
    assert ("may still help" in overfitting_sentences(fit, Translator("en"))) == (
        said == "compare.fit.more"
    )


@pytest.mark.parametrize(
    "points",
    [
        EpochPoints(),
        epochs([0.5, 0.4, 0.3], [0.5, 0.4, 0.3]),
        epochs([0.5, 0.4, 0.3, 0.2], [None] * 4),
    ],
)
def test_too_few_epochs_or_no_validation_are_not_judged(points):
    assert diagnose_fit(points, SETTINGS).fit_kind == "cannot_say"


@pytest.mark.parametrize("broken", [None, float("nan"), float("inf")])
def test_a_run_with_nan_losses_is_broken_from_the_named_epoch(broken):
    curve = [0.5 - 0.01 * place for place in range(10)]
    for points in (
        epochs([*curve, broken, broken], [*curve, broken, broken]),
        epochs([*curve, broken, broken], [None] * 12),
        epochs([*curve, 0.2, 0.2], [*curve, broken, broken]),
    ):
        fit = diagnose_fit(points, SETTINGS)
        assert (fit.fit_kind, fit.last_epoch) == ("broken", 11)
        assert "epoch 11" in overfitting_sentences(fit, Translator("en"))


def test_every_outcome_has_its_own_sentence(language):
    rising = [0.3 + 0.01 * place for place in range(14)]
    fits = [
        FIT,
        diagnose_fit(epochs(FALLING, FALLING), SETTINGS),
        diagnose_fit(
            epochs([0.5 - 0.03 * place for place in range(9)], [*FALLING, 0.37]), SETTINGS
        ),
        diagnose_fit(epochs(rising, list(OVERFITTING.val_loss)), SETTINGS),
        *map(FitDiagnosis, ("broken", "cannot_say", "altered", "few", "own")),
        FitDiagnosis("unlearned", unlearned_message=unlearned_message("mnist", 0.1)),
    ]
    assert {fit.fit_kind for fit in fits} == set(get_args(FitKind))
    assert len({overfitting_sentences(fit, Translator(language)) for fit in fits}) == len(fits)


def test_each_remedy_changes_one_setting():
    settings = RunSettings(epochs=14, hidden=(512, 256))
    found = {remedy.name: remedy.settings for remedy in untried_remedies(settings, FIT)}
    assert set(found) == {"dropout", "fewer_epochs", "patience", "fewer_neurons", "augmentation"}
    for changed in found.values():
        assert len(list(changed_setting_rows(settings, changed))) == 1
    assert found["fewer_epochs"].epochs == 8
    assert found["fewer_neurons"].hidden == (256, 128)


def test_remedies_already_in_use_or_without_effect_are_not_offered():
    settings = RunSettings(epochs=3, hidden=(), dropout=0.5, patience=2, augmentation=True)
    assert untried_remedies(settings, FIT) == ()
    names = {remedy.name for remedy in untried_remedies(RunSettings(network="cnn"), FIT)}
    assert "fewer_neurons" not in names and "dropout" in names
