"""The shipped models, one for each data set, and the facts that come with them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from fvapp.core.datasets import DATASETS
from fvapp.core.errors import DatasetError, ModelError
from fvapp.core.layers import IMAGE_SHAPE
from fvapp.core.places import SHIPPED_MODELS
from fvapp.learn.chunks import call_in_chunks

IMAGES = tf.TensorSpec((None, *IMAGE_SHAPE), tf.uint8)
"""Any number of images, so that a function is traced only once."""

FOLDER = SHIPPED_MODELS


@dataclass(frozen=True)
class ShippedModel:
    """A model with calibrated probabilities, which can tell when an image is unlike anything it was trained on.

    Attributes:
        name: of its data set.
        about: the contents of its JSON file: settings, data, accuracy, versions.
        unlike_below: the evidence below which an image is unlike anything in the training set.
    """

    name: str
    about: Mapping[str, object] = field(repr=False)
    unlike_below: float
    _logits: tf.types.experimental.PolymorphicFunction = field(repr=False)
    _features: tf.types.experimental.PolymorphicFunction = field(repr=False)

    def logits(self, images: np.ndarray) -> np.ndarray:
        """Return the calibrated logits [n, 10] of images `uint8` [n, 28, 28]."""
        return call_in_chunks(self._logits, images)

    def features(self, images: np.ndarray) -> np.ndarray:
        """Return the input of the last layer, float32 [n, inputs], for images `uint8` [n, 28, 28]."""
        return call_in_chunks(self._features, images)

    def is_unlike(self, images: np.ndarray) -> np.ndarray:
        """Return for each image whether it is unlike anything in the training set: bool [n]."""
        return evidence(self.logits(images)) < self.unlike_below


def evidence(logits: np.ndarray) -> np.ndarray:
    """Return how much more evidence there is for the likeliest class than for the average class, [n].

    This is the largest logit minus the mean logit. A network trained with strange images, for which all classes are
    equally right, gives them nearly 0. An image between a 4 and a 9 has a low top probability but high evidence: it is
    ambiguous, not strange.
    """
    return logits.max(axis=1) - logits.mean(axis=1)


@cache
def load_shipped(name: str) -> ShippedModel:
    """Load the model of a data set, compile it and call it once; later calls return the same object.

    Raises:
        DatasetError: there is no such data set.
        ModelError: ``shipped_model_damaged``: its files are missing or damaged.
    """
    if name not in DATASETS:
        raise DatasetError("unknown_dataset", name=name[:40])
    return load_from(FOLDER, name)


def load_from(folder: Path, name: str) -> ShippedModel:
    """Load ``<name>.keras`` and ``<name>.json`` from a folder, like :func:`load_shipped`."""
    try:
        about = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        model = keras.models.load_model(folder / f"{name}.keras", compile=False)
        unlike_below = float(about["doubt"]["unlike_below"])
    except (OSError, ValueError, KeyError, TypeError):
        raise ModelError("shipped_model_damaged", file=f"{name}.keras") from None
    shipped = ShippedModel(name, about, unlike_below, compiled_logits(model), compiled_features(model))
    shipped.logits(np.zeros((1, *IMAGE_SHAPE), np.uint8))
    return shipped


def compiled_logits(model: keras.Sequential) -> tf.types.experimental.PolymorphicFunction:
    """Return a compiled function from uint8 images [n, 28, 28] to the logits of a model."""
    last, features = model.layers[-1], compiled_features(model)

    @tf.function(autograph=False, input_signature=[IMAGES])
    def logits(images):
        return tf.matmul(features(images), last.kernel) + last.bias

    return logits


def compiled_features(model: keras.Sequential) -> tf.types.experimental.PolymorphicFunction:
    """Return a compiled function from uint8 images [n, 28, 28] to the input of the last layer of a model."""
    inside = keras.Model(model.inputs, model.layers[-2].output)

    # XLA would make convolutions on a CPU about 25 times slower.
    @tf.function(autograph=False, input_signature=[IMAGES])
    def features(images):
        return inside(tf.cast(images, tf.float32) / 255, training=False)

    return features
