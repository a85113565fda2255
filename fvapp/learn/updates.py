"""The update rules of the optimizers as plain TensorFlow operations, in the same order as Keras' own.

Keras' optimizers assign to variables. In a compiled loop that carries the weights as values, the same rule written as a
function of values is traced in a tenth of the time. A test compares each with Keras step by step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import keras
import tensorflow as tf

Tensors = Sequence[tf.Tensor]
SLOTS = {"adam": 2, "sgd": 1, "rmsprop": 1}
"""Values that an optimizer keeps of each weight."""

Update = Callable[[Tensors, Tensors, Tensors, tf.Tensor, tf.Tensor], tuple[list[tf.Tensor], list[tf.Tensor]]]


def make_update(optimizer: keras.optimizers.Optimizer) -> Update:
    """Return ``update(weights, slots, gradients, iterations, learning_rate) -> (weights, slots)`` for an optimizer.

    `slots` are in the order of ``optimizer.variables`` after the first two (iterations and learning rate).
    """
    match optimizer:
        case keras.optimizers.Adam():
            return _adam(optimizer.beta_1, optimizer.beta_2, optimizer.epsilon)
        case keras.optimizers.SGD():
            return _sgd(optimizer.momentum)
        case keras.optimizers.RMSprop():
            return _rmsprop(optimizer.rho, optimizer.epsilon)
    raise TypeError(type(optimizer).__name__)


def _adam(beta_1: float, beta_2: float, epsilon: float) -> Update:
    # Kingma and Ba, "Adam", algorithm 1 with the rearranged step size at the end of its section 2, as in Keras.
    def update(weights, slots, gradients, iterations, learning_rate):
        step = tf.cast(iterations + 1, tf.float32)
        alpha = learning_rate * tf.sqrt(1 - tf.pow(beta_2, step)) / (1 - tf.pow(beta_1, step))
        new_weights, new_slots = [], []
        for weight, m, v, gradient in zip(weights, slots[::2], slots[1::2], gradients, strict=True):
            m = m + (gradient - m) * (1 - beta_1)
            v = v + (tf.square(gradient) - v) * (1 - beta_2)
            new_weights.append(weight - m * alpha / (tf.sqrt(v) + epsilon))
            new_slots += [m, v]
        return new_weights, new_slots

    return update


def _sgd(momentum: float) -> Update:
    def update(weights, slots, gradients, iterations, learning_rate):
        slots = [m * momentum - gradient * learning_rate for m, gradient in zip(slots, gradients, strict=True)]
        return [weight + m for weight, m in zip(weights, slots, strict=True)], slots

    return update


def _rmsprop(rho: float, epsilon: float) -> Update:
    def update(weights, slots, gradients, iterations, learning_rate):
        slots = [rho * v + (1 - rho) * tf.square(gradient) for v, gradient in zip(slots, gradients, strict=True)]
        steps = [learning_rate * gradient / tf.sqrt(v + epsilon) for v, gradient in zip(slots, gradients, strict=True)]
        return [weight - step for weight, step in zip(weights, steps, strict=True)], slots

    return update
