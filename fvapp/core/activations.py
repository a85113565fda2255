"""The table of activation functions, keyed by the names that Keras and the settings use."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

_Function = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Activation:
    """A row of the table: an activation function, under the name that Keras gives it.

    Attributes:
        function: computes the activations from the neurons' weighted sums.
        derivative: computes the derivatives at these sums; 0 for ReLU at 0, as in TensorFlow.
        fires_above_zero: whether a neuron counts as firing only while its value is above 0.
        never_decreases: whether a larger sum never gives a smaller value. For such a function, the
            order of activation and max pooling makes no difference.
        javascript: the function in JavaScript, for the take-home file; empty if networks with this
            activation cannot be taken home.
        javascript_derivative: the derivative in JavaScript, computed from a value that `javascript`
            returned; empty if networks with this activation do not learn in the take-home file.
    """

    function: _Function
    derivative: _Function
    fires_above_zero: bool = False
    never_decreases: bool = True
    javascript: str = ""
    javascript_derivative: str = ""


def _sigmoid(sums: np.ndarray) -> np.ndarray:
    return (1 + np.tanh(sums / 2)) / 2  # equals 1 / (1 + exp(-x)), but cannot overflow


ACTIVATIONS: Mapping[str, Activation] = {
    "relu": Activation(
        lambda sums: np.maximum(sums, 0),
        lambda sums: (sums > 0).astype(sums.dtype),
        fires_above_zero=True,
        javascript="(sum) => Math.max(sum, 0)",
        javascript_derivative="(value) => (value > 0 ? 1 : 0)",
    ),
    "tanh": Activation(
        np.tanh,
        lambda sums: 1 - np.tanh(sums) ** 2,
        javascript="Math.tanh",
        javascript_derivative="(value) => 1 - value * value",
    ),
    "sigmoid": Activation(
        _sigmoid,
        lambda sums: _sigmoid(sums) * (1 - _sigmoid(sums)),
        javascript="(sum) => (1 + Math.tanh(sum / 2)) / 2",
        javascript_derivative="(value) => value * (1 - value)",
    ),
    "elu": Activation(
        lambda sums: np.where(sums > 0, sums, np.expm1(np.minimum(sums, 0))),
        lambda sums: np.exp(np.minimum(sums, 0)),
        fires_above_zero=True,
        javascript="(sum) => (sum > 0 ? sum : Math.expm1(sum))",
        javascript_derivative="(value) => (value > 0 ? 1 : value + 1)",
    ),
}


def apply_activation(name: str, sums: np.ndarray) -> np.ndarray:
    """Return the activations for weighted sums, or the sums themselves if `name` is empty."""
    return ACTIVATIONS[name].function(sums) if name else sums
