"""A network's answers on the server, compared with stock Keras, and the softmax temperature."""

import numpy as np
import pytest

# Keras' `fit` calls this function.
from keras.src.trainers.data_adapters.array_slicing import (
    train_validation_split,
)

from fvapp.core.datasets import validation_split_sizes
from fvapp.core.inspection.answering import answer_images
from fvapp.core.inspection.decoding import network_of_run
from fvapp.core.results.calibration import fit_temperature
from fvapp.core.settings import RunSettings
from fvapp.learn.build import build_model


def answers(settings, weights, images, temperature=1.0):
    network = network_of_run(settings, weights, temperature)
    return answer_images(network, images, settings.dataset)


def test_a_temperature_changes_the_shares_which_add_to_one_and_not_the_answers(dataset):
    settings = RunSettings(hidden=())
    weights = build_model(settings).get_weights()
    plain, hot = (
        answers(settings, weights, dataset.x_test[:50], temperature) for temperature in (1.0, 3.0)
    )
    assert [each.predicted_label for each in plain] == [each.predicted_label for each in hot]
    assert all(one.confidence > other.confidence for one, other in zip(plain, hot, strict=True))
    found = answers(settings, [30 * weight for weight in weights], dataset.x_test[:200])
    assert all(sum(each.probabilities) == pytest.approx(1, abs=1e-9) for each in found)
    assert {each.is_sure() for each in found} == {True, False}


def test_a_network_whose_training_flew_apart_answers_and_is_not_sure(dataset):
    settings = RunSettings(hidden=(8,))
    weights = [np.full_like(weight, np.nan) for weight in build_model(settings).get_weights()]
    (found,) = answers(settings, weights, dataset.x_test[:1])
    assert np.isnan(found.probabilities).all() and not found.is_sure()


def test_the_temperature_is_found_again_by_which_logits_were_multiplied_and_is_one_without_any():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, (20_000, 10))
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = (shares.cumsum(axis=1) > rng.random((20_000, 1))).argmax(axis=1)
    assert fit_temperature(logits, labels) == pytest.approx(1, abs=0.03)
    assert fit_temperature(2.5 * logits, labels) == pytest.approx(2.5, abs=0.08)
    assert fit_temperature(0.5 * logits, labels) == pytest.approx(0.5, abs=0.02)
    assert fit_temperature(np.zeros((0, 10)), np.zeros(0, int)) == 1
    assert fit_temperature(np.full((3, 10), np.nan), np.zeros(3, int)) == 1


@pytest.mark.parametrize("images", [10, 999, 1_000, 4_000, 60_000])
@pytest.mark.parametrize("share", [0.05, 0.1, 0.123, 0.2, 0.3, 1 / 3, 0.5])
def test_the_last_images_validate_in_keras_own_numbers(images, share):
    (train,), (validation,) = train_validation_split((np.arange(images),), share)
    assert validation_split_sizes(images, share) == (len(train), len(validation))
    assert train[0] == 0 and validation[-1] == images - 1
