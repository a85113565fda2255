"""The base classes of layers: `Layer` describes a layer, `LayerStep` computes its outputs."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from types import ModuleType
from typing import Any, ClassVar, Literal, Self

import numpy as np

from fvapp.core.arithmetic import Arithmetic

Shape = tuple[int, ...]
Place = tuple[int, int]
"""Row and column in the feature map of a unit (neuron or filter)."""

Tensor = Any
"""A TensorFlow tensor; the type is Any, because this package never imports TensorFlow.

Callers pass the TensorFlow module as an argument.
"""


class LayerStep(ABC):
    """The NumPy computation of a layer, for inputs [n, rows, columns, channels] or [n, inputs].

    Attributes:
        kind: kind of the layer whose outputs it computes.
        shown_as: how the Inside page shows its values: as neurons, as maps, or not at all.
        note_key: catalogue key of a sentence about the layer, which the Inside page shows below the
            previous layer; empty if there is no such sentence.
        only_reshapes: whether it changes nothing but the shape of its inputs.
        activation: name of the activation function; empty for none. The softmax of the last layer
            is not part of the step.
    """

    kind: ClassVar[str]
    shown_as: ClassVar[Literal["neurons", "maps", ""]] = ""
    note_key: ClassVar[str] = ""
    only_reshapes: ClassVar[bool] = False
    activation: str = ""

    @abstractmethod
    def compute_sums(self, inputs: np.ndarray) -> np.ndarray:
        """Return the layer's sums: the values before the activation function."""

    @abstractmethod
    def input_gradient(self, inputs: np.ndarray, gradient: np.ndarray) -> np.ndarray:
        """Return the gradient with respect to the inputs.

        Args:
            gradient: the gradient with respect to the sums, in the shape of the sums.
        """

    @property
    def script_parameters(self) -> dict[str, object]:
        """The values, by name, that the layer's JavaScript needs besides weights and activation."""
        return {}


@dataclass(frozen=True)
class WeightedStep(LayerStep):
    """A step that multiplies its inputs by weights.

    Attributes:
        kernel: float32 [..., units]; bias: float32 [units].
    """

    kernel: np.ndarray = field(repr=False)
    bias: np.ndarray = field(repr=False)
    activation: str = ""

    @abstractmethod
    def unit_inputs_and_weights(
        self, inputs: np.ndarray, unit: int, at: Place | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return a unit's inputs for the first image, and the unit's weights in the same shape.

        A unit is a neuron or a filter.

        Args:
            at: row and column in the filter's feature map; None for a neuron.
        """


@dataclass(frozen=True)
class Layer(ABC):
    """One layer of a network, described in the terms of Keras.

    Attributes:
        kind: its name in the code, in the catalogues and in packed networks.
        keras_class: the name of its class in `keras.layers`.
        keras_arguments: names of the attributes passed to that class by position.
        drawn_as: how it appears in the picture of a network: as a stack of maps, a row of pixels,
            neurons, a mark on the previous layer, or not at all.
        selects_largest_input: whether each output is the largest of several inputs.
        code_note_key: catalogue key of the comment beside it in exported code. If empty, the
            comment gives the number of its parameters; a layer without parameters then has no
            comment.
        javascript: its step in JavaScript, for the take-home file. This function receives the
            packed step, the values and their shape [rows, columns, channels], and returns the sums
            and their shape. It may call functions of ``export/page/network.js``. Empty for a layer
            without a step.
        input_shape: shape of the inputs, without the batch dimension.
        units: number of neurons in a dense layer or of filters in a convolution, else 0.
        activation: name of the activation function, or an empty string.
        dropout_rate: share of its inputs that training sets to zero at random.
        is_frozen: whether training leaves its weights as they are.
    """

    kind: ClassVar[str]
    keras_class: ClassVar[str]
    keras_arguments: ClassVar[tuple[str, ...]] = ()
    drawn_as: ClassVar[Literal["map", "strip", "neurons", "mark", ""]]
    selects_largest_input: ClassVar[bool] = False
    code_note_key: ClassVar[str] = ""
    javascript: ClassVar[str] = ""

    input_shape: Shape
    units: int = 0
    activation: str = ""
    dropout_rate: float = 0.0
    is_frozen: bool = False

    @property
    @abstractmethod
    def output_shape(self) -> Shape:
        """The shape of the outputs, without the batch dimension."""

    @property
    def weight_shapes(self) -> tuple[Shape, ...]:
        """The shapes of kernel and bias; empty for a layer without parameters."""
        return ()

    @property
    def parameter_count(self) -> int:
        """The number of weights and biases."""
        return sum(map(prod, self.weight_shapes))

    @property
    def multiply_add_count(self) -> int:
        """Number of multiply-adds per image: each weight is used once per output position."""
        kernels = map(prod, self.weight_shapes[:1])
        return sum(kernels) * prod(self.output_shape[:-1])

    @property
    def without_runtime_values(self) -> Self:
        """This layer without the values that a compiled training program gets only when it runs."""
        return self

    @property
    def keras_call(self) -> tuple[str, tuple[object, ...], dict[str, object]]:
        """The Keras class, and the positional and keyword arguments to call it with."""
        activation = {"activation": self.activation} if self.activation else {}
        given = tuple(getattr(self, name) for name in self.keras_arguments)
        return self.keras_class, given, {**activation, **self.keras_keywords}

    @property
    def keras_keywords(self) -> Mapping[str, object]:
        """Keyword arguments of the Keras class, besides the activation."""
        return {}

    @abstractmethod
    def forward(
        self, tf: ModuleType, x: Tensor, kernel: Tensor | None, arithmetic: Arithmetic
    ) -> Tensor:
        """Return the outputs before bias and activation, computed by TensorFlow.

        Args:
            tf: the TensorFlow module.
            x: float [batch, *input_shape].
            kernel: None for a layer without weights.
            arithmetic: the number format for convolutions.
        """

    def make_numpy_step(self, weights: Sequence[np.ndarray]) -> LayerStep | None:
        """Return the NumPy computation of the layer; None if only training uses the layer.

        Args:
            weights: float32 kernel and bias, in the shapes of :attr:`weight_shapes`.
        """
        return None

    @classmethod
    def read_numpy_step_from_keras(
        cls, config: Mapping[str, Any], weights: Sequence[np.ndarray]
    ) -> LayerStep | None:
        """Return the NumPy computation of a layer in a ``.keras`` file.

        Args:
            config: the layer's configuration in the file.
            weights: the weights of the layer, in the order of the file.

        Raises:
            KeyError, TypeError, ValueError: the file is not valid.
        """
        return None


def step_activation_name(name: str) -> str:
    """Return the activation of a step: `name`, or "" for softmax and for Keras' "linear"."""
    return "" if name in ("linear", "softmax") else name
