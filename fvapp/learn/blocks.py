"""Blocks: many training steps in one compiled call, under Keras' own ``fit``.

With a small network, Keras' ``fit`` on arrays spends nine tenths of its time between steps. Here the images stay where
they are, as ``uint8``; the data set yields only blocks of shuffled indices [steps, batch]; and a block is a loop that
carries weights and optimizer slots through its steps in one call, compiled by XLA where that pays off.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from fvapp.core.arithmetic import Arithmetic
from fvapp.core.layers import describe_layers
from fvapp.core.limits import estimate_seconds
from fvapp.core.settings import RunSettings
from fvapp.learn.augmentation import augment
from fvapp.learn.build import build_optimizer
from fvapp.learn.network import forward
from fvapp.learn.updates import make_update

PADDING = -1
"""Marks the places in a block of indices where the last batch of an epoch has no image."""

LONGEST_PART = 0.06
"""Seconds that one compiled call may take, so that a stop takes effect at once and drawings are answered in between."""

MOST_STEPS = 512
"""Steps in one compiled call. Its indices always have this length, however many of them are used."""

EVALUATED = {"dense": 2_000, "cnn": 200}
"""Images in one evaluation call. The number hardly affects the time, but with convolutions it matters for memory: 2,000
images took 370 MB, more than anything else in the process except Keras itself."""


@dataclass(frozen=True)
class Plan:
    """How each epoch of a run is cut into blocks. This depends only on the settings, never on the machine's speed.

    Attributes:
        images: training images, without those held out for validation.
        steps: per epoch; the last may have a smaller batch.
        blocks: per epoch, of equal length to within a step: a last one of a few steps would be a spike in the curve.
        events: in how many events an epoch after the first is reported; the blocks of one are trained in one go.
    """

    images: int
    batch_size: int
    steps: int
    blocks: int
    events: int

    def end(self, block: int) -> int:
        """Return the last step of a block (1, 2, 3 ...)."""
        return block * self.steps // self.blocks


def plan_epoch(settings: RunSettings, images: int) -> Plan:
    """Cut an epoch so that the curve grows several times a second, and at least twelve times in the first epoch.

    There are fewer blocks if the epoch has fewer steps than that.
    """
    seconds = estimate_seconds(settings.with_values(epochs=1), images)
    wanted = min(40, max(1, round(3 * seconds)))
    steps = ceil(images / settings.batch_size)
    blocks = min(steps, max(12, wanted))
    return Plan(images, settings.batch_size, steps, blocks, events=min(wanted, blocks))


def epoch_order(seed: int, epoch: int, images: int) -> np.ndarray:
    """Return the order of the images in an epoch (1, 2, 3 ...); each appears once."""
    return np.random.default_rng([seed, epoch]).permutation(images).astype("int32")


def index_blocks(plan: Plan, seed: int, epoch: int, step: int) -> Iterator[np.ndarray]:
    """Yield the blocks of all epochs from `epoch` on, skipping the first `step` steps: indices [steps, batch].

    Every epoch has the same number of blocks, so a block that lies before `step`, or whose steps are trained together
    with a later one, is empty.
    """
    while True:
        indices = np.full(plan.steps * plan.batch_size, PADDING, "int32")
        indices[: plan.images] = epoch_order(seed, epoch, plan.images)
        indices = indices.reshape(plan.steps, plan.batch_size)
        for block in range(1, plan.blocks + 1):
            end = plan.end(block) if ends_event(plan, epoch, block) else step
            yield indices[step : max(end, step)]
            step = max(end, step)
        epoch, step = epoch + 1, 0


def ends_event(plan: Plan, epoch: int, block: int) -> bool:
    """Return whether an event follows a block (1, 2, 3 ...) of an epoch (1, 2, 3 ...)."""
    return epoch == 1 or block * plan.events // plan.blocks > (block - 1) * plan.events // plan.blocks


class State(NamedTuple):
    """What training carries from step to step.

    Attributes:
        slots: the optimizer's.
        iterations: steps the optimizer has seen.
    """

    weights: list[tf.Tensor]
    slots: list[tf.Tensor]
    iterations: tf.Tensor


class Batches(NamedTuple):
    """The images of some steps.

    Attributes:
        images, labels: the resident ones, uint8 [n, 28, 28] and [n].
        rows: indices into them, int32 [capacity, batch].
        steps: how many rows are trained.
        valid: how many images that is; the rest is padding.
    """

    images: tf.Tensor
    labels: tf.Tensor
    rows: tf.Tensor
    steps: tf.Tensor
    valid: tf.Tensor


class Hyperparameters(NamedTuple):
    """Settings that may differ between runs of one compiled program.

    Attributes:
        scale: divisor of the pixels.
        dropout: the rate.
    """

    scale: tf.Tensor
    learning_rate: tf.Tensor
    dropout: tf.Tensor
    seed: tf.Tensor


class Program:
    """The compiled block and evaluation of one architecture, for any weights, seed and learning rate."""

    def __init__(self, settings: RunSettings, arithmetic: Arithmetic = "float32") -> None:
        self.layers = describe_layers(settings)
        self.arithmetic = arithmetic
        self.batch_size = settings.batch_size
        self.capacity = MOST_STEPS
        self.augmentation = settings.augmentation
        self.jit_compile = settings.jit_compile
        self.evaluated = EVALUATED[settings.network]
        self.update = make_update(build_optimizer(settings))
        # Without XLA, the gradient gets a graph of its own. TensorFlow only replaces the gradient of a max pooling with
        # oneDNN's kernel if it has visited the pooling first. The loop's graph is cyclic, so the order there is random,
        # and some processes trained the small CNN 1.5 times slower than others for as long as they lived.
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
            logits = forward(self.layers, weights, x, self.dropout(rate, seed, iteration), self.arithmetic)
            loss = _mean_loss(y, logits, mask)
        return loss, logits, tape.gradient(loss, weights)

    def dropout(self, rate, seed, iteration):
        """Return the function of a dropout layer in one step: ``f(x, place)``."""
        # The mask depends only on (seed, layer, step), so there is no state to save and a run resumes exactly. Under
        # XLA Keras' generator costs ten times the rest of the step; threefry costs next to nothing, but exists only
        # there.
        algorithm = "threefry" if self.jit_compile else "philox"

        def dropout(x, place):
            key = tf.stack([seed + place, iteration])
            kept = tf.random.stateless_uniform((self.batch_size, *x.shape[1:]), key, alg=algorithm) >= rate
            return tf.where(kept, x / (1 - rate), tf.zeros_like(x))

        return dropout

    def _evaluate(self, weights, images, labels, valid, scale):
        """Return the summed loss and hits of the first `valid` images of a chunk, and the logits of all."""
        mask = tf.cast(tf.range(self.evaluated) < valid, tf.float32)
        logits = forward(self.layers, weights, tf.cast(images, tf.float32) / scale)
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
        return tf.reduce_sum(losses * mask), tf.reduce_sum(_hits(labels, logits) * mask), logits


def _mean_loss(labels, logits, mask):
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
    return tf.reduce_sum(losses * mask) / tf.reduce_sum(mask)


def _hits(labels, logits):
    return tf.cast(tf.equal(tf.argmax(logits, -1, output_type=tf.int32), labels), tf.float32)
