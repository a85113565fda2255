"""The forward pass of a network as plain TensorFlow operations on a list of weights.

It gives the same numbers as the layers of the Keras model (a test checks this), but lets a training loop carry the
weights through thousands of steps in one graph. The graph is kept small, because tracing it costs more than compiling
it.
"""

from collections.abc import Callable, Sequence

import keras
import tensorflow as tf

from fvapp.core.activations import ACTIVATIONS
from fvapp.core.arithmetic import Arithmetic, multiplies_bfloat16
from fvapp.core.layers import POOL_SIZE, Layer

Dropout = Callable[[tf.Tensor, int], tf.Tensor]


def forward(
    layers: Sequence[Layer],
    weights: Sequence[tf.Tensor],
    images: tf.Tensor,
    dropout: Dropout | None = None,
    arithmetic: Arithmetic = "float32",
) -> tf.Tensor:
    """Return the logits [batch, classes]: the output of the last layer before its softmax.

    Args:
        weights: kernels and biases in the order of ``model.weights``.
        images: float [batch, 28, 28].
        dropout: the function of a dropout layer, given its input and its place among the layers; None for no dropout,
            as with ``training=False``.
        arithmetic: of the convolutions.
    """
    x = images
    remaining = iter(weights)
    for place, layer in enumerate(layers):
        match layer.kind:
            case "reshape" | "flatten":
                x = tf.reshape(x, (-1, *layer.output_shape))
            case "dense":
                x = tf.matmul(x, next(remaining)) + next(remaining)
                if layer.activation != "softmax":
                    x = keras.activations.get(layer.activation)(x)
            case "conv2d":
                x = _convolve(x, next(remaining), layer, arithmetic)
                bias, activation = next(remaining), keras.activations.get(layer.activation)
                rises = ACTIVATIONS[layer.activation].rises and layers[place + 1].kind == "max_pooling2d"
                x = x if rises else activation(tf.cast(x, tf.float32) + bias)
            case "max_pooling2d":
                # Pooling before an activation that rises gives the same with a quarter of the activations to compute.
                # Tried and left: the kernel's gradient as nine matrix products, a fifth slower.
                x = tf.cast(tf.nn.max_pool2d(x, POOL_SIZE, POOL_SIZE, "VALID"), tf.float32)
                x = activation(x + bias) if rises else x
            case "dropout":
                if dropout is not None:
                    x = dropout(x, place)
    return x


def _convolve(x: tf.Tensor, kernel: tf.Tensor, layer: Layer, arithmetic: Arithmetic) -> tf.Tensor:
    """Return the convolution; in bfloat16 on any processor, with gradients that are rounded as it is."""
    at = {"strides": layer.stride, "padding": layer.padding.upper()}
    if arithmetic == "float32":
        return tf.nn.conv2d(x, kernel, **at)
    x, kernel = tf.cast(x, tf.bfloat16), tf.cast(kernel, tf.bfloat16)
    if multiplies_bfloat16():
        return tf.nn.conv2d(x, kernel, **at)
    # A processor with the instructions adds up in float32 too and rounds the sums. TensorFlow's own way without them
    # takes twice as long as this one, and fails where there is no AVX-512 at all.
    sums = tf.nn.conv2d(tf.cast(x, tf.float32), tf.cast(kernel, tf.float32), **at)
    return tf.cast(tf.cast(sums, tf.bfloat16), tf.float32)
