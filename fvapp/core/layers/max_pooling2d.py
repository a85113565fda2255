"""Max pooling layers, which keep the maximum of each small square of a map, such as 2x2 values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import numpy as np

from fvapp.core.arithmetic import Arithmetic
from fvapp.core.layer import Layer, LayerStep, Shape, Tensor


@dataclass(frozen=True)
class Pooling(LayerStep):
    """The NumPy computation of max pooling, in squares of `square_side` x `square_side` places."""

    kind = "max_pooling2d"
    note_key = "inside.maps.pooling"

    square_side: int

    @property
    def script_parameters(self) -> dict[str, object]:
        return {"size": self.square_side}

    def compute_sums(self, inputs: np.ndarray) -> np.ndarray:
        return self._split_into_squares(inputs).max(axis=(2, 4))

    def input_gradient(self, inputs: np.ndarray, gradient: np.ndarray) -> np.ndarray:
        """Return the gradient with respect to the inputs.

        If several inputs of a square share the maximum, the first gets the whole gradient.
        """
        squares = np.moveaxis(self._split_into_squares(inputs), 2, 3)
        places = squares.reshape(*gradient.shape[:3], -1, gradient.shape[3])
        spread = np.zeros_like(places)
        largest = places.argmax(axis=3, keepdims=True)
        np.put_along_axis(spread, largest, gradient[:, :, :, None], axis=3)
        result = np.zeros_like(inputs)
        # The squares are a view of `result`, so this assignment fills `result`.
        self._split_into_squares(result)[...] = np.moveaxis(spread.reshape(squares.shape), 3, 2)
        return result

    def _split_into_squares(self, inputs: np.ndarray) -> np.ndarray:
        count, height, width, filters = inputs.shape
        rows = height // self.square_side
        columns = width // self.square_side
        whole = inputs[:, : rows * self.square_side, : columns * self.square_side]
        return whole.reshape(count, rows, self.square_side, columns, self.square_side, filters)


@dataclass(frozen=True)
class PoolingLayer(Layer):
    """A layer that keeps the maximum of each 2x2 square of a map."""

    kind = "max_pooling2d"
    keras_class = "MaxPooling2D"
    keras_arguments = ("pool_size",)
    pool_size = 2
    drawn_as = "map"
    selects_largest_input = True
    javascript = """
({ size }, values, [rows, columns, units]) => {
  const down = Math.floor(rows / size), across = Math.floor(columns / size);
  const most = new Float32Array(down * across * units).fill(-Infinity);
  for (let row = 0; row < down * size; row++) {
    for (let column = 0; column < across * size; column++) {
      const to = (Math.floor(row / size) * across + Math.floor(column / size)) * units;
      const from = (row * columns + column) * units;
      for (let unit = 0; unit < units; unit++) most[to + unit] = Math.max(most[to + unit], values[from + unit]);
    }
  }
  return [most, [down, across, units]];
}"""

    @property
    def output_shape(self) -> Shape:
        height, width, channels = self.input_shape
        return height // self.pool_size, width // self.pool_size, channels

    def forward(
        self, tf: ModuleType, x: Tensor, kernel: Tensor | None, arithmetic: Arithmetic
    ) -> Tensor:
        return tf.nn.max_pool2d(x, self.pool_size, self.pool_size, "VALID")

    def make_numpy_step(self, weights: Sequence[np.ndarray]) -> Pooling:
        return Pooling(self.pool_size)

    @classmethod
    def read_numpy_step_from_keras(
        cls, config: Mapping[str, Any], weights: Sequence[np.ndarray]
    ) -> Pooling:
        return Pooling(config["pool_size"][0])


LAYER = PoolingLayer
