"""Runs blocks of many training steps in one compiled call, under Keras' own ``fit``.

With a small network, Keras' ``fit`` on arrays spends nine tenths of its time between the steps.
Here, all images stay in memory as ``uint8``, and a block is an array of shuffled image indices
[steps, batch]. In one call, a loop passes the weights and optimizer slots from step to step. XLA
compiles the loop if this makes training faster.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from math import ceil
from threading import Thread
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from fvapp.core.arithmetic import Arithmetic
from fvapp.core.limits import estimate_training_seconds
from fvapp.core.settings import RunSettings
from fvapp.core.stack import IMAGE_SHAPE, describe_layers
from fvapp.learn.augmentation import augment_images
from fvapp.learn.build import make_update_function
from fvapp.learn.network import forward_pass

PADDING = -1
"""Index that stands for no image; it fills up the last batch of an epoch."""

LONGEST_PART = 0.06
"""Maximum duration of one compiled call, in seconds.

Calls are short, so that requests to stop and visitors' drawings wait only briefly.
"""

MOST_STEPS = 512
"""Maximum number of training steps in one compiled call.

The call's array of image indices always has this length.
"""

MOST_BEGUN = 32
"""Maximum number of steps that are trained without XLA at the start of a run.

Training them without XLA costs only 0.01 s.
"""

EVALUATED = 2_000
EVALUATED_CONVOLUTIONAL = 200
"""Number of images per evaluation call: `EVALUATED`, or fewer for a network with convolutions.

The number hardly affects the time. With convolutions it is lower to save memory: 2,000 images took
370 MB, more than anything else in the process except Keras.
"""


@dataclass(frozen=True)
class TrainingBlockPlan:
    """The division of a run's epochs into blocks of training steps.

    Attributes:
        training_images: number of training images, without the validation images.
        steps_per_epoch: number of training steps per epoch. The last step may have a smaller batch.
        blocks_per_epoch: number of blocks per epoch. The first two blocks are short or even empty,
            so that a curve is visible while XLA compiles. The lengths of all other blocks differ by
            one step at most, because a short last block would show as a spike in the curve.
        events_per_epoch: number of block events per epoch, from the second epoch on. If several
            blocks share an event, they are trained together.
    """

    training_images: int
    batch_size: int
    steps_per_epoch: int
    blocks_per_epoch: int
    events_per_epoch: int

    def last_step_of_block(self, block: int) -> int:
        """Return the number of the last step in a block. Blocks are numbered from 1."""
        if block <= 2:
            return self.steps_without_xla * block // 2
        return (block - 2) * self.steps_per_epoch // (self.blocks_per_epoch - 2)

    @property
    def steps_without_xla(self) -> int:
        """The number of steps trained without XLA: the steps of a run's first two blocks."""
        return min(MOST_BEGUN, self.steps_per_epoch // (self.blocks_per_epoch - 2))


def plan_epoch(settings: RunSettings, images: int) -> TrainingBlockPlan:
    """Return a plan that gives the learning curve about three points per second of training.

    The seconds are estimated without regard to the machine's speed, so all machines have the same
    plan. The first epoch gives at least fourteen points, unless it has fewer steps.
    """
    seconds = estimate_training_seconds(settings.with_values(epochs=1), images)
    wanted = min(40, max(1, round(3 * seconds)))
    steps = ceil(images / settings.batch_size)
    blocks = min(steps, max(12, wanted))
    return TrainingBlockPlan(
        images, settings.batch_size, steps, blocks + 2, events_per_epoch=min(wanted, blocks)
    )


def epoch_order(seed: int, epoch: int, images: int) -> np.ndarray:
    """Return the shuffled order of the training images in an epoch. Epochs are numbered from 1."""
    return np.random.default_rng([seed, epoch]).permutation(images).astype("int32")


def iterate_index_blocks(
    plan: TrainingBlockPlan, seed: int, epoch: int, step: int, rows: np.ndarray | None = None
) -> Iterator[np.ndarray]:
    """Yield blocks of image indices [steps, batch], starting after `step` steps of `epoch`.

    Args:
        rows: indices of the images of an epoch, int32 [plan.training_images]. None means each
            training image once.

    Every epoch yields the same number of blocks. A block is empty if all its steps are skipped, or
    if its steps are trained together with a later block.
    """
    while True:
        indices: np.ndarray = np.full(plan.steps_per_epoch * plan.batch_size, PADDING, "int32")
        order = epoch_order(seed, epoch, plan.training_images)
        indices[: plan.training_images] = order if rows is None else rows[order]
        indices = indices.reshape(plan.steps_per_epoch, plan.batch_size)
        for block in range(1, plan.blocks_per_epoch + 1):
            end = (
                plan.last_step_of_block(block) if is_event_after_block(plan, epoch, block) else step
            )
            yield indices[step : max(end, step)]
            step = max(end, step)
        epoch = epoch + 1
        step = 0


def is_event_after_block(plan: TrainingBlockPlan, epoch: int, block: int) -> bool:
    """Return whether an event follows a block; blocks and epochs are numbered from 1."""
    return (
        epoch == 1
        or block * plan.events_per_epoch // plan.blocks_per_epoch
        > (block - 1) * plan.events_per_epoch // plan.blocks_per_epoch
    )


class TrainingState(NamedTuple):
    """The values that are passed on from one training step to the next.

    Attributes:
        optimizer_slots: the optimizer's variables for each weight, such as Adam's moments.
        iterations: the optimizer's step count.
    """

    weights: list[tf.Tensor]
    optimizer_slots: list[tf.Tensor]
    iterations: tf.Tensor


class Batches(NamedTuple):
    """The images and labels for the steps of one compiled call.

    Attributes:
        images, labels: all images and labels, as tensors that stay in memory. Images are uint8
            [n, 28, 28], or packed as int32 [n, 28]. Labels are uint8 or uint16 [n].
        image_indices: indices into `images` and `labels`, int32 [capacity, batch].
        step_count: number of rows of `image_indices` to train on.
        image_count: number of images in these rows. The other places in the rows are padding.
    """

    images: tf.Tensor
    labels: tf.Tensor
    image_indices: tf.Tensor
    step_count: tf.Tensor
    image_count: tf.Tensor


class Hyperparameters(NamedTuple):
    """Settings that may differ between runs of the same compiled program.

    Attributes:
        pixel_divisor: the number by which pixels are divided.
        dropout_rate: share of the values that dropout sets to 0.
    """

    pixel_divisor: tf.Tensor
    learning_rate: tf.Tensor
    dropout_rate: tf.Tensor
    seed: tf.Tensor


class CompiledProgram:
    """Compiled training and evaluation of one architecture, for any weights, seed and rates.

    Attributes:
        train: trains for many steps in one call.
        train_without_xla: does the same as `train` without XLA, for the first blocks of a run. This
            function compiles in a third of the time, but its steps take twice as long.
    """

    def __init__(self, settings: RunSettings, arithmetic: Arithmetic = "float32") -> None:
        self.layers = describe_layers(settings)
        # Number of frozen weight arrays, which come before all other weights.
        self.frozen_array_count = sum(
            len(layer.weight_shapes) for layer in self.layers if layer.is_frozen
        )
        self.arithmetic = arithmetic
        self.batch_size = settings.batch_size
        self.max_steps_per_call = MOST_STEPS
        self.augmentation = settings.augmentation
        self.evaluation_batch_size = (
            EVALUATED_CONVOLUTIONAL if settings.is_convolutional else EVALUATED
        )
        self.update_weights = make_update_function(settings.optimizer)
        # Without XLA, the gradient is computed in a separate graph. TensorFlow uses oneDNN's fast
        # kernel for the gradient of max pooling only if it visits the pooling before the gradient.
        # In the cyclic graph of the loop, the order is random, so some processes always trained the
        # small CNN 1.5 times slower than others.
        self.compute_gradients = (
            self._compute_gradients
            if settings.jit_compile
            else tf.function(
                self._compute_gradients,
                autograph=False,
                experimental_attributes={"_noinline": True},
            )
        )
        self.train = self.train_without_xla = tf.function(self._train_steps, autograph=False)
        if settings.jit_compile:
            # XLA reuses the graph that TensorFlow traced for `train_without_xla`, unless there is
            # dropout. With dropout, the faster random number generator Threefry is used, which
            # exists only under XLA.
            loop = (
                partial(self._train_steps, generator="threefry")
                if settings.dropout
                else lambda *args: self.train_without_xla(*args)
            )
            # Tried without success: caching compiled programs on disk (a truncated file makes every
            # training run of that network fail), lower optimisation levels of LLVM (no faster), and
            # training several networks in one program (no faster than two workers on two cores).
            self.train = tf.function(loop, jit_compile=True, autograph=False)
        self._compiling_thread: Thread | None = None
        # Evaluation does not use XLA, not even for dense layers, because evaluation is as fast
        # without XLA, and compiling takes one second and 3 MB less per architecture.
        self.evaluate = tf.function(self._evaluate_images, autograph=False)

    def compile_in_background(
        self, state: TrainingState, batches: Batches, given: Hyperparameters
    ) -> None:
        """Compile `train` in a thread by calling it with 0 steps; later calls of `train` wait.

        Whether `train_without_xla` or `train` trains a step must not depend on how long compiling
        takes. Their results differ in rounding, and the same run must always give the same curve.
        """
        if self._compiling_thread is None and self.train is not self.train_without_xla:
            nothing = batches._replace(step_count=tf.constant(0))
            self._compiling_thread = Thread(
                target=self.train, args=(state, nothing, given), name="fvapp-compile", daemon=True
            )
            self._compiling_thread.start()

    def _train_steps(
        self,
        state: TrainingState,
        batches: Batches,
        given: Hyperparameters,
        generator: str = "philox",
    ):
        """Train the steps of `batches`, and return weights, slots, losses and hits.

        Losses and hits (numbers of correct answers) are both [capacity], with a value for each
        step.

        Args:
            generator: the random number algorithm for dropout.
        """

        def train_step(i, weights, slots, losses, hits):
            iteration = state.iterations + i
            mask = tf.cast(
                i * self.batch_size + tf.range(self.batch_size) < batches.image_count, tf.float32
            )
            x = (
                _unpack_strip_images(tf.gather(batches.images, batches.image_indices[i]))
                / given.pixel_divisor
            )
            if self.augmentation:
                x = augment_images(x, tf.stack([given.seed, iteration]))
            y = tf.cast(tf.gather(batches.labels, batches.image_indices[i]), tf.int32)
            drop = given.dropout_rate, given.seed, iteration, generator
            loss, logits, gradients = self.compute_gradients(weights, x, y, mask, *drop)
            weights, slots = self.update_weights(
                weights, slots, gradients, iteration, given.learning_rate
            )
            return (
                i + 1,
                weights,
                slots,
                losses.write(i, loss),
                hits.write(i, tf.reduce_sum(_correct_answer_mask(y, logits) * mask)),
            )

        numbers = [
            tf.TensorArray(tf.float32, self.max_steps_per_call, element_shape=()) for _ in range(2)
        ]
        _, weights, slots, losses, hits = tf.while_loop(
            lambda i, *_: i < batches.step_count,
            train_step,
            (0, list(state.weights), list(state.optimizer_slots), *numbers),
        )
        return weights, slots, losses.stack(), hits.stack()

    def _compute_gradients(self, weights, x, y, mask, *drop):
        """Return the loss, the logits and the gradients of the loss for one batch."""
        learned = weights[self.frozen_array_count :]
        with tf.GradientTape() as tape:
            tape.watch(learned)
            logits = forward_pass(
                self.layers, weights, x, self.make_dropout_function(*drop), self.arithmetic
            )
            loss = _mean_loss(y, logits, mask)
        # Frozen weights get a gradient of 0, so every optimizer leaves them unchanged.
        return (
            loss,
            logits,
            [
                *map(tf.zeros_like, weights[: self.frozen_array_count]),
                *tape.gradient(loss, learned),
            ],
        )

    def make_dropout_function(self, rate, seed, iteration, generator):
        """Return the function ``f(x, place)`` that applies dropout in one training step."""

        # The dropout mask depends only on seed, layer and step. So there is no state to save, and a
        # resumed run gives exactly the same result. Under XLA, Philox makes a step of a wide
        # network a fifth to a third longer than Threefry.
        def apply_dropout(x, place):
            key = tf.stack([seed + place, iteration])
            kept = (
                tf.random.stateless_uniform((self.batch_size, *x.shape[1:]), key, alg=generator)
                >= rate
            )
            return tf.where(kept, x / (1 - rate), tf.zeros_like(x))

        return apply_dropout

    def _evaluate_images(self, weights, images, labels, valid, scale):
        """Return the sum of the losses, the number of correct answers, and the logits.

        Only the first `valid` images count towards the sum and the number.
        """
        mask = tf.cast(tf.range(self.evaluation_batch_size) < valid, tf.float32)
        logits = forward_pass(self.layers, weights, tf.cast(images, tf.float32) / scale)
        losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
        return (
            tf.reduce_sum(losses * mask),
            tf.reduce_sum(_correct_answer_mask(labels, logits) * mask),
            logits,
        )


def _unpack_strip_images(images: tf.Tensor) -> tf.Tensor:
    """Return unpacked images as floats, 0 to 255. `fvapp.core.texts.strips` defines the format."""
    if images.shape.rank == 2:
        bits = tf.bitwise.right_shift(images[..., None], tf.range(IMAGE_SHAPE[1]))
        images = 255 * tf.bitwise.bitwise_and(bits, 1)
    return tf.cast(images, tf.float32)


def _mean_loss(labels, logits, mask):
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
    return tf.reduce_sum(losses * mask) / tf.reduce_sum(mask)


def _correct_answer_mask(labels, logits):
    return tf.cast(tf.equal(tf.argmax(logits, -1, output_type=tf.int32), labels), tf.float32)
