"""What every kind of layer says of itself: `Layer` describes one of a network's layers, and `Step`
computes it.
"""

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
"""Row and column of a unit's map."""

Tensor = Any
"""Of TensorFlow, which this package never imports: it is handed in."""


class Step(ABC):
    """What a layer computes, in NumPy, for images that come as [n, rows, columns, channels] or [n,
    inputs].

    Attributes:
        kind: of its layer.
        shows: what Look inside can show of it: the values of its neurons, its maps, or nothing of
            its own.
        note: key of a sentence about it, which Look inside shows below the layer before it; empty
            for none.
        rearranges: whether the same numbers come out in another shape.
        activation: name of the activation; empty for none. The softmax of the last layer is not
            part of its step.
    """

    kind: ClassVar[str]
    shows: ClassVar[Literal["neurons", "maps", ""]] = ""
    note: ClassVar[str] = ""
    rearranges: ClassVar[bool] = False
    activation: str = ""

    @abstractmethod
    def sums(self, inputs: np.ndarray) -> np.ndarray:
        """Return what comes before the activation."""

    @abstractmethod
    def backward(self, inputs: np.ndarray, gradient: np.ndarray) -> np.ndarray:
        """Return the gradient of the inputs, given that of the sums."""

    @property
    def about(self) -> dict[str, object]:
        """What the layer's script reads of the packed step, beside kernel, bias and activation."""
        return {}


@dataclass(frozen=True)
class WeightedStep(Step):
    """A step that multiplies its inputs by weights.

    Attributes:
        kernel: float32 [..., units]; bias: float32 [units].
    """

    kernel: np.ndarray = field(repr=False)
    bias: np.ndarray = field(repr=False)
    activation: str = ""

    @abstractmethod
    def products(
        self, inputs: np.ndarray, unit: int, at: Place | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the inputs that a unit adds up for the first image, and their weights, of one
        shape.

        Args:
            at: row and column of the unit's map; None for a neuron.
        """


@dataclass(frozen=True)
class Layer(ABC):
    """One layer of a network, described as Keras would.

    Attributes:
        kind: names it in the table, in the catalogues and in packed networks.
        keras_class: the class of `keras.layers`.
        keras_arguments: the attributes that it is given by position.
        drawn: how the picture of a network draws it: a stack of maps, pixels in a row, neurons, a
            mark on the layer before it, or not at all.
        selects: whether each of its outputs is one of its inputs: the largest.
        code_note: key of the comment beside the layer in exported code; empty for its parameters,
            or for none.
        script: its step in JavaScript, for the file that one takes home: a function of the packed
            step, the values and their shape [rows, columns, channels], which returns sums and their
            shape. It may call what ``export/page/network.js`` defines. Empty for a layer that has
            no step.
        input_shape: without the batch dimension.
        units: neurons of a dense layer, filters of a convolution, else 0.
        activation: name of the activation, or an empty text.
        rate: share of its inputs that training sets to zero at random.
        frozen: whether training leaves its weights as they are.
    """

    kind: ClassVar[str]
    keras_class: ClassVar[str]
    keras_arguments: ClassVar[tuple[str, ...]] = ()
    drawn: ClassVar[Literal["map", "strip", "neurons", "mark", ""]]
    selects: ClassVar[bool] = False
    code_note: ClassVar[str] = ""
    script: ClassVar[str] = ""

    input_shape: Shape
    units: int = 0
    activation: str = ""
    rate: float = 0.0
    frozen: bool = False

    @property
    @abstractmethod
    def output_shape(self) -> Shape:
        """Without the batch dimension."""

    @property
    def weights(self) -> tuple[Shape, ...]:
        """The shapes of kernel and bias; of a layer without parameters none."""
        return ()

    @property
    def parameters(self) -> int:
        """How many weights and biases there are."""
        return sum(map(prod, self.weights))

    @property
    def multiply_adds(self) -> int:
        """Of one image's forward pass: each weight once for each place that the layer looks at."""
        kernels = map(prod, self.weights[:1])
        return sum(kernels) * prod(self.output_shape[:-1])

    @property
    def compiled(self) -> Self:
        """The layer as a program is compiled for it: what the program takes as an argument is left
        out.
        """
        return self

    @property
    def keras(self) -> tuple[str, tuple[object, ...], dict[str, object]]:
        """The class of Keras, and with which positional arguments and keywords one calls it."""
        activation = {"activation": self.activation} if self.activation else {}
        given = tuple(getattr(self, name) for name in self.keras_arguments)
        return self.keras_class, given, {**activation, **self.keras_keywords}

    @property
    def keras_keywords(self) -> Mapping[str, object]:
        """What Keras' class is given by name, beside the activation."""
        return {}

    @abstractmethod
    def forward(
        self, tf: ModuleType, x: Tensor, kernel: Tensor | None, arithmetic: Arithmetic
    ) -> Tensor:
        """Return what comes before bias and activation, as TensorFlow computes it.

        Args:
            tf: the module.
            x: float [batch, *input_shape].
            kernel: None for a layer without weights.
            arithmetic: of convolutions.
        """

    def step(self, weights: Sequence[np.ndarray]) -> Step | None:
        """Return what NumPy computes for it; None: it changes nothing while a network answers.

        Args:
            weights: float32 kernel and bias, in the shapes of `weights`.
        """
        return None

    @classmethod
    def read_step(cls, config: Mapping[str, Any], weights: Sequence[np.ndarray]) -> Step | None:
        """Return the step of a layer in a ``.keras`` file.

        Args:
            config: the layer's configuration in the file.
            weights: of the layer, in the file's order.

        Raises:
            KeyError, TypeError, ValueError: the file is not what it should be.
        """
        return None


def step_activation(name: str) -> str:
    """Return the activation that belongs to a step: none for the softmax at the end, and none for
    Keras' "linear".
    """
    return "" if name in ("linear", "softmax") else name
