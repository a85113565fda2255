"""Teaches a trained network a few examples, and measures how its answers change."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from hashlib import blake2b
from time import perf_counter

import numpy as np
import tensorflow as tf

from fvapp.core.answers import softmax_shares
from fvapp.core.datasets import Dataset, make_altered_training_arrays
from fvapp.core.examples import ExampleSet
from fvapp.core.inspection import FeatureExtractor, count_correct_by_class, cross_entropy
from fvapp.core.layer import Layer
from fvapp.core.optimizers import OPTIMIZERS
from fvapp.core.runs import RunResult
from fvapp.core.settings import RunSettings
from fvapp.core.stack import describe_layers
from fvapp.core.teaching import (
    MOST_SHOWN,
    MOST_TEACHING_STEPS,
    OLD_EACH,
    SURE,
    TaughtExample,
    TeachingOutcome,
)
from fvapp.learn.build import make_update_function
from fvapp.learn.inspection import make_feature_extractor
from fvapp.learn.network import forward_pass
from fvapp.learn.shipped import IMAGES

Weights = Sequence[np.ndarray]


def teach_examples(
    settings: RunSettings,
    weights: Weights,
    taught: ExampleSet,
    others: ExampleSet,
    dataset: Dataset,
    *,
    ids: Sequence[str],
    temperature: float,
    mixed: bool,
) -> tuple[Weights, TeachingOutcome, RunResult]:
    """Train a network on a few examples; return its weights, changes in its answers, and result.

    Training ends when each correct label gets a share of at least 90%, or after
    `MOST_TEACHING_STEPS` steps. The weights are the same as with Keras' ``train_on_batch`` after
    loading the network from its file, because the optimizer starts in its initial state.

    Args:
        weights: the network's weights, which are not modified.
        taught, ids: the examples to teach, and their ids in the same order.
        others: the visitor's other examples for the data set, which are not taught.
        temperature: the network's calibration temperature.
        mixed: whether each step also trains on `OLD_EACH` random training images per example.
    """
    begin = perf_counter()
    after, steps = _fit_examples(settings, weights, temperature, taught, dataset if mixed else None)
    seconds = perf_counter() - begin
    own = len(taught.labels)
    images = np.concatenate([taught.images, others.images])
    extractors = [make_feature_extractor(settings, own_weights) for own_weights in (weights, after)]
    logits = [extractor.logits(images) for extractor in extractors]
    answers = [found[:own].argmax(axis=1) for found in logits]
    sure = [
        softmax_shares(found[:own], temperature)[np.arange(own), taught.labels] for found in logits
    ]
    right_before, right_after = (
        int((found[own:].argmax(axis=1) == others.labels).sum()) for found in logits
    )
    test_logits = extractors[1].logits(dataset.x_test)
    test_answers = test_logits.argmax(axis=1)
    was_right = (
        _parent_test_logits(settings, extractors[0], weights, dataset).argmax(axis=1)
        == dataset.y_test
    )
    is_right = test_answers == dataset.y_test
    forgot = np.flatnonzero(was_right & ~is_right)
    gained = np.flatnonzero(is_right & ~was_right)
    columns = (column.tolist() for column in (taught.labels, *answers, *sure))
    outcome = TeachingOutcome(
        steps,
        tuple(TaughtExample(*values) for values in zip(ids, *columns, strict=True)),
        len(others.labels),
        right_before,
        right_after,
        float(was_right.mean()),
        len(forgot),
        len(gained),
        tuple(forgot[:MOST_SHOWN].tolist()),
        tuple(gained[:MOST_SHOWN].tolist()),
    )
    result = RunResult(
        float(cross_entropy(test_logits, dataset.y_test).mean()),
        float(is_right.mean()),
        round(seconds, 6),
        None,
        temperature,
        count_correct_by_class(dataset.y_test, test_answers, settings.class_count),
    )
    return after, outcome, result


_MOST_PARENTS = 8  # maximum number of networks whose test logits are cached, at 400 kB each
_parents: dict[tuple[object, ...], np.ndarray] = {}


def _parent_test_logits(
    settings: RunSettings, extractor: FeatureExtractor, weights: Weights, dataset: Dataset
) -> np.ndarray:
    """Return the cached test logits that a network had before it was taught.

    Without the cache, a CNN would take 1 s to compute the logits each time.
    """
    key = (
        settings,
        len(dataset.x_test),
        blake2b(b"".join(weight.tobytes() for weight in weights)).digest(),
    )
    if key not in _parents:
        if len(_parents) == _MOST_PARENTS:
            del _parents[next(iter(_parents))]
        _parents[key] = extractor.logits(dataset.x_test)
    return _parents[key]


def _fit_examples(
    settings: RunSettings,
    weights: Weights,
    temperature: float,
    taught: ExampleSet,
    dataset: Dataset | None,
) -> tuple[Weights, int]:
    """Train on the examples, and return the final weights and the number of steps.

    Args:
        dataset: the data set whose training images are mixed in; None to mix in no images.
    """
    step = _compile_teaching_step(describe_layers(settings), settings.optimizer)
    scale = tf.constant(settings.pixel_divisor)
    rate = tf.constant(settings.learning_rate)
    state = [tf.constant(weight) for weight in weights]
    slots = [
        tf.zeros_like(weight)
        for weight in state
        for _ in range(OPTIMIZERS[settings.optimizer].slots_per_weight)
    ]
    old = (
        make_altered_training_arrays(dataset, settings.with_values(examples="none"))
        if dataset
        else None
    )
    images = taught.images
    labels = taught.labels
    for number in range(MOST_TEACHING_STEPS):
        if old is not None:
            rows = choose_old_images(settings.seed, number, len(taught.labels), len(old.x_train))
            images = np.concatenate([taught.images, old.training_images_at(rows)])
            labels = np.concatenate([taught.labels, old.y_train[rows]])
        batch = tf.constant(images), tf.constant(labels, tf.int32), tf.constant(len(taught.labels))
        state, slots, logits = step(state, slots, tf.constant(number), *batch, scale, rate)
        sure = softmax_shares(logits.numpy(), temperature)[
            np.arange(len(taught.labels)), taught.labels
        ]
        if (sure >= SURE).all():  # a share above one half is always the largest
            break
    return [weight.numpy() for weight in state], number + 1


def choose_old_images(seed: int, step: int, examples: int, images: int) -> np.ndarray:
    """Return the indices of the training images that are mixed into a step (0, 1, 2, ...)."""
    return np.random.default_rng([seed, step]).integers(images, size=OLD_EACH * examples)


@lru_cache(16)
def _compile_teaching_step(layers: tuple[Layer, ...], optimizer: str) -> Callable[..., tuple]:
    """Return a compiled function that takes one training step and returns the new state.

    The new state consists of weights, optimizer slots and the examples' new logits. XLA is not
    used, because compiling would take longer than all the steps.
    """
    update = make_update_function(optimizer)

    def take_teaching_step(weights, slots, number, images, labels, examples, scale, learning_rate):
        def apply_dropout(x, place):
            return tf.nn.experimental.stateless_dropout(
                x, layers[place].rate, tf.stack([place, number])
            )

        x = tf.cast(images, tf.float32) / scale
        with tf.GradientTape() as tape:
            tape.watch(weights)
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(
                labels, forward_pass(layers, weights, x, apply_dropout)
            )
            loss = tf.reduce_mean(losses)
        weights, slots = update(weights, slots, tape.gradient(loss, weights), number, learning_rate)
        return weights, slots, forward_pass(layers, weights, x[:examples])

    whole = tf.TensorSpec((), tf.int32)
    real = tf.TensorSpec(())
    specs = [tf.TensorSpec(shape) for layer in layers for shape in layer.weight_shapes]
    slot_specs = [spec for spec in specs for _ in range(OPTIMIZERS[optimizer].slots_per_weight)]
    signature = [
        specs,
        slot_specs,
        whole,
        IMAGES,
        tf.TensorSpec((None,), tf.int32),
        whole,
        real,
        real,
    ]
    return tf.function(take_teaching_step, autograph=False, input_signature=signature)
