"""Flatten layers, which put all numbers of an image in one long row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import prod
from types import ModuleType
from typing import Any

import numpy as np

from fvapp.core.arithmetic import Arithmetic
from fvapp.core.layer import Layer, LayerStep, Shape, Tensor


@dataclass(frozen=True)
class Flatten(LayerStep):
    """The NumPy computation that puts all numbers of an image in one row."""

    kind = "flatten"
    only_reshapes = True

    def compute_sums(self, inputs: np.ndarray) -> np.ndarray:
        return inputs.reshape(len(inputs), prod(inputs.shape[1:]))

    def input_gradient(self, inputs: np.ndarray, gradient: np.ndarray) -> np.ndarray:
        return gradient.reshape(inputs.shape)


@dataclass(frozen=True)
class FlattenLayer(Layer):
    """The layer that puts all numbers of an image, or of several maps, in one row."""

    kind = "flatten"
    keras_class = "Flatten"
    drawn_as = "strip"
    code_note_key = "export.flatten"
    javascript = "(_, values) => [values, [1, 1, values.length]]"

    @property
    def output_shape(self) -> Shape:
        return (prod(self.input_shape),)

    def forward(
        self, tf: ModuleType, x: Tensor, kernel: Tensor | None, arithmetic: Arithmetic
    ) -> Tensor:
        return tf.reshape(x, (-1, *self.output_shape))

    def make_numpy_step(self, weights: Sequence[np.ndarray]) -> Flatten:
        return Flatten()

    @classmethod
    def read_numpy_step_from_keras(
        cls, config: Mapping[str, Any], weights: Sequence[np.ndarray]
    ) -> Flatten:
        return Flatten()


LAYER = FlattenLayer
