"""Reshape layers, which turn an image into a single map, the input of a convolution."""

from dataclasses import dataclass
from types import ModuleType

from fvapp.core.arithmetic import Arithmetic
from fvapp.core.layer import Layer, Shape, Tensor


@dataclass(frozen=True)
class ReshapeLayer(Layer):
    """A layer that adds the channel axis to images; the NumPy computation does not need it."""

    kind = "reshape"
    keras_class = "Reshape"
    keras_arguments = ("output_shape",)
    drawn_as = ""

    @property
    def output_shape(self) -> Shape:
        return (*self.input_shape, 1)

    def forward(
        self, tf: ModuleType, x: Tensor, kernel: Tensor | None, arithmetic: Arithmetic
    ) -> Tensor:
        return tf.reshape(x, (-1, *self.output_shape))


LAYER = ReshapeLayer
