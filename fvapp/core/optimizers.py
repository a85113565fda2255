"""The table of optimizers: the Keras class of each, and its update rule as a pure function.

Keras' optimizers assign to variables, but the compiled training loop carries the weights as values.
TensorFlow traces a rule written as a pure function in a tenth of the time that it needs for Keras'
own optimizer. A test compares each rule with Keras step by step.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Optimizer:
    """A row of the table of optimizers.

    Attributes:
        keras_class: the class in ``keras.optimizers``.
        update_rule: ``rule(xp, weight, gradient, step, learning_rate, *slots, **arguments) ->
            (weight, *slots)``. `xp` is the module of the arrays, TensorFlow or NumPy; `step` counts
            1.0, 2.0, 3.0 ...
        slots_per_weight: how many values the optimizer keeps for each weight, all 0 at the start.
        usual_learning_rate: Keras' default learning rate.
        keras_arguments: arguments that differ from Keras' defaults, besides the learning rate.
    """

    keras_class: str
    update_rule: Callable[..., tuple[Any, ...]]
    slots_per_weight: int
    usual_learning_rate: float = 0.001
    keras_arguments: Mapping[str, float] = field(default_factory=dict)

    def keras_code(self, learning_rate: float) -> str:
        """Return the Python call that creates the optimizer in Keras."""
        arguments = {"learning_rate": learning_rate, **self.keras_arguments}
        given = ", ".join(f"{name}={value}" for name, value in arguments.items())
        return f"keras.optimizers.{self.keras_class}({given})"


def _adam_update(
    xp: Any,
    weight: Any,
    gradient: Any,
    step: Any,
    learning_rate: Any,
    m: Any,
    v: Any,
    beta_1: float = 0.9,
    beta_2: float = 0.999,
    epsilon: float = 1e-7,
) -> tuple[Any, ...]:
    # Algorithm 1 of Kingma and Ba, "Adam", in the faster form at the end of section 2, as in Keras.
    alpha = learning_rate * xp.sqrt(1 - beta_2**step) / (1 - beta_1**step)
    m = m + (gradient - m) * (1 - beta_1)
    v = v + (xp.square(gradient) - v) * (1 - beta_2)
    return weight - m * alpha / (xp.sqrt(v) + epsilon), m, v


def _sgd_update(
    xp: Any, weight: Any, gradient: Any, step: Any, learning_rate: Any, m: Any, momentum: float
) -> tuple[Any, ...]:
    m = m * momentum - gradient * learning_rate
    return weight + m, m


def _rmsprop_update(
    xp: Any,
    weight: Any,
    gradient: Any,
    step: Any,
    learning_rate: Any,
    v: Any,
    rho: float = 0.9,
    epsilon: float = 1e-7,
) -> tuple[Any, ...]:
    v = rho * v + (1 - rho) * xp.square(gradient)
    return weight - learning_rate * gradient / xp.sqrt(v + epsilon), v


OPTIMIZERS: Mapping[str, Optimizer] = {
    "adam": Optimizer("Adam", _adam_update, slots_per_weight=2),
    "sgd": Optimizer(
        "SGD",
        _sgd_update,
        slots_per_weight=1,
        usual_learning_rate=0.01,
        keras_arguments={"momentum": 0.9},
    ),
    "rmsprop": Optimizer("RMSprop", _rmsprop_update, slots_per_weight=1),
}
"""The optimizers, by their names in the settings."""
