"""What the server answers with a run's network, compared with stock Keras, and how its doubt is found."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from fvapp.core.errors import DatasetError
from fvapp.core.inspection.answering import answer_images, load_shipped
from fvapp.core.inspection.decoding import network_of_run
from fvapp.core.results.calibration import fit_temperature
from fvapp.core.settings import RunSettings
from fvapp.learn.build import build_model

NETWORKS = {
    "dense": RunSettings(hidden=(16,), dropout=0.3),
    "raw pixels": RunSettings(hidden=(), normalisation=False),
    "cnn": RunSettings(network="cnn", activation="tanh"),
    "twelve outputs": RunSettings(hidden=(16,), output_units=12),
}


def answers(settings, weights, images, temperature=1.0):
    network = network_of_run(settings, weights, temperature)
    return answer_images(network, images, settings.dataset)


@pytest.mark.parametrize("settings", NETWORKS.values(), ids=NETWORKS)
def test_the_shares_are_those_of_stock_keras_for_any_number_of_images(settings, dataset):
    model = build_model(settings)
    images = dataset.x_test[:300]
    pixels = images / 255.0 if settings.normalisation else images.astype(float)
    expected = keras.ops.convert_to_numpy(model(pixels))
    for count in (1, 3, 5, 300):
        found = answers(settings, model.get_weights(), images[:count])
        assert len(found) == count
        assert np.allclose([each.probabilities for each in found], expected[:count], atol=1e-4)
        assert [each.label for each in found] == [int(np.argmax(each.probabilities)) for each in found]
    assert answers(settings, model.get_weights(), images[:0]) == ()


def test_shares_add_to_one_and_sure_is_what_the_highest_says(dataset):
    settings = RunSettings(hidden=())
    weights = [30 * weight for weight in build_model(settings).get_weights()]
    found = answers(settings, weights, dataset.x_test[:200])
    assert all(sum(each.probabilities) == pytest.approx(1, abs=1e-9) for each in found)
    assert {each.is_sure() for each in found} == {True, False}


def test_a_temperature_changes_the_shares_and_not_the_answers(dataset):
    settings = RunSettings(hidden=())
    weights = build_model(settings).get_weights()
    plain, hot = (answers(settings, weights, dataset.x_test[:50], temperature) for temperature in (1.0, 3.0))
    assert [each.label for each in plain] == [each.label for each in hot]
    assert all(one.confidence > other.confidence for one, other in zip(plain, hot, strict=True))


def test_a_network_whose_training_flew_apart_answers_and_is_not_sure(dataset):
    settings = RunSettings(hidden=(8,))
    weights = [np.full_like(weight, np.nan) for weight in build_model(settings).get_weights()]
    (found,) = answers(settings, weights, dataset.x_test[:1])
    assert np.isnan(found.probabilities).all() and not found.is_sure()


def test_there_is_no_shipped_network_for_another_data_set():
    with pytest.raises(DatasetError, match="unknown_dataset"):
        load_shipped("letters")


def test_the_temperature_is_found_again_by_which_logits_were_multiplied():
    rng = np.random.default_rng(0)
    logits = rng.normal(0, 2, (20_000, 10))
    shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    labels = (shares.cumsum(axis=1) > rng.random((20_000, 1))).argmax(axis=1)
    assert fit_temperature(logits, labels) == pytest.approx(1, abs=0.03)
    assert fit_temperature(2.5 * logits, labels) == pytest.approx(2.5, abs=0.08)
    assert fit_temperature(0.5 * logits, labels) == pytest.approx(0.5, abs=0.02)


def test_without_images_or_with_a_broken_network_the_temperature_is_one():
    assert fit_temperature(np.zeros((0, 10)), np.zeros(0, int)) == 1
    assert fit_temperature(np.full((3, 10), np.nan), np.zeros(3, int)) == 1
