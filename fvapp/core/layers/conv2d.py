"""Convolution layers, which apply the same small window of weights at every place of an image."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from types import ModuleType
from typing import Any, Literal

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from fvapp.core.arithmetic import Arithmetic, can_multiply_bfloat16
from fvapp.core.layer import Layer, Place, Shape, Tensor, WeightedStep, step_activation_name

Padding = Literal["valid", "same"]


@dataclass(frozen=True)
class Convolution(WeightedStep):
    """A convolution with a kernel of float32 [height, width, channels, filters].

    Attributes:
        padding: "valid" or "same", as in Keras. If "same" needs an odd number of extra rows or
            columns, the bottom or the right gets one more than the top or the left.
    """

    kind = "conv2d"
    shown_as = "maps"

    stride: int = 1
    padding: Padding = "valid"

    @property
    def script_parameters(self) -> dict[str, object]:
        return {"window": self.kernel.shape[:2], "stride": self.stride, "padding": self.padding}

    def compute_sums(self, inputs: np.ndarray) -> np.ndarray:
        windows = self.input_windows(inputs)
        filters = self.kernel.shape[-1]
        flat = windows.reshape(-1, self.kernel.size // filters) @ self.kernel.reshape(-1, filters)
        return flat.reshape(*windows.shape[:3], filters) + self.bias

    def unit_inputs_and_weights(
        self, inputs: np.ndarray, unit: int, at: Place | None
    ) -> tuple[np.ndarray, np.ndarray]:
        if at is None:
            raise TypeError("a map has places")
        return self.input_windows(inputs[:1])[0, at[0], at[1]], self.kernel[..., unit]

    def input_windows(self, inputs: np.ndarray) -> np.ndarray:
        """Return the inputs in each window, [n, rows, columns, height, width, channels]."""
        size = self.kernel.shape[:2]
        views = sliding_window_view(self._pad_inputs(inputs), size, axis=(1, 2))[
            :, :: self.stride, :: self.stride
        ]
        return views.transpose(0, 1, 2, 4, 5, 3)

    def window_top_left(self, shape: Sequence[int], row: int, column: int) -> tuple[int, int]:
        """Return the row and column of a window's top left corner, negative within the padding.

        Args:
            shape: shape of the inputs, [n, rows, columns, channels].
        """
        (top, _), (left, _) = self._padding_margins(shape)
        return row * self.stride - top, column * self.stride - left

    def input_gradient(self, inputs: np.ndarray, gradient: np.ndarray) -> np.ndarray:
        (top, _), (left, _) = self._padding_margins(inputs.shape)
        padded = np.zeros_like(self._pad_inputs(inputs))
        rows, columns = (self.stride * size for size in gradient.shape[1:3])
        for row, column in np.ndindex(*self.kernel.shape[:2]):
            target = padded[
                :, row : row + rows : self.stride, column : column + columns : self.stride
            ]
            target += (gradient @ self.kernel[row, column].T)[
                :, : target.shape[1], : target.shape[2]
            ]
        return padded[:, top : top + inputs.shape[1], left : left + inputs.shape[2]]

    def _pad_inputs(self, inputs: np.ndarray) -> np.ndarray:
        margins = self._padding_margins(inputs.shape)
        return np.pad(inputs, ((0, 0), *margins, (0, 0))) if any(map(any, margins)) else inputs

    def _padding_margins(self, shape: Sequence[int]) -> tuple[tuple[int, int], tuple[int, int]]:
        if self.padding == "valid":
            return (0, 0), (0, 0)
        sides = []
        for length, size in zip(shape[1:3], self.kernel.shape[:2], strict=True):
            missing = max((-(-length // self.stride) - 1) * self.stride + size - length, 0)
            sides.append((missing // 2, missing - missing // 2))
        return sides[0], sides[1]


@dataclass(frozen=True)
class ConvolutionLayer(Layer):
    """A layer that convolves its inputs with 3x3 windows of weights.

    Attributes:
        padding: "valid" or "same", as in Keras. With "same", the output is as large as the input
            divided by the stride, rounded up.
    """

    kind = "conv2d"
    keras_class = "Conv2D"
    keras_arguments = ("units", "kernel_size")
    kernel_size = 3
    drawn_as = "map"
    javascript = """
({ kernel, bias, window: [tall, wide], stride, padding }, values, [rows, columns, channels]) => {
  const units = bias.length;
  const [down, top] = places(rows, tall, stride, padding);
  const [across, left] = places(columns, wide, stride, padding);
  const sums = new Float32Array(down * across * units);
  for (let to = 0; to < down * across; to++) {
    sums.set(bias, to * units);
    const row = Math.floor(to / across) * stride - top, column = (to % across) * stride - left;
    for (let y = Math.max(0, -row); y < tall && row + y < rows; y++) {
      for (let x = Math.max(0, -column); x < wide && column + x < columns; x++) {
        const from = ((row + y) * columns + column + x) * channels, weights = (y * wide + x) * channels;
        for (let each = 0; each < channels; each++) {
          add(sums, to * units, kernel, (weights + each) * units, units, values[from + each]);
        }
      }
    }
  }
  return [sums, [down, across, units]];
}"""

    stride: int = 1
    padding: Padding = "valid"

    @property
    def output_shape(self) -> Shape:
        sides = self.input_shape[:2]
        if self.padding == "valid":
            sides = tuple(side - self.kernel_size + 1 for side in sides)
        return (*(ceil(side / self.stride) for side in sides), self.units)

    @property
    def weight_shapes(self) -> tuple[Shape, ...]:
        return (self.kernel_size, self.kernel_size, self.input_shape[-1], self.units), (self.units,)

    @property
    def keras_keywords(self) -> Mapping[str, object]:
        return {} if self.padding == "valid" else {"strides": self.stride, "padding": self.padding}

    def forward(
        self, tf: ModuleType, x: Tensor, kernel: Tensor | None, arithmetic: Arithmetic
    ) -> Tensor:
        """Return the sums before bias and activation.

        With the number format bfloat16, the gradients are rounded, too. On a processor without
        bfloat16 instructions, this format is simulated.
        """
        at = {"strides": self.stride, "padding": self.padding.upper()}
        if arithmetic == "float32":
            # Computing the kernel's gradient with nine matrix products instead of this function was
            # tried, and was 20% slower.
            return tf.nn.conv2d(x, kernel, **at)

        x = tf.cast(x, tf.bfloat16)
        kernel = tf.cast(kernel, tf.bfloat16)
        if can_multiply_bfloat16():
            return tf.nn.conv2d(x, kernel, **at)
        # Imitate processors with bfloat16 instructions, which add up in float32 and round the sums.
        # On a processor without these instructions, TensorFlow's bfloat16 convolution takes twice
        # as long as this float32 convolution, and it fails on a processor without AVX-512.
        sums = tf.nn.conv2d(tf.cast(x, tf.float32), tf.cast(kernel, tf.float32), **at)
        return tf.cast(tf.cast(sums, tf.bfloat16), tf.float32)

    def make_numpy_step(self, weights: Sequence[np.ndarray]) -> Convolution:
        kernel, bias = weights
        return Convolution(
            kernel, bias, step_activation_name(self.activation), self.stride, self.padding
        )

    @classmethod
    def read_numpy_step_from_keras(
        cls, config: Mapping[str, Any], weights: Sequence[np.ndarray]
    ) -> Convolution:
        kernel, *biases = weights
        bias = biases[0] if config["use_bias"] else np.zeros(kernel.shape[-1], np.float32)
        stride, *others = set(config["strides"])
        if others:
            raise ValueError("a stride of its own for each direction")
        return Convolution(
            kernel, bias, step_activation_name(config["activation"]), stride, config["padding"]
        )


LAYER = ConvolutionLayer
