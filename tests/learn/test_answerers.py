"""Answers of a run's network and of the networks that ship, compared with stock Keras."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from fvapp.core.errors import DatasetError, ModelError
from fvapp.core.settings import RunSettings
from fvapp.learn.answerers import answer_shipped, answer_with, fit_temperature
from fvapp.learn.build import build_model

NETWORKS = [
    RunSettings(hidden=(16,), dropout=0.3),
    RunSettings(hidden=(), normalisation=False),
    RunSettings(network="cnn", activation="tanh"),
]


@pytest.mark.parametrize("settings", NETWORKS, ids=["dense", "raw pixels", "cnn"])
def test_the_shares_are_those_of_stock_keras_for_any_number_of_images(settings, dataset):
    model = build_model(settings)
    answer = answer_with(settings, model.get_weights())
    images = dataset.x_test[:300]
    pixels = images / 255.0 if settings.normalisation else images.astype(float)
    expected = model.predict(pixels, verbose=0)
    for count in (1, 3, 5, 300):
        found = answer(images[:count])
        assert len(found) == count
        assert np.allclose([each.probabilities for each in found], expected[:count], atol=1e-5)
        assert [each.label for each in found] == [int(np.argmax(each.probabilities)) for each in found]
    assert answer(images[:0]) == ()


def test_shares_add_to_one_and_sure_is_what_the_highest_says(dataset):
    settings = RunSettings(hidden=())
    weights = [30 * weight for weight in build_model(settings).get_weights()]
    answers = answer_with(settings, weights)(dataset.x_test[:200])
    assert all(sum(each.probabilities) == pytest.approx(1, abs=1e-9) for each in answers)
    assert all(each.sure == (each.confidence >= 0.5 and not each.unlike) for each in answers)
    assert {each.sure for each in answers} == {True, False}


def test_a_temperature_changes_the_shares_and_not_the_answers(dataset):
    settings = RunSettings(hidden=())
    weights = build_model(settings).get_weights()
    plain, hot = (answer_with(settings, weights, temperature)(dataset.x_test[:50]) for temperature in (1.0, 3.0))
    assert [each.label for each in plain] == [each.label for each in hot]
    assert all(one.confidence > other.confidence for one, other in zip(plain, hot, strict=True))


def test_networks_of_the_same_layers_answer_with_their_own_weights_from_many_threads(dataset):
    settings = RunSettings(hidden=(8,))
    networks = [build_model(settings.with_values(seed=seed)).get_weights() for seed in range(4)]
    alone = [answer_with(settings, weights)(dataset.x_test[:7]) for weights in networks]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda i: answer_with(settings, networks[i % 4])(dataset.x_test[:7]), range(40)))
    assert together == alone * 10
    assert len({answers[0].probabilities for answers in alone}) == 4


def test_weights_of_another_network_are_refused():
    weights = build_model(RunSettings(hidden=(8,))).get_weights()
    for settings in (RunSettings(hidden=(8, 8)), RunSettings(hidden=(9,)), RunSettings(network="cnn")):
        with pytest.raises(ModelError, match="model_other_weights"):
            answer_with(settings, weights)
    for settings in (RunSettings(hidden=(8,), flatten=False), RunSettings(hidden=(8,), output_units=5)):
        with pytest.raises(ModelError, match="model_other_weights"):
            answer_with(settings, build_model(settings).get_weights())


def test_there_is_no_shipped_network_for_another_data_set():
    with pytest.raises(DatasetError, match="unknown_dataset"):
        answer_shipped("letters")


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
