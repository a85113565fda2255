"""From settings to a list of layers: for the Keras model, the picture of the network, the counts and the code text."""

from dataclasses import dataclass, replace
from functools import lru_cache
from math import ceil, prod
from typing import Literal

from fvapp.core.settings import SETTINGS, RunSettings

LayerKind = Literal["reshape", "flatten", "dense", "dropout", "conv2d", "max_pooling2d"]

IMAGE_SHAPE = (28, 28)
CNN_FILTERS = (32, 64)
KERNEL_SIZE = 3
POOL_SIZE = 2

EYES = ((16, 1), (32, 2), (64, 1), POOL_SIZE, (64, 1))
"""Of the models that ship, up to what their hidden layer is given: filters and stride of each convolution, and the
pooling among them. A network with borrowed eyes takes these as they are and learns its last layer alone.
"""


@dataclass(frozen=True)
class Layer:
    """One layer, described as Keras would.

    Attributes:
        kind: which Keras layer.
        input_shape, output_shape: without the batch dimension.
        parameters: trainable parameters, weights and biases.
        multiply_adds: of one image's forward pass.
        units: neurons of a dense layer, filters of a convolution, else 0.
        activation: name of the activation, or an empty text.
        rate: share of inputs a dropout layer sets to zero.
        stride: of a convolution; "same" padding, where the result is as large as the input by the stride.
        frozen: whether training leaves its weights as they are.
    """

    kind: LayerKind
    input_shape: tuple[int, ...]
    output_shape: tuple[int, ...]
    parameters: int = 0
    multiply_adds: int = 0
    units: int = 0
    activation: str = ""
    rate: float = 0.0
    stride: int = 1
    padding: Literal["valid", "same"] = "valid"
    frozen: bool = False

    @property
    def weights(self) -> tuple[tuple[int, ...], ...]:
        """The shapes of kernel and bias; of a layer without parameters none."""
        window = (KERNEL_SIZE, KERNEL_SIZE) if self.kind == "conv2d" else ()
        return ((*window, self.input_shape[-1], self.units), (self.units,)) if self.parameters else ()

    @property
    def keras(self) -> tuple[str, tuple[object, ...], dict[str, object]]:
        """The class of Keras, and with which positional arguments and keywords one calls it."""
        named = {"activation": self.activation} if self.activation else {}
        if self.padding != "valid":
            named |= {"strides": self.stride, "padding": self.padding}
        match self.kind:
            case "reshape":
                return "Reshape", (self.output_shape,), named
            case "flatten":
                return "Flatten", (), named
            case "dense":
                return "Dense", (self.units,), named
            case "dropout":
                return "Dropout", (self.rate,), named
            case "conv2d":
                return "Conv2D", (self.units, KERNEL_SIZE), named
            case "max_pooling2d":
                return "MaxPooling2D", (POOL_SIZE,), named


@lru_cache(64)
def describe_layers(settings: RunSettings) -> tuple[Layer, ...]:
    """Return the layers of the network of `settings`, from the 28x28 image to the shares of the classes."""
    layers: list[Layer] = []

    def add(make, *args) -> None:
        layers.append(make(layers[-1].output_shape if layers else IMAGE_SHAPE, *args))

    if settings.network == "cnn":
        add(_reshape)
        for filters in CNN_FILTERS:
            add(_convolution, filters, settings.activation)
            add(_pooling)
    if settings.network == "borrowed":
        add(_reshape)
        for part in EYES:
            add(_pooling) if part == POOL_SIZE else add(_eye, *part)
    if settings.flatten:
        add(_flatten)
    if settings.network == "dense":
        for width in settings.hidden:
            add(_dense, width, settings.activation)
            if settings.dropout:
                add(_dropout, settings.dropout)
    elif settings.dropout:
        add(_dropout, settings.dropout)
    add(_dense, settings.output_units, "softmax")
    return tuple(layers)


def program_of(settings: RunSettings) -> tuple[object, ...]:
    """Return all that the program of a training is compiled for; whatever is no part of it is an argument of it."""
    layers = (replace(layer, rate=0.0) for layer in describe_layers(settings))
    return *layers, *(getattr(settings, row.name) for row in SETTINGS.values() if row.compiled)


def count_parameters(settings: RunSettings) -> int:
    """Return the number of trainable parameters of the network of `settings`."""
    return sum(layer.parameters for layer in describe_layers(settings))


def _reshape(shape: tuple[int, ...]) -> Layer:
    return Layer("reshape", shape, (*shape, 1))


def _flatten(shape: tuple[int, ...]) -> Layer:
    return Layer("flatten", shape, (prod(shape),))


def _dropout(shape: tuple[int, ...], rate: float) -> Layer:
    return Layer("dropout", shape, shape, rate=rate)


def _dense(shape: tuple[int, ...], units: int, activation: str) -> Layer:
    # Keras' Dense works on the last axis: without Flatten each of the 28 rows goes through the same neurons.
    *outer, inputs = shape
    return Layer("dense", shape, (*outer, units), (inputs + 1) * units, prod(outer) * inputs * units, units, activation)


def _convolution(shape: tuple[int, ...], filters: int, activation: str) -> Layer:
    height, width, channels = shape
    output = (height - KERNEL_SIZE + 1, width - KERNEL_SIZE + 1, filters)
    weights = KERNEL_SIZE * KERNEL_SIZE * channels
    return Layer(
        "conv2d", shape, output, (weights + 1) * filters, output[0] * output[1] * weights * filters, filters, activation
    )


def _eye(shape: tuple[int, ...], filters: int, stride: int) -> Layer:
    height, width, channels = shape
    output = (ceil(height / stride), ceil(width / stride), filters)
    weights = KERNEL_SIZE * KERNEL_SIZE * channels
    costs = (weights + 1) * filters, output[0] * output[1] * weights * filters
    return Layer("conv2d", shape, output, *costs, filters, "relu", stride=stride, padding="same", frozen=True)


def _pooling(shape: tuple[int, ...]) -> Layer:
    height, width, channels = shape
    return Layer("max_pooling2d", shape, (height // POOL_SIZE, width // POOL_SIZE, channels))
