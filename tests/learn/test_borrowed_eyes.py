"""Borrowed filters: the shipped model's convolutions, unchanged, below a last layer that learns."""

import keras
import numpy as np
import pytest

from fvapp.core.checkpoint import Checkpoint
from fvapp.core.dataset_table import PICTURED
from fvapp.core.export import export_script
from fvapp.core.inspection.answering import load_shipped_model
from fvapp.core.inspection.decoding import network_of_run
from fvapp.core.layers.dense import Dense
from fvapp.core.settings import preset_settings
from fvapp.i18n import Translator
from fvapp.learn.build import build_model, initial_weights
from learn.told import train_quietly

SETTINGS = preset_settings("borrowed", "fashion_mnist").with_values(train_images=1_000, epochs=2)


@pytest.mark.parametrize("name", PICTURED)
def test_the_last_layer_is_given_what_that_of_the_lender_is_given(name, dataset):
    settings = preset_settings("borrowed", name)
    network = network_of_run(settings, initial_weights(settings))
    lender = load_shipped_model(settings.dataset_info.eyes).network
    images = np.asarray(dataset.x_test[:20])
    first = next(place for place, step in enumerate(lender.steps) if isinstance(step, Dense))
    assert np.array_equal(
        network.trace_images(images)[-1].inputs, lender.trace_images(images)[first].inputs
    )


def test_training_leaves_the_eyes_as_they_are_and_the_last_layer_learns(dataset):
    for optimizer in ("adam", "sgd"):
        settings = SETTINGS.with_values(optimizer=optimizer)
        before = initial_weights(settings)
        end = train_quietly(settings, dataset)
        after = Checkpoint.weights_from_bytes(end.checkpoint)
        assert all(np.array_equal(*pair) for pair in zip(before[:-2], after[:-2], strict=True))
        assert not np.array_equal(before[-2], after[-2]) and end.result.test_accuracy > 0.5


@pytest.mark.long
def test_the_code_borrows_from_a_network_that_it_trains_itself(dataset, monkeypatch):
    few = (
        (dataset.x_train[:500], dataset.y_train[:500]),
        (dataset.x_test[:100], dataset.y_test[:100]),
    )
    for module in (keras.datasets.fashion_mnist, keras.datasets.mnist):
        monkeypatch.setattr(module, "load_data", lambda: few)
    names = {}
    exec(export_script(SETTINGS, Translator("en")), names)  # runs the script in stock Keras
    eyes, lender, model = (names[name] for name in ("eyes", "lender", "model"))
    assert model.layers[0] is eyes is lender.layers[0] and not eyes.trainable_weights
    about = ("filters", "kernel_size", "strides", "padding", "activation")
    described = [
        [
            tuple(getattr(layer, name) for name in about)
            for layer in layers
            if hasattr(layer, "filters")
        ]
        for layers in (build_model(SETTINGS).layers, eyes.layers)
    ]
    assert described[0] == described[1] and len(described[0]) == 4
