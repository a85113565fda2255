"""Trains a Keras model whose ``fit`` and ``evaluate`` run compiled blocks of steps."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from math import ceil
from time import perf_counter

import keras
import numpy as np
import tensorflow as tf

from fvapp.core.arithmetic import Arithmetic
from fvapp.core.settings import RunSettings
from fvapp.core.stack import IMAGE_SHAPE
from fvapp.learn import blocks
from fvapp.learn.blocks import CompiledProgram, TrainingBlockPlan
from fvapp.learn.build import build_keras_layers, build_optimizer, initial_weights
from fvapp.learn.resident import ResidentArrays


@dataclass
class LossAndHitSums:
    """Loss and hits (correct answers), summed over images.

    Values are added in double precision and in the order of the steps. So the means do not depend
    on how the steps were grouped into calls.
    """

    loss_sum: float = 0.0
    hit_count: float = 0.0
    image_count: float = 0

    def add_steps(self, losses: np.ndarray, hits: np.ndarray, counts: np.ndarray) -> None:
        """Add each step's mean loss, number of hits and number of images."""
        for loss, hit, count in zip(losses.tolist(), hits.tolist(), counts.tolist(), strict=True):
            self.loss_sum += loss * count
            self.hit_count += hit
            self.image_count += count

    def means_per_image(self) -> dict[str, float]:
        """Return the mean loss and the accuracy over all images added so far."""
        return (
            {
                "loss": self.loss_sum / self.image_count,
                "accuracy": self.hit_count / self.image_count,
            }
            if self.image_count
            else {}
        )


class BlockModel(keras.Sequential):
    """A Keras model that trains on blocks of steps and evaluates images in chunks.

    Weights and optimizer are normal Keras variables, so callbacks, ``get_weights`` and saving work
    as usual. The loss is computed in the compiled block of steps.
    """

    session: TrainingSession

    def __init__(self, settings: RunSettings, arithmetic: Arithmetic = "float32") -> None:
        super().__init__(build_keras_layers(settings))
        self.compile(optimizer=build_optimizer(settings))
        self.optimizer.build(self.trainable_variables)
        self.compiled_program = CompiledProgram(settings, arithmetic)

    def make_train_function(self, force: bool = False) -> None:
        self.train_function = self.session.train_block

    def make_test_function(self, force: bool = False) -> None:
        self.test_function = self.session.evaluate_chunk

    def reset_metrics(self) -> None:
        self.session.current_sums = LossAndHitSums()
        self.session.answers_by_chunk = []

    def get_metrics_result(self) -> dict[str, float]:
        return self.session.current_sums.means_per_image()


@dataclass(eq=False)
class TrainingSession:
    """The state of a training run between compiled calls: its data, position and weights.

    Attributes:
        model: the Keras model; its variables receive the weights at the end of each epoch.
        resident_data: images and labels; the first `plan.training_images` are for training.
        held_out_data: images and labels for validation; later, the images and labels of the latest
            evaluation.
        training_image_indices: indices of the training images, or None for all; see
            `TrainingArrays.epoch_image_indices`.
        completed_epochs, completed_steps: number of completed epochs, and of completed steps in the
            current epoch.
        after_call: called after each compiled call, many times a second. If it raises an exception,
            training ends.
        max_steps_of_call: returns the maximum number of steps in the next compiled call.
        current_sums: losses and hits of the current epoch or evaluation.
        sums_since_event: losses and hits of the steps since the last event.
        answers_by_chunk: the labels predicted so far in the current evaluation, chunk by chunk.
    """

    model: BlockModel
    settings: RunSettings
    plan: TrainingBlockPlan
    resident_data: ResidentArrays
    held_out_data: tuple[np.ndarray, np.ndarray]
    training_image_indices: np.ndarray | None = None
    after_call: Callable[[], None] = lambda: None
    max_steps_of_call: Callable[[], int] = lambda: blocks.MOST_STEPS
    current_sums: LossAndHitSums = field(default_factory=LossAndHitSums)
    sums_since_event: LossAndHitSums = field(default_factory=LossAndHitSums)
    answers_by_chunk: list[np.ndarray] = field(default_factory=list)
    completed_epochs: int = 0
    completed_steps: int = 0
    _steps_of_last_call: int = 1
    _seconds_per_step: float = blocks.LONGEST_PART

    def __post_init__(self) -> None:
        model = self.model
        settings = self.settings
        self.program = model.compiled_program
        self._indices: Iterator[np.ndarray] = iter(())
        self._given = blocks.Hyperparameters(
            pixel_divisor=tf.constant(settings.pixel_divisor),
            learning_rate=tf.constant(settings.learning_rate),
            dropout_rate=tf.constant(settings.dropout),
            seed=tf.constant(settings.seed),
        )
        model.session = self
        model.optimizer.learning_rate.assign(settings.learning_rate)
        self.set_training_state(
            initial_weights(settings),
            [np.zeros(v.shape, "float32") for v in model.optimizer.variables[2:]],
            0,
        )

    def set_training_state(
        self, weights: Sequence[np.ndarray], slots: Sequence[np.ndarray], iterations: int
    ) -> None:
        """Set the weights, the optimizer's slots and the optimizer's step count."""
        self.weights = [tf.constant(w) for w in weights]
        self.slots = [tf.constant(s) for s in slots]
        self.iterations = iterations
        self.write_back_weights()

    def numpy_weights(self) -> list[np.ndarray]:
        """Return copies of the current weights."""
        return [weight.numpy() for weight in self.weights]

    def write_back_weights(self) -> None:
        """Write weights and optimizer slots back to the variables of the Keras model."""
        for variable, value in zip(self.model.trainable_variables, self.weights, strict=True):
            variable.assign(value)
        for variable, value in zip(self.model.optimizer.variables[2:], self.slots, strict=True):
            variable.assign(value)
        self.model.optimizer.iterations.assign(self.iterations)

    def block_number_dataset(self) -> tf.data.Dataset:
        """Return the data set for ``fit``, which yields only the numbers of the blocks to train.

        The image indices do not pass through the data set, because that takes half a millisecond
        per block.
        """
        self._indices = blocks.iterate_index_blocks(
            self.plan,
            self.settings.seed,
            self.completed_epochs + 1,
            self.completed_steps,
            self.training_image_indices,
        )
        return _without_autotuning(tf.data.Dataset.range(tf.int64.max))

    def train_block(self, iterator) -> dict[str, float]:
        """Train the next block and return the means so far; ``fit`` calls this for each block."""
        next(iterator)
        indices = next(self._indices)
        while len(indices):
            # Split the block into equal parts, so that no call has only a few steps.
            steps = ceil(len(indices) / ceil(len(indices) / self._choose_steps_per_call()))
            steps = min(steps, self.max_steps_of_call())
            self.train_steps(indices[:steps])
            indices = indices[steps:]
            self.after_call()
        if self.completed_steps == self.plan.steps_per_epoch:
            self.write_back_weights()
        return self.current_sums.means_per_image()

    def _choose_steps_per_call(self) -> int:
        """Return how many steps the next call may train within its time limit.

        The number is at most twice the number of steps in the previous call.
        """
        self._steps_of_last_call = max(
            1,
            min(
                self.program.max_steps_per_call,
                2 * self._steps_of_last_call,
                int(blocks.LONGEST_PART / self._seconds_per_step),
            ),
        )
        return self._steps_of_last_call

    def train_steps(self, indices: np.ndarray) -> None:
        """Train several steps in one compiled call.

        Args:
            indices: image indices, int32 [steps, batch], for at most `program.max_steps_per_call`
                steps.
        """
        begin = perf_counter()
        steps = len(indices)
        counts = np.sum(indices != blocks.PADDING, axis=1)
        rows = np.zeros((self.program.max_steps_per_call, self.plan.batch_size), "int32")
        rows[:steps] = np.maximum(indices, 0)
        state = blocks.TrainingState(self.weights, self.slots, tf.constant(self.iterations))
        batches = blocks.Batches(
            self.resident_data.images,
            self.resident_data.labels,
            tf.constant(rows),
            step_count=tf.constant(steps),
            image_count=tf.constant(int(counts.sum())),
        )
        begins = self.iterations < self.plan.steps_without_xla
        train = self.program.train_without_xla if begins else self.program.train
        self.weights, self.slots, losses, hits = train(state, batches, self._given)
        losses = losses.numpy()[:steps]
        hits = hits.numpy()[:steps]
        # Start to compile after the call, because compiling and the call both trace Python code and
        # would slow each other down.
        if begins:
            self.program.compile_in_background(state, batches, self._given)
        self.current_sums.add_steps(losses, hits, counts)
        self.sums_since_event.add_steps(losses, hits, counts)
        self.iterations += steps
        self.completed_steps += steps
        # Short calls are not timed, because the fixed cost of a call would dominate.
        if steps > self._steps_of_last_call // 2:
            self._seconds_per_step = (perf_counter() - begin) / steps

    def evaluate_chunk(self, iterator) -> dict[str, float]:
        """Evaluate the next chunk and return the means so far, as ``evaluate`` expects."""
        begin = int(next(iterator))
        loss, hits, logits = self._evaluate_padded_chunk(
            *(
                part[begin : begin + self.program.evaluation_batch_size]
                for part in self.held_out_data
            )
        )
        count = min(self.program.evaluation_batch_size, len(self.held_out_data[0]) - begin)
        self.answers_by_chunk.append(logits[:count].argmax(axis=1))
        self.current_sums.add_steps(loss[None] / count, hits[None], np.array([count]))
        return self.current_sums.means_per_image()

    def evaluate_images(self, images: np.ndarray, labels: np.ndarray) -> dict[str, float]:
        """Return the mean loss and the accuracy over these images, using ``model.evaluate``."""
        self.held_out_data = images, labels
        return self.model.evaluate(self.chunk_start_dataset(), verbose=0, return_dict=True)

    @property
    def predicted_labels(self) -> np.ndarray:
        """The labels predicted in the last evaluation, int [n]."""
        return np.concatenate(self.answers_by_chunk)

    def chunk_start_dataset(self) -> tf.data.Dataset:
        """Return the data set for ``evaluate``: the first index of each held-out chunk."""
        return _without_autotuning(
            tf.data.Dataset.range(0, len(self.held_out_data[0]), self.program.evaluation_batch_size)
        )

    def compute_logits(self, images: np.ndarray) -> np.ndarray:
        """Return the logits of images, float32 [n, classes]."""
        parts = []
        for begin in range(0, len(images), self.program.evaluation_batch_size):
            chunk = images[begin : begin + self.program.evaluation_batch_size]
            parts.append(
                self._evaluate_padded_chunk(chunk, np.zeros(len(chunk), "uint8"))[2][: len(chunk)]
            )
        return np.concatenate(parts)

    def _evaluate_padded_chunk(
        self, images: np.ndarray, labels: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        pixels = np.zeros((self.program.evaluation_batch_size, *IMAGE_SHAPE), "uint8")
        pixels[: len(images)] = images
        padded = np.zeros(self.program.evaluation_batch_size, "int32")
        padded[: len(labels)] = labels
        numbers = self.program.evaluate(
            self.weights,
            tf.constant(pixels),
            tf.constant(padded),
            tf.constant(len(images)),
            self._given.pixel_divisor,
        )
        return tuple(number.numpy() for number in numbers)


def _without_autotuning(dataset: tf.data.Dataset) -> tf.data.Dataset:
    """Return `dataset` without autotuning, which gains nothing here and takes up to 1 s to stop."""
    options = tf.data.Options()
    options.autotune.enabled = False
    options.experimental_optimization.apply_default_optimizations = False
    return dataset.with_options(options)
