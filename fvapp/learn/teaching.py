"""Teach a trained network a few examples, and see what that changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from time import perf_counter

import numpy as np
import tensorflow as tf
from scipy.special import logsumexp

from fvapp.core.checkpoint import Checkpoint
from fvapp.core.datasets import Dataset, taught_arrays
from fvapp.core.examples import ExampleSet
from fvapp.core.inspection.mistakes import right_by_class
from fvapp.core.inspection.shares import shares
from fvapp.core.layers import Layer, describe_layers
from fvapp.core.runs import RunResult
from fvapp.core.settings import RunSettings
from fvapp.core.teaching import MOST_SHOWN, MOST_STEPS, OLD_EACH, SURE, TaughtExample, TeachingOutcome
from fvapp.learn.build import build_optimizer
from fvapp.learn.fitting import SCALE
from fvapp.learn.inspection import look_with
from fvapp.learn.network import forward
from fvapp.learn.shipped import IMAGES
from fvapp.learn.updates import make_update

Weights = Sequence[np.ndarray]


@dataclass(frozen=True)
class TeachingEnd:
    """What became of the network, and what the examples and the test set say of it."""

    checkpoint: bytes
    outcome: TeachingOutcome
    result: RunResult


def teach(
    settings: RunSettings,
    weights: Weights,
    temperature: float,
    ids: Sequence[str],
    taught: ExampleSet,
    others: ExampleSet,
    mixed: bool,
    dataset: Dataset,
) -> TeachingEnd:
    """Train a network on a few examples until it reads each right and is 90% sure, at most `MOST_STEPS` steps.

    It is what Keras' ``train_on_batch`` does with the network as it is loaded from its file: with a new optimizer.

    Args:
        settings, weights, temperature: of the network, which stays as it is.
        ids, taught: the examples, in the same order.
        others: the visitor's other examples of the data set, which it is not taught.
        mixed: whether `OLD_EACH` training images are mixed in with each example, others in every step.
    """
    begin = perf_counter()
    after, steps = _fit(settings, weights, temperature, taught, dataset if mixed else None)
    seconds = perf_counter() - begin
    before_look, after_look = _Seen(settings, weights, dataset), _Seen(settings, after, dataset)
    labels = dataset.y_test
    was_right, is_right = before_look.test == labels, after_look.test == labels
    flips = np.flatnonzero(was_right & ~is_right), np.flatnonzero(~was_right & is_right)
    right = [int(np.sum(seen.labels(others) == others.labels)) for seen in (before_look, after_look)]
    examples = [
        TaughtExample(*values)
        for values in zip(
            ids,
            taught.labels.tolist(),
            before_look.labels(taught).tolist(),
            after_look.labels(taught).tolist(),
            before_look.shares(taught, temperature),
            after_look.shares(taught, temperature),
            strict=True,
        )
    ]
    outcome = TeachingOutcome(
        steps,
        tuple(examples),
        len(others.labels),
        *right,
        float(np.mean(was_right)),
        *map(len, flips),
        *(tuple(places[:MOST_SHOWN].tolist()) for places in flips),
    )
    result = RunResult(
        after_look.loss,
        float(np.mean(is_right)),
        round(seconds, 6),
        temperature=temperature,
        by_class=right_by_class(labels, after_look.test),
    )
    return TeachingEnd(Checkpoint(after, (), 0, 0, 0).to_bytes(), outcome, result)


class _Seen:
    """A network's answers to the test images, and to any others."""

    def __init__(self, settings: RunSettings, weights: Weights, dataset: Dataset) -> None:
        self._look = look_with(settings, weights)
        logits = self._look.logits(dataset.x_test)
        self.test = logits.argmax(axis=1)
        self.loss = float(np.mean(logsumexp(logits, axis=1) - logits[np.arange(len(logits)), dataset.y_test]))

    def labels(self, examples: ExampleSet) -> np.ndarray:
        return self._look.logits(examples.images).argmax(axis=1) if len(examples.labels) else examples.labels

    def shares(self, examples: ExampleSet, temperature: float) -> list[float]:
        """Return the share of the right class of each."""
        found = shares(self._look.logits(examples.images), temperature)
        return found[np.arange(len(found)), examples.labels].tolist()


def _fit(
    settings: RunSettings, weights: Weights, temperature: float, taught: ExampleSet, dataset: Dataset | None
) -> tuple[Weights, int]:
    """Return the weights after the last step, and how many steps there were.

    Args:
        dataset: whose training images are mixed in, or None.
    """
    shapes = tuple(weight.shape for weight in weights)
    step = _program(describe_layers(settings), shapes, settings.optimizer, settings.dropout)
    scale = tf.constant(SCALE if settings.normalisation else 1.0)
    state = [tf.constant(weight) for weight in weights]
    slots = [tf.zeros(shape) for shape in shapes for _ in range(_SLOTS[settings.optimizer])]
    old = taught_arrays(dataset, settings.with_values(examples="none")) if dataset else None
    for number in range(MOST_STEPS):
        images, labels = taught.images, taught.labels
        if old is not None:
            rows = old_rows(settings.seed, number, len(labels), len(old.x_train))
            images = np.concatenate([images, old.x_train[rows]])
            labels = np.concatenate([labels, old.y_train[rows]])
        state, slots, logits = step(
            state,
            slots,
            tf.constant(number),
            tf.constant(images),
            tf.constant(labels, tf.int32),
            tf.constant(len(taught.labels)),
            scale,
            tf.constant(settings.learning_rate),
        )
        sure = shares(logits.numpy(), temperature)[np.arange(len(taught.labels)), taught.labels]
        if (sure >= SURE).all():  # which makes each of them the answer, too
            break
    return [weight.numpy() for weight in state], number + 1


def old_rows(seed: int, step: int, examples: int, images: int) -> np.ndarray:
    """Return which training images are mixed in with a step (0, 1, 2 ...)."""
    return np.random.default_rng([seed, step]).integers(images, size=OLD_EACH * examples)


_SLOTS = {"adam": 2, "sgd": 1, "rmsprop": 1}  # of each weight


@lru_cache(16)
def _program(
    layers: tuple[Layer, ...], shapes: tuple[tuple[int, ...], ...], optimizer: str, dropout: float
) -> Callable[..., tuple]:
    """Return a compiled step: it gives weights, slots, and the logits of the first examples after it.

    Not by XLA, which takes longer to compile it than these steps take.
    """
    update = make_update(build_optimizer(RunSettings(optimizer=optimizer)))

    def step(weights, slots, number, images, labels, examples, scale, learning_rate):
        x = tf.cast(images, tf.float32) / scale
        with tf.GradientTape() as tape:
            tape.watch(weights)
            logits = forward(layers, weights, x, lambda x, place: _drop(x, dropout, place, number))
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits))
        weights, slots = update(weights, slots, tape.gradient(loss, weights), number, learning_rate)
        return weights, slots, forward(layers, weights, x[:examples])

    whole, real = tf.TensorSpec((), tf.int32), tf.TensorSpec(())
    signature = [
        [tf.TensorSpec(shape) for shape in shapes],
        [tf.TensorSpec(shape) for shape in shapes for _ in range(_SLOTS[optimizer])],
        *(whole, IMAGES, tf.TensorSpec((None,), tf.int32), whole, real, real),
    ]
    return tf.function(step, autograph=False, input_signature=signature)


def _drop(x: tf.Tensor, rate: float, place: int, number: tf.Tensor) -> tf.Tensor:
    return tf.nn.experimental.stateless_dropout(x, rate, tf.stack([place, number]))
