"""An image as one map, which is what a convolution takes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fvapp.core.layer import Layer, Shape


@dataclass(frozen=True)
class ReshapeLayer(Layer):
    """Adds the axis of channels. It has no step: networks in NumPy take their images as maps anyway."""

    kind = "reshape"
    keras_class = "Reshape"
    drawn = ""

    @property
    def output_shape(self) -> Shape:
        return (*self.input_shape, 1)

    @property
    def keras_arguments(self) -> tuple[object, ...]:
        return (self.output_shape,)

    def forward(self, tf, x, kernel, arithmetic):
        return tf.reshape(x, (-1, *self.output_shape))

    def step(self, weights: Sequence[np.ndarray]) -> None:
        return None

    @classmethod
    def read_step(cls, config: Mapping[str, Any], weights: Sequence[np.ndarray]) -> None:
        return None


LAYER = ReshapeLayer
