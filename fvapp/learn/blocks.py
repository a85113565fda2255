"""Blocks: many training steps in one compiled call, under Keras' own ``fit``.

Keras' ``fit`` on arrays spends nine tenths of its time between the steps of a small network. Here the images stay
where they are, as ``uint8``; a data set yields only blocks of shuffled indices [steps, batch]; and a block is a loop
that carries weights and optimizer slots through its steps in one call, compiled by XLA where that pays.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from fvapp.core.layers import describe_layers
from fvapp.core.limits import estimate_seconds
from fvapp.core.settings import RunSettings
from fvapp.learn.augmentation import augment
from fvapp.learn.build import build_optimizer
from fvapp.learn.network import forward
from fvapp.learn.updates import make_update

PADDING = -1
"""Stands in a block of indices where the last batch of an epoch has no image."""

LONGEST_PART = 0.06
"""Seconds one compiled call may take, so that a stop is seen at once and drawings are answered in between."""

MOST_STEPS = 512
"""Steps in one compiled call: its indices have this length whatever part of them is used."""

EVALUATED = {"dense": 2_000, "cnn": 200}
"""Images in one call of an evaluation. Its size hardly matters for the time, and for a convolution very much for the
memory: 2,000 images took 370 MB, more than all else in the process but Keras itself."""


@dataclass(frozen=True)
class Plan:
    """How each epoch of a run is cut into blocks. It depends on the settings only, never on the machine's speed.

    Attributes:
        images: training images, without those for validation.
        steps: of an epoch; the last may have a smaller batch.
        block: steps of a block, but for the last.
        blocks: of an epoch.
        merged: blocks that are trained in one go after the first epoch, and become one event.
    """

    images: int
    batch_size: int
    steps: int
    block: int
    blocks: int
    merged: int


def plan_epoch(settings: RunSettings, images: int) -> Plan:
    """Cut an epoch so that a curve grows several times a second, and twelve times in the first epoch.

    Fewer times if the first epoch has fewer steps.
    """
    seconds = estimate_seconds(settings.with_values(epochs=1), images)
    wished = min(40, max(1, round(3 * seconds)))
    steps = ceil(images / settings.batch_size)
    block = max(1, steps // max(12, wished))
    blocks = ceil(steps / block)
    return Plan(images, settings.batch_size, steps, block, blocks, ceil(blocks / wished))


def epoch_order(seed: int, epoch: int, images: int) -> np.ndarray:
    """Return the order of the images in an epoch (1, 2, 3 ...): every one once."""
    return np.random.default_rng([seed, epoch]).permutation(images).astype("int32")


def index_blocks(plan: Plan, seed: int, epoch: int, step: int) -> Iterator[np.ndarray]:
    """Yield the blocks of all epochs from `epoch` on, without the first `step` steps: indices [steps, batch].

    A block that lies before `step` comes empty, and so does one whose steps come with a later one: every epoch has the
    same number of blocks.
    """
    while True:
        indices = np.full(plan.steps * plan.batch_size, PADDING, "int32")
        indices[: plan.images] = epoch_order(seed, epoch, plan.images)
        indices = indices.reshape(plan.steps, plan.batch_size)
        for block in range(1, plan.blocks + 1):
            end = block * plan.block if ends_event(plan, epoch, block) else step
            yield indices[step : max(end, step)]
            step = max(end, step)
        epoch, step = epoch + 1, 0


def ends_event(plan: Plan, epoch: int, block: int) -> bool:
    """Return whether an event follows a block (1, 2, 3 ...) of an epoch (1, 2, 3 ...)."""
    return epoch == 1 or block % plan.merged == 0 or block == plan.blocks


class State(NamedTuple):
    """What a training carries along from step to step.

    Attributes:
        slots: of the optimizer.
        iterations: steps that the optimizer has seen.
    """

    weights: list[tf.Tensor]
    slots: list[tf.Tensor]
    iterations: tf.Tensor


class Batches(NamedTuple):
    """The images of some steps.

    Attributes:
        images, labels: uint8 [n, 28, 28] and [n], the resident ones.
        rows: which of them, int32 [capacity, batch].
        steps: how many of the rows are trained.
        valid: how many images that is; what follows them is padding.
    """

    images: tf.Tensor
    labels: tf.Tensor
    rows: tf.Tensor
    steps: tf.Tensor
    valid: tf.Tensor


class Hyperparameters(NamedTuple):
    """Settings in which runs of one compiled program may differ.

    Attributes:
        scale: what pixels are divided by.
        dropout: share of the neurons that a dropout layer leaves out.
    """

    scale: tf.Tensor
    learning_rate: tf.Tensor
    dropout: tf.Tensor
    seed: tf.Tensor


class Program:
    """The compiled block and the compiled evaluation of one architecture, for any weights, seed and learning rate."""

    def __init__(self, settings: RunSettings) -> None:
        self.layers = describe_layers(settings)
        self.batch_size = settings.batch_size
        self.capacity = MOST_STEPS
        self.augmentation = settings.augmentation
        self.jit_compile = settings.jit_compile
        self.evaluated = EVALUATED[settings.network]
        self.update = make_update(build_optimizer(settings))
        # Without XLA a graph of its own. TensorFlow puts oneDNN's kernel in the place of a max pooling's gradient only
        # if it has met the pooling before; in the loop's graph, which is a circle, it meets them in an order left to
        # chance, and some processes trained the small CNN 1.5 times as slowly as the others, to their end.
        self.differentiate = (
            self._differentiate
            if settings.jit_compile
            else tf.function(self._differentiate, autograph=False, experimental_attributes={"_noinline": True})
        )
        self.train = tf.function(self._train, jit_compile=settings.jit_compile, autograph=False)
        # Without XLA, even for dense layers: as fast, no second to compile it, and 3 MB less for each architecture.
        self.evaluate = tf.function(self._evaluate, autograph=False)

    def _train(self, state: State, batches: Batches, given: Hyperparameters):
        """Train the steps of `batches`; return weights, slots, and loss and hits of each step [capacity]."""

        def step(i, weights, slots, losses, hits):
            iteration = state.iterations + i
            mask = tf.cast(i * self.batch_size + tf.range(self.batch_size) < batches.valid, tf.float32)
            x = tf.cast(tf.gather(batches.images, batches.rows[i]), tf.float32) / given.scale
            if self.augmentation:
                x = augment(x, tf.stack([given.seed, iteration]))
            y = tf.cast(tf.gather(batches.labels, batches.rows[i]), tf.int32)
            loss, logits, gradients = self.differentiate(weights, x, y, mask, given.dropout, given.seed, iteration)
            weights, slots = self.update(weights, slots, gradients, iteration, given.learning_rate)
            return (
                i + 1,
                weights,
                slots,
                losses.write(i, loss),
                hits.write(i, tf.reduce_sum(_hits(y, logits) * mask)),
            )

        numbers = [tf.TensorArray(tf.float32, self.capacity, element_shape=()) for _ in range(2)]
        _, weights, slots, losses, hits = tf.while_loop(
            lambda i, *_: i < batches.steps, step, (0, list(state.weights), list(state.slots), *numbers)
        )
        return weights, slots, losses.stack(), hits.stack()

    def _differentiate(self, weights, x, y, mask, rate, seed, iteration):
        """Return loss, logits and the gradients of the loss for one batch."""
        with tf.GradientTape() as tape:
            tape.watch(weights)
            logits = forward(self.layers, weights, x, self.dropout(rate, seed, iteration))
            loss = _mean_loss(y, logits, mask)
        return loss, logits, tape.gradient(loss, weights)

    def dropout(self, rate, seed, iteration):
        """Return what a dropout layer does in one step: ``f(x, place)``."""
        # A mask is drawn from (seed, layer, step) alone: nothing to carry along, so a run goes on exactly. Keras'
        # generator costs ten times the rest of the step under XLA; threefry, which costs nothing there, exists only
        # there.
        algorithm = "threefry" if self.jit_compile else "philox"

        def dropout(x, place):
            key = tf.stack([seed + place, iteration])
            kept = tf.random.stateless_uniform((self.batch_size, *x.shape[1:]), key, alg=algorithm) >= rate
            return tf.where(kept, x / (1 - rate), tf.zeros_like(x))

        return dropout

    def _evaluate(self, weights, images, labels, valid, scale):
        """Return summed loss, hits and the logits of the first `valid` of a chunk of images."""
        mask = tf.cast(tf.range(self.evaluated) < valid, tf.float32)
        logits = forward(self.layers, weights, tf.cast(images, tf.float32) / scale)
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
        return tf.reduce_sum(losses * mask), tf.reduce_sum(_hits(labels, logits) * mask), logits


def _mean_loss(labels, logits, mask):
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
    return tf.reduce_sum(losses * mask) / tf.reduce_sum(mask)


def _hits(labels, logits):
    return tf.cast(tf.equal(tf.argmax(logits, -1, output_type=tf.int32), labels), tf.float32)
