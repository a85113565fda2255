"""The models that ship, one for each data set, and what they know about themselves."""

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
"""Any number of images: a function that takes these is traced once."""

FOLDER = SHIPPED_MODELS


@dataclass(frozen=True)
class ShippedModel:
    """A model whose shares are calibrated, and which knows what looks like nothing it was trained on.

    Attributes:
        name: of its data set.
        about: what its JSON file says: settings, data, accuracy, versions.
        unlike_below: the evidence below which an image looks like nothing in the training set.
    """

    name: str
    about: Mapping[str, object] = field(repr=False)
    unlike_below: float
    _logits: tf.types.experimental.PolymorphicFunction = field(repr=False)
    _features: tf.types.experimental.PolymorphicFunction = field(repr=False)

    def logits(self, images: np.ndarray) -> np.ndarray:
        """Return what the network has before its softmax, calibrated, for images `uint8` [n, 28, 28]: [n, 10]."""
        return call_in_chunks(self._logits, images)

    def features(self, images: np.ndarray) -> np.ndarray:
        """Return what the last layer gets, for images `uint8` [n, 28, 28]: float32 [n, inputs]."""
        return call_in_chunks(self._features, images)

    def is_unlike(self, images: np.ndarray) -> np.ndarray:
        """Return for each image whether it looks like nothing in the training set: bool [n]."""
        return evidence(self.logits(images)) < self.unlike_below


def evidence(logits: np.ndarray) -> np.ndarray:
    """Return how much more speaks for the likeliest class than for a class on average, [n].

    The largest logit less the mean logit. Trained with strange images, for which all classes are equally right, a
    network gives these nearly 0. Between a 4 and a 9 it stays high where the largest share would be low: such an image
    is ambiguous, not strange.
    """
    return logits.max(axis=1) - logits.mean(axis=1)


@cache
def load_shipped(name: str) -> ShippedModel:
    """Load the model of a data set, compile it and call it once; later calls return the same.

    Raises:
        DatasetError: there is no such data set.
        ModelError: ``shipped_model_damaged``: its files are missing or damaged.
    """
    if name not in DATASETS:
        raise DatasetError("unknown_dataset", name=name[:40])
    return load_from(FOLDER, name)


def load_from(folder: Path, name: str) -> ShippedModel:
    """Load ``<name>.keras`` and ``<name>.json`` of a folder; as :func:`load_shipped`."""
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
    """Return a compiled function from uint8 [n, 28, 28] to what the last layer of a model has before its softmax."""
    last, features = model.layers[-1], compiled_features(model)

    @tf.function(autograph=False, input_signature=[IMAGES])
    def logits(images):
        return tf.matmul(features(images), last.kernel) + last.bias

    return logits


def compiled_features(model: keras.Sequential) -> tf.types.experimental.PolymorphicFunction:
    """Return a compiled function from uint8 [n, 28, 28] to what the last layer of a model gets."""
    inside = keras.Model(model.inputs, model.layers[-2].output)

    # Without XLA, which makes convolutions on a CPU about 25 times slower.
    @tf.function(autograph=False, input_signature=[IMAGES])
    def features(images):
        return inside(tf.cast(images, tf.float32) / 255, training=False)

    return features
