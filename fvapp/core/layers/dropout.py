"""What sets some of its inputs to zero while a network trains."""

from dataclasses import dataclass, replace
from typing import Self

from fvapp.core.layer import Layer, Shape


@dataclass(frozen=True)
class DropoutLayer(Layer):
    """It has no step: a network that answers drops nothing."""

    kind = "dropout"
    keras_class = "Dropout"
    keras_arguments = ("rate",)
    drawn = "mark"

    @property
    def output_shape(self) -> Shape:
        return self.input_shape

    @property
    def compiled(self) -> Self:
        return replace(self, rate=0.0)

    def forward(self, tf, x, kernel, arithmetic):
        """Return `x` as it is: what is dropped is drawn by the training loop, which has the run's seed."""
        return x


LAYER = DropoutLayer
