"""From images to answers: what a run's network, or a shipped one, makes of a picture, and how far to trust it."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from scipy.special import softmax

from fvapp.core.answers import SURE_FROM, Answer
from fvapp.core.errors import ModelError
from fvapp.core.layers import Layer, describe_layers
from fvapp.core.results.calibration import fit_temperature
from fvapp.core.settings import RunSettings
from fvapp.learn.build import initial_weights
from fvapp.learn.chunks import call_in_chunks
from fvapp.learn.fitting import SCALE
from fvapp.learn.network import forward
from fvapp.learn.shipped import IMAGES, evidence, load_shipped

__all__ = ["Answerer", "answer_shipped", "answer_with", "fit_temperature", "read_weights"]

Answerer = Callable[[np.ndarray], tuple[Answer, ...]]
"""From uint8 images [n, 28, 28] to an answer each. May be called from several threads at once."""

MOST_PROGRAMS = 64


def answer_with(settings: RunSettings, weights: Sequence[np.ndarray], temperature: float = 1.0) -> Answerer:
    """Return an answerer that uses the network of a run.

    This is cheap: networks with the same layers share one compiled call, which takes the weights as arguments.
    Whether a picture is unlike anything in the training set depends on the data set and not on the network, so the
    shipped model decides that.

    Args:
        weights: in the order of ``model.get_weights()``.
        temperature: the run's calibration; the logits are divided by it.

    Raises:
        ModelError: ``model_other_weights``: the weights are not those of this network, or it has no output for one of
            the ten classes.
    """
    layers = describe_layers(settings)
    shapes = _shapes(settings)
    output_shape = layers[-1].output_shape
    if len(output_shape) != 1 or output_shape[0] < 10 or tuple(np.shape(weight) for weight in weights) != shapes:
        raise ModelError("model_other_weights")
    tensors = tuple(tf.constant(weight, tf.float32) for weight in weights)
    program = _program(layers, shapes)
    scale = tf.constant(SCALE if settings.normalisation else 1.0)

    def logits(images: np.ndarray) -> tf.Tensor:
        return program(tensors, images, scale)

    def answer(images: np.ndarray) -> tuple[Answer, ...]:
        if not len(images):
            return ()
        unlike = load_shipped(settings.dataset).is_unlike(images)
        return _answers(call_in_chunks(logits, images) / temperature, unlike)

    return answer


def answer_shipped(dataset: str) -> Answerer:
    """Return an answerer that uses the model shipped for a data set.

    Raises:
        DatasetError: there is no such data set.
        ModelError: the model's files are missing or damaged.
    """
    shipped = load_shipped(dataset)

    def answer(images: np.ndarray) -> tuple[Answer, ...]:
        if not len(images):
            return ()
        logits = shipped.logits(images)
        return _answers(logits, evidence(logits) < shipped.unlike_below)

    return answer


def read_weights(file: Path) -> list[np.ndarray]:
    """Return the weights in a ``.keras`` file that was exported from a run.

    Raises:
        ModelError: ``model_unusable``: there is no such file, or Keras cannot read it.
    """
    try:
        return keras.models.load_model(file, compile=False).get_weights()
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        raise ModelError("model_unusable", folder=str(file.parent)) from None


@lru_cache(MOST_PROGRAMS)
def _shapes(settings: RunSettings) -> tuple[tuple[int, ...], ...]:
    return tuple(weight.shape for weight in initial_weights(settings))


@lru_cache(MOST_PROGRAMS)
def _program(
    layers: tuple[Layer, ...], shapes: tuple[tuple[int, ...], ...]
) -> tf.types.experimental.PolymorphicFunction:
    """Return the compiled forward pass of a network, from weights, uint8 images and their divisor to logits.

    XLA is off even for dense layers: compiling takes longer than a thousand answers.
    """
    weights = tuple(tf.TensorSpec(shape) for shape in shapes)

    @tf.function(autograph=False, input_signature=[weights, IMAGES, tf.TensorSpec(())])
    def logits(weights, images, scale):
        return forward(layers, weights, tf.cast(images, tf.float32) / scale)

    return logits


def _answers(logits: np.ndarray, unlike: np.ndarray) -> tuple[Answer, ...]:
    shares = softmax(np.asarray(logits, float), axis=1)
    labels = shares.argmax(axis=1)
    return tuple(
        Answer(
            probabilities=tuple(row.tolist()),
            label=int(label),
            sure=bool(row[label] >= SURE_FROM and not strange),
            unlike=bool(strange),
        )
        for row, label, strange in zip(shares, labels, unlike, strict=True)
    )
