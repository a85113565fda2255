"""Dropout: sets some of its inputs to zero while a network trains."""

from dataclasses import dataclass, replace
from types import ModuleType
from typing import Self

from fvapp.core.arithmetic import Arithmetic
from fvapp.core.layer import Layer, Shape, Tensor


@dataclass(frozen=True)
class DropoutLayer(Layer):
    """A dropout layer. It has no step, because nothing is dropped when a network answers."""

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
        """Return `x` unchanged: the training loop has the run's seed, so it applies the dropout."""
        return x


LAYER = DropoutLayer
