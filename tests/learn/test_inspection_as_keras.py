"""The values that a visitor sees inside a network are the same as in Keras."""

import keras
import numpy as np
import pytest

from fvapp.core.datasets import PICTURED
from fvapp.core.inspection.decoding import network_of_run, read_keras_file
from fvapp.core.layers.conv2d import Convolution
from fvapp.core.places import SHIPPED_MODELS
from fvapp.core.settings import SETTINGS, RunSettings
from fvapp.learn.build import build_model
from fvapp.learn.recipe import predict_logits

NETWORKS = [
    RunSettings(hidden=hidden, activation=activation, network=network, seed=3)
    for activation in SETTINGS["activation"].choices
    for hidden, network in (((16,), "dense"), ((12, 9), "dense"), ((), "cnn"))
]
NETWORKS += [
    RunSettings(hidden=()),
    RunSettings(hidden=(1,)),
    RunSettings(normalisation=False, dropout=0.5),
]
NETWORKS += [RunSettings(output_units=units) for units in (12, 5)]


def model_and_network(settings: RunSettings):
    """Return a Keras model with non-zero biases, and the same weights as a network of the app."""
    model = build_model(settings)
    generator = np.random.default_rng(0)
    weights = [
        w + generator.normal(0, 0.02, w.shape).astype(np.float32) for w in model.get_weights()
    ]
    model.set_weights(weights)
    return model, network_of_run(settings, weights)


def largest_difference(found: np.ndarray, expected: np.ndarray) -> float:
    """Return the largest difference, relative to the largest expected number if that exceeds 1."""
    return float(np.abs(found - expected).max() / max(1.0, np.abs(expected).max()))


@pytest.mark.parametrize("settings", NETWORKS, ids=lambda settings: str(settings.to_query()))
def test_every_layer_gives_what_keras_gives_there(settings, dataset):
    model, network = model_and_network(settings)
    images = dataset.x_test[:8]
    inputs = images / np.float32(255 if settings.normalisation else 1)
    shown = [
        layer
        for layer in model.layers
        if not isinstance(layer, (keras.layers.Reshape, keras.layers.Dropout))
    ]
    inside = keras.Model(model.inputs[0], [layer.output for layer in shown])
    expected = [keras.ops.convert_to_numpy(values) for values in inside(inputs, training=False)]
    trace = network.trace_images(images)
    assert len(trace) == len(expected)
    for each, values in zip(trace[:-1], expected[:-1], strict=True):
        assert largest_difference(each.values, values) < 1e-5
    shares = keras.ops.convert_to_numpy(keras.ops.softmax(trace[-1].values))
    assert largest_difference(shares, expected[-1]) < 1e-5


@pytest.mark.parametrize("name", PICTURED)
def test_every_layer_of_a_model_that_ships_gives_what_keras_gives_there(name, fashion):
    model = keras.models.load_model(SHIPPED_MODELS / f"{name}.keras", compile=False)
    network = read_keras_file(SHIPPED_MODELS / f"{name}.keras")
    kinds = (
        keras.layers.Activation,
        keras.layers.MaxPooling2D,
        keras.layers.Flatten,
        keras.layers.Dense,
    )
    shown = [layer for i, layer in enumerate(model.layers) if isinstance(layer, kinds) or i == 1][
        :-1
    ]
    assert [type(step) for step in network.steps].count(Convolution) == 4
    images = fashion.x_test[:8]
    inside = keras.Model(model.inputs[0], [layer.output for layer in shown])
    expected = [
        keras.ops.convert_to_numpy(v) for v in inside(images / np.float32(255), training=False)
    ]
    for each, values in zip(network.trace_images(images)[:-1], expected, strict=True):
        assert largest_difference(each.values, values) < 1e-5
    assert largest_difference(network.logits(images), predict_logits(model, images)) < 1e-5
