"""Compiles a shipped model without its last layer, for the app and for building the model."""

import keras
import tensorflow as tf

from fvapp.core.stack import IMAGE_SHAPE

IMAGES = tf.TensorSpec((None, *IMAGE_SHAPE), tf.uint8)
"""TensorFlow signature for any number of images, so that a function is traced only once."""


def compile_feature_function(model: keras.Sequential) -> tf.types.experimental.PolymorphicFunction:
    """Return a compiled function from uint8 images [n, 28, 28] to the last layer's inputs."""
    inside = keras.Model(model.inputs, model.layers[-2].output)

    # XLA is not used, because it makes convolutions on a CPU about 25 times slower.
    @tf.function(autograph=False, input_signature=[IMAGES])
    def last_layer_inputs(images):
        return inside(tf.cast(images, tf.float32) / 255, training=False)

    return last_layer_inputs
