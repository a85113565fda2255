"""Turns settings into descriptions of layers, from which Keras models and pictures are made."""

from functools import lru_cache
from typing import Any

from fvapp.core.layer import Layer
from fvapp.core.layers.conv2d import ConvolutionLayer
from fvapp.core.layers.dense import DenseLayer
from fvapp.core.layers.dropout import DropoutLayer
from fvapp.core.layers.flatten import FlattenLayer
from fvapp.core.layers.max_pooling2d import PoolingLayer
from fvapp.core.layers.reshape import ReshapeLayer
from fvapp.core.settings import SETTINGS, RunSettings

IMAGE_SHAPE = (28, 28)
CNN_FILTERS = (32, 64)


@lru_cache(64)
def describe_layers(settings: RunSettings) -> tuple[Layer, ...]:
    """Return the layers of a network, from the 28x28 image to the shares of the classes."""
    layers: list[Layer] = []

    def add_layer(kind: type[Layer], **values: Any) -> None:
        layers.append(kind(layers[-1].output_shape if layers else IMAGE_SHAPE, **values))

    def add_borrowed_convolution(filters: int, stride: int) -> None:
        add_layer(
            ConvolutionLayer,
            units=filters,
            activation="relu",
            stride=stride,
            padding="same",
            is_frozen=True,
        )

    if settings.network == "cnn":
        add_layer(ReshapeLayer)
        for filters in CNN_FILTERS:
            add_layer(ConvolutionLayer, units=filters, activation=settings.activation)
            add_layer(PoolingLayer)
    if settings.network == "borrowed":
        # With borrowed filters, the first layers are copied from a shipped model, up to its hidden
        # layer. These layers are frozen, so only later layers learn.
        add_layer(ReshapeLayer)
        add_borrowed_convolution(filters=16, stride=1)
        add_borrowed_convolution(filters=32, stride=2)
        add_borrowed_convolution(filters=64, stride=1)
        add_layer(PoolingLayer)
        add_borrowed_convolution(filters=64, stride=1)
    if settings.flatten:
        add_layer(FlattenLayer)
    if settings.network == "dense":
        for width in settings.hidden:
            add_layer(DenseLayer, units=width, activation=settings.activation)
            if settings.dropout:
                add_layer(DropoutLayer, dropout_rate=settings.dropout)
    elif settings.dropout:
        add_layer(DropoutLayer, dropout_rate=settings.dropout)
    add_layer(DenseLayer, units=settings.output_units, activation="softmax")
    return tuple(layers)


def compiled_program_key(settings: RunSettings) -> tuple[object, ...]:
    """Return a key that is equal for settings that can share a compiled training program."""
    layers = (layer.without_runtime_values for layer in describe_layers(settings))
    return *layers, *(
        getattr(settings, row.name) for row in SETTINGS.values() if row.affects_compilation
    )


@lru_cache(64)
def count_parameters(settings: RunSettings) -> int:
    """Return the number of parameters of a network: its weights and biases."""
    return sum(layer.parameter_count for layer in describe_layers(settings))
