"""The layer descriptions beside what Keras itself says of the model."""

import keras
import pytest

from fvapp.core.settings import RunSettings
from fvapp.core.stack import count_parameters, describe_layers
from fvapp.learn.build import build_model

NETWORKS = [
    *(RunSettings(), RunSettings(hidden=()), RunSettings(hidden=(1,)), RunSettings(hidden=(512, 256))),
    RunSettings(hidden=(2_048, 3, 17, 64), activation="tanh"),
    RunSettings(hidden=(128, 64), dropout=0.3),
    *(RunSettings(output_units=5), RunSettings(flatten=False), RunSettings(flatten=False, hidden=(), output_units=3)),
    RunSettings(network="cnn"),
    RunSettings(network="cnn", dropout=0.5, activation="elu"),
    RunSettings(network="cnn", flatten=False, output_units=2),
    RunSettings(network="borrowed", dropout=0.2),
]


def kind_of(layer: keras.Layer) -> str:
    return {"MaxPooling2D": "max_pooling2d", "Conv2D": "conv2d"}.get(type(layer).__name__, type(layer).__name__.lower())


@pytest.mark.parametrize("settings", NETWORKS, ids=lambda settings: str(settings.to_query()))
def test_the_descriptions_are_what_keras_builds(settings):
    model = build_model(settings)
    described = describe_layers(settings)
    assert [layer.kind for layer in described] == [kind_of(layer) for layer in model.layers]
    assert [layer.parameters for layer in described] == [layer.count_params() for layer in model.layers]
    assert [layer.output_shape for layer in described] == [tuple(layer.output.shape[1:]) for layer in model.layers]
    assert [layer.input_shape for layer in described] == [tuple(layer.input.shape[1:]) for layer in model.layers]
    assert count_parameters(settings) == model.count_params()
    for layer, config in zip(described, (layer.get_config() for layer in model.layers), strict=True):
        assert layer.units == config.get("units", config.get("filters", 0))
        assert layer.activation == config.get("activation", "") and layer.rate == config.get("rate", 0)


def test_the_multiply_adds_of_a_dense_layer_are_its_weights_and_of_a_convolution_those_at_every_place():
    dense = describe_layers(RunSettings(hidden=(128,)))
    assert [layer.multiply_adds for layer in dense] == [0, 784 * 128, 128 * 10]
    first, second = (layer for layer in describe_layers(RunSettings(network="cnn")) if layer.kind == "conv2d")
    assert first.multiply_adds == 26 * 26 * 9 * 1 * 32
    assert second.multiply_adds == 11 * 11 * 9 * 32 * 64
