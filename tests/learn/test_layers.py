"""The app's descriptions of layers, compared with what Keras reports about the model."""

import keras
import pytest

from fvapp.core.settings import RunSettings
from fvapp.core.stack import count_parameters, describe_layers
from fvapp.learn.build import build_model
from random_networks import varied_networks

WRONG = {"flatten": False, "output_units": 3}
NETWORKS = [*varied_networks(), *(RunSettings(network=name, **WRONG) for name in ("dense", "cnn"))]


def kind_of(layer: keras.Layer) -> str:
    return {"MaxPooling2D": "max_pooling2d", "Conv2D": "conv2d"}.get(
        type(layer).__name__, type(layer).__name__.lower()
    )


@pytest.mark.parametrize("settings", NETWORKS, ids=lambda settings: str(settings.to_query()))
def test_the_descriptions_are_what_keras_builds(settings):
    model = build_model(settings)
    assert count_parameters(settings) == model.count_params()
    for described, layer in zip(describe_layers(settings), model.layers, strict=True):
        config = layer.get_config()
        assert described.kind == kind_of(layer)
        assert described.parameter_count == layer.count_params()
        assert described.output_shape == tuple(layer.output.shape[1:])
        assert described.input_shape == tuple(layer.input.shape[1:])
        assert described.units == config.get("units", config.get("filters", 0))
        assert described.activation == config.get("activation", "")
        assert described.dropout_rate == config.get("rate", 0)


def test_the_multiply_adds_of_a_dense_layer_are_its_weights_and_of_a_convolution_those_at_every_place():
    dense = describe_layers(RunSettings(hidden=(128,)))
    assert [layer.multiply_add_count for layer in dense] == [0, 784 * 128, 128 * 10]
    first, second = (
        layer for layer in describe_layers(RunSettings(network="cnn")) if layer.kind == "conv2d"
    )
    assert first.multiply_add_count == 26 * 26 * 9 * 1 * 32
    assert second.multiply_add_count == 11 * 11 * 9 * 32 * 64
