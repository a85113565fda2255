"""Computes a network's forward pass with plain TensorFlow operations on a list of weights.

The results equal those of the Keras model; a test checks this. With these operations, a training
loop can pass the weights through thousands of steps in one graph. The graph is kept small, because
tracing it takes longer than compiling it.
"""

from collections.abc import Callable, Sequence

import keras
import tensorflow as tf

from fvapp.core.activations import ACTIVATIONS
from fvapp.core.arithmetic import Arithmetic
from fvapp.core.layer import Layer

Dropout = Callable[[tf.Tensor, int], tf.Tensor]


def forward_pass(
    layers: Sequence[Layer],
    weights: Sequence[tf.Tensor],
    images: tf.Tensor,
    dropout: Dropout | None = None,
    arithmetic: Arithmetic = "float32",
) -> tf.Tensor:
    """Return the logits [batch, classes], the outputs of the last layer before softmax.

    Args:
        weights: kernels and biases in the order of ``model.weights``.
        images: float [batch, 28, 28].
        dropout: applies dropout: called as ``dropout(inputs, place)``, with a dropout layer's
            inputs and index in `layers`. None means no dropout, as with Keras' ``training=False``.
        arithmetic: the number format in which convolutions are computed.
    """
    x = images
    remaining = iter(weights)
    unfinished = None  # the last layer and its bias, until bias and activation have been applied
    for place, layer in enumerate(layers):
        if unfinished and not (
            layer.selects_largest_input and ACTIVATIONS[unfinished[0].activation].never_decreases
        ):
            x = _add_bias_and_activate(x, *unfinished)
            unfinished = None
        kernel, bias = [next(remaining) for _ in layer.weight_shapes] or (None, None)
        x = layer.forward(tf, x, kernel, arithmetic)
        if layer.dropout_rate and dropout is not None:
            x = dropout(x, place)
        if unfinished:
            # The activation is applied after max pooling, where it needs only a quarter of the
            # operations. For an activation that never decreases, the result is the same.
            x = _add_bias_and_activate(x, *unfinished)
            unfinished = None
        elif bias is not None:
            unfinished = layer, bias
    return _add_bias_and_activate(x, *unfinished) if unfinished else x


def _add_bias_and_activate(x: tf.Tensor, layer: Layer, bias: tf.Tensor) -> tf.Tensor:
    sums = tf.cast(x, tf.float32) + bias
    return sums if layer.activation == "softmax" else keras.activations.get(layer.activation)(sums)
