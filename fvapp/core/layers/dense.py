"""Dense layers, in which each neuron adds up all inputs, multiplied by its weights."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import ModuleType

import numpy as np

from fvapp.core.arithmetic import Arithmetic
from fvapp.core.errors import ModelError
from fvapp.core.layer import Layer, Place, Shape, Tensor, WeightedStep, step_activation_name


@dataclass(frozen=True)
class Dense(WeightedStep):
    """The NumPy computation of a dense layer, with a kernel of float32 [inputs, neurons]."""

    kind = "dense"
    shown_as = "neurons"

    def compute_sums(self, inputs: np.ndarray) -> np.ndarray:
        return inputs @ self.kernel + self.bias

    def input_gradient(self, inputs: np.ndarray, gradient: np.ndarray) -> np.ndarray:
        return gradient @ self.kernel.T

    def unit_inputs_and_weights(
        self, inputs: np.ndarray, unit: int, at: Place | None
    ) -> tuple[np.ndarray, np.ndarray]:
        return inputs[0], self.kernel[:, unit]


@dataclass(frozen=True)
class DenseLayer(Layer):
    """A dense layer. Without Flatten before it, the neurons process each of the 28 rows alone."""

    kind = "dense"
    keras_class = "Dense"
    keras_arguments = ("units",)
    drawn_as = "neurons"
    javascript = """
({ kernel, bias }, values) => {
  const sums = Float32Array.from(bias);
  for (let at = 0; at < values.length; at++) add(sums, 0, kernel, at * bias.length, bias.length, values[at]);
  return [sums, [1, 1, bias.length]];
}"""

    @property
    def output_shape(self) -> Shape:
        return (*self.input_shape[:-1], self.units)

    @property
    def weight_shapes(self) -> tuple[Shape, ...]:
        return (self.input_shape[-1], self.units), (self.units,)

    def forward(
        self, tf: ModuleType, x: Tensor, kernel: Tensor | None, arithmetic: Arithmetic
    ) -> Tensor:
        return tf.matmul(x, kernel)

    def make_numpy_step(self, weights: Sequence[np.ndarray]) -> Dense:
        # Keras refuses to train a dense network without Flatten, so any stored weights are invalid.
        if len(self.input_shape) != 1:
            raise ModelError("model_other_weights")
        kernel, bias = weights
        return Dense(kernel, bias, step_activation_name(self.activation))

    @classmethod
    def read_numpy_step_from_keras(
        cls, config: Mapping[str, str], weights: Sequence[np.ndarray]
    ) -> Dense:
        kernel, bias = weights
        return Dense(kernel, bias, step_activation_name(config["activation"]))


LAYER = DenseLayer
