"""The forward pass of a network as plain TensorFlow operations on a list of weights.

It gives the same numbers as the layers of the Keras model (a test checks this), but lets a training loop carry the
weights through thousands of steps in one graph. The graph is kept small, because tracing it costs more than compiling
it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import keras
import tensorflow as tf

from fvapp.core.layers import POOL_SIZE, Layer

Dropout = Callable[[tf.Tensor, int], tf.Tensor]


def forward(
    layers: Sequence[Layer], weights: Sequence[tf.Tensor], images: tf.Tensor, dropout: Dropout | None = None
) -> tf.Tensor:
    """Return the logits [batch, classes]: the output of the last layer before its softmax.

    Args:
        weights: kernels and biases in the order of ``model.weights``.
        images: float [batch, 28, 28].
        dropout: the function of a dropout layer, given its input and its place among the layers; None for no dropout,
            as with ``training=False``.
    """
    x = images
    remaining = iter(weights)
    waiting = None  # bias and activation of a convolution, applied after its pooling
    for place, layer in enumerate(layers):
        match layer.kind:
            case "reshape" | "flatten":
                x = tf.reshape(x, (-1, *layer.output_shape))
            case "dense":
                x = tf.matmul(x, next(remaining)) + next(remaining)
                if layer.activation != "softmax":
                    x = keras.activations.get(layer.activation)(x)
            case "conv2d":
                x = tf.nn.conv2d(x, next(remaining), strides=1, padding="VALID")
                waiting = next(remaining), keras.activations.get(layer.activation)
            case "max_pooling2d":
                # All our activations are monotonic, so max pooling first gives the same result with a quarter of the
                # activations to compute.
                bias, activation = waiting
                x = activation(tf.nn.max_pool2d(x, POOL_SIZE, POOL_SIZE, "VALID") + bias)
            case "dropout":
                if dropout is not None:
                    x = dropout(x, place)
    return x
