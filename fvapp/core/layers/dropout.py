"""Dropout layers, which set some of their inputs to zero while a network trains."""

from dataclasses import dataclass, replace
from types import ModuleType
from typing import Self

from fvapp.core.arithmetic import Arithmetic
from fvapp.core.layer import Layer, Shape, Tensor


@dataclass(frozen=True)
class DropoutLayer(Layer):
    """A dropout layer, which changes nothing after training and so needs no NumPy computation."""

    kind = "dropout"
    keras_class = "Dropout"
    keras_arguments = ("dropout_rate",)
    drawn_as = "mark"

    @property
    def output_shape(self) -> Shape:
        return self.input_shape

    @property
    def without_runtime_values(self) -> Self:
        return replace(self, dropout_rate=0.0)

    def forward(
        self, tf: ModuleType, x: Tensor, kernel: Tensor | None, arithmetic: Arithmetic
    ) -> Tensor:
        """Return `x` unchanged; the training loop applies dropout, because it has the seed."""
        return x


LAYER = DropoutLayer
