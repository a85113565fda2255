"""Computes networks' features with TensorFlow: for convolutions, three times as fast as NumPy."""

from collections.abc import Sequence
from functools import lru_cache

import keras
import numpy as np
import tensorflow as tf

from fvapp.core.inspection import FeatureExtractor, load_shipped_model, network_of_run
from fvapp.core.layer import Layer
from fvapp.core.places import SHIPPED_MODELS
from fvapp.core.settings import RunSettings
from fvapp.core.stack import describe_layers
from fvapp.learn.chunks import call_in_chunks
from fvapp.learn.network import forward_pass
from fvapp.learn.shipped import IMAGES, compile_feature_function

MOST_PROGRAMS = 16


def make_feature_extractor(
    settings: RunSettings, weights: Sequence[np.ndarray]
) -> FeatureExtractor:
    """Return a feature extractor for a run; networks with the same layers share compiled code.

    Raises:
        ModelError: ``model_other_weights``: the weights do not fit the layers of the run's
            settings.
    """
    network = network_of_run(settings, weights)
    tensors = tuple(tf.constant(weight, tf.float32) for weight in weights[:-2])
    program = _compiled_feature_function(describe_layers(settings)[:-1])
    scale = tf.constant(settings.pixel_divisor)
    return FeatureExtractor(
        network, lambda images: call_in_chunks(lambda some: program(tensors, some, scale), images)
    )


def make_shipped_feature_extractor(dataset: str) -> FeatureExtractor:
    """Return a feature extractor for the shipped model of a data set.

    Raises:
        DatasetError: there is no such data set.
        ModelError: the model's files are missing or damaged.
    """
    network = load_shipped_model(dataset).network
    features = compile_feature_function(
        keras.models.load_model(SHIPPED_MODELS / f"{dataset}.keras", compile=False)
    )
    return FeatureExtractor(network, lambda images: call_in_chunks(features, images))


@lru_cache(MOST_PROGRAMS)
def _compiled_feature_function(
    layers: tuple[Layer, ...],
) -> tf.types.experimental.PolymorphicFunction:
    """Return a compiled function ``f(weights, images, scale)`` for the last layer's inputs."""
    weights = tuple(tf.TensorSpec(shape) for layer in layers for shape in layer.weight_shapes)

    @tf.function(autograph=False, input_signature=[weights, IMAGES, tf.TensorSpec(())])
    def last_layer_inputs(weights, images, scale):
        return forward_pass(layers, weights, tf.cast(images, tf.float32) / scale)

    return last_layer_inputs
