"""Trains a run from its settings or a checkpoint, and yields weights, events and a result."""

from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass
from math import nan
from time import perf_counter
from typing import Literal

import keras
import numpy as np

from fvapp.core.arithmetic import Arithmetic
from fvapp.core.checkpoint import Checkpoint, TrainingEnd
from fvapp.core.datasets import (
    Dataset,
    TrainingArrays,
    add_white_mark_to_images,
    make_altered_training_arrays,
    twelve_images,
)
from fvapp.core.errors import ModelError
from fvapp.core.events import Event, RunEnded, RunStarted
from fvapp.core.examples import NO_EXAMPLES, ExampleSet
from fvapp.core.inspection import count_correct_by_class, frames_from_bytes, plan_frame_steps
from fvapp.core.results.calibration import fit_temperature
from fvapp.core.runs import RunPosition, RunResult, StoppedBy
from fvapp.core.settings import RunSettings
from fvapp.core.stack import count_parameters
from fvapp.learn.blocks import epoch_order, iterate_index_blocks, plan_epoch
from fvapp.learn.build import build_model
from fvapp.learn.callbacks import (
    InterruptionCallback,
    LiveCurvesCallback,
    PatienceCallback,
    TargetReached,
    TrainingInterrupted,
)
from fvapp.learn.film import TrainingFilm
from fvapp.learn.fitting import LossAndHitSums, TrainingSession
from fvapp.learn.guesses import GuessCollector
from fvapp.learn.programs import borrow_compiled_model
from fvapp.learn.resident import make_resident_arrays

SECONDS_BETWEEN_SNAPSHOTS = 0.2
SECONDS_BETWEEN_SAVES = 0.5

Weights = Sequence[np.ndarray]


def train(
    settings: RunSettings,
    dataset: Dataset,
    *,
    epochs: int | None = None,
    arithmetic: Arithmetic = "float32",
    checkpoint: bytes | None = None,
    frames: bytes | None = None,
    examples: ExampleSet = NO_EXAMPLES,
    drawing: np.ndarray | None = None,
    emit: Callable[[Event], None],
    wanted: Callable[[], str] = lambda: "run",
    snapshot: Callable[[Weights], None] | None = None,
    save: Callable[[bytes, RunPosition, bytes | None], None] | None = None,
    testing: Callable[[], None] = lambda: None,
) -> TrainingEnd:
    """Train the network of `settings` with ``model.fit``, and evaluate it once on the test set.

    The same settings give the same events, except for durations, whether or not the run was paused.

    Args:
        epochs: the total number of epochs; None for the number in the settings.
        arithmetic: the number format of convolutions in training. Evaluation always uses float32.
        checkpoint, frames: the checkpoint and film (recorded weights) of an earlier call, from
            which training continues.
        examples: the visitor's own examples, used in training and testing if the settings say so.
        drawing: the visitor's drawing, uint8 [28, 28], or None. During training, the network
            guesses the classes of the drawing and of the fixed twelve test images.
        emit: called with each event.
        wanted: called many times a second; returns "run", "stop" or "pause". Training stops or
            pauses at once.
        snapshot: called with the current weights a few times a second.
        save: called at the end of an epoch, at most twice a second, with a checkpoint, its
            position, and all frames (None if no frame is new).
        testing: called before the evaluation on the test set, which takes a second for a CNN.

    Raises:
        SettingsError: there are fewer images than requested, or too few to split.
        ModelError: the checkpoint is damaged or belongs to another network.
        Exception: whatever Keras raises for a faulty network, unchanged.
    """
    arrays = make_altered_training_arrays(dataset, settings, examples)
    plan = plan_epoch(settings, arrays.images_per_epoch)
    epochs = epochs or settings.epochs
    emit(
        RunStarted(
            count_parameters(settings),
            plan.training_images,
            len(arrays.x_validation),
            plan.steps_per_epoch,
            epochs,
        )
    )
    if not settings.flatten or not settings.covers_all_classes:
        _train_with_stock_keras(settings, arrays)
    begun = Checkpoint.from_bytes(checkpoint) if checkpoint is not None else None
    with borrow_compiled_model(settings, arithmetic) as model:
        resident = make_resident_arrays(arrays, dataset)
        session = TrainingSession(
            model, settings, plan, resident, arrays[2:4], arrays.epoch_image_indices
        )
        del arrays  # free memory: the arrays may hold a second copy of the images
        if begun:
            _restore_training_session(session, begun)
        planned = plan_frame_steps(
            count_parameters(settings), plan.steps_per_epoch, settings.epochs, epochs
        )
        film = TrainingFilm(
            plan.steps_per_epoch, planned, list(frames_from_bytes(frames)) if frames else []
        )
        listeners = _CallerCallbacks(emit, wanted, snapshot, save, testing)
        run = _TrainingRun(
            settings, session, epochs, begun, film, (twelve_images(dataset), drawing), listeners
        )
        run.fit_model()
        return run.evaluate_outcome(dataset, examples)


@dataclass(frozen=True)
class _CallerCallbacks:
    """The callbacks that the caller of :func:`train` passed."""

    emit_event: Callable[[Event], None]
    read_request: Callable[[], str]
    show_weights: Callable[[Weights], None] | None
    save_checkpoint: Callable[[bytes, RunPosition, bytes | None], None] | None
    on_testing: Callable[[], None]


@dataclass(eq=False)
class _TrainingRun:
    """The state of one call of :func:`train`, which runs ``model.fit`` with its callbacks."""

    settings: RunSettings
    session: TrainingSession
    total_epochs: int
    resumed_checkpoint: Checkpoint | None
    film: TrainingFilm
    watched_images: tuple[np.ndarray, np.ndarray | None]
    caller_callbacks: _CallerCallbacks

    def __post_init__(self) -> None:
        settings = self.settings
        session = self.session
        before = self.resumed_checkpoint or Checkpoint((), (), 0, 0, 0)
        self._begin = self._snapshot_due = self._save_due = perf_counter()
        self._seconds_before = before.seconds
        self._guesses = GuessCollector(
            settings, session, *self.watched_images, self.caller_callbacks.emit_event
        )
        self._curves = LiveCurvesCallback(
            session,
            self.caller_callbacks.emit_event,
            self._guesses.emit_guesses,
            LossAndHitSums(*before.sums),
            before.epoch_seconds,
        )
        reached_epoch = int(before.callbacks.get("target", {}).get("reached_epoch", 0))
        target = settings.target_metric, settings.target_value, reached_epoch
        self._target = TargetReached(*target) if settings.target_metric != "none" else None
        remembered = before.callbacks.get("patience")
        self._patience = (
            PatienceCallback(settings.monitored_metric, settings.patience, remembered)
            if settings.patience
            else None
        )
        self._interruption = InterruptionCallback(
            session, self.caller_callbacks.read_request, self.total_epochs
        )
        session.after_call = self._after_compiled_call
        session.max_steps_of_call = lambda: min(
            self.film.steps_until_next_frame(session.iterations),
            self._guesses.steps_until_next_guesses(session.iterations),
        )
        self.film.record_frame_if_planned(session.iterations, session.weights)
        if self.resumed_checkpoint is None:
            self._guesses.collect_guesses_if_due()

    def fit_model(self) -> None:
        """Train until the last epoch, a stopping rule or the visitor ends the run."""
        session = self.session
        saving = keras.callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs: self._save_checkpoint_if_due()
        )
        callbacks = (self._curves, self._target, self._patience, self._interruption, saving)
        try:
            session.model.fit(
                session.block_number_dataset(),
                epochs=self.total_epochs,
                initial_epoch=session.completed_epochs,
                steps_per_epoch=session.plan.blocks_per_epoch,
                shuffle=False,  # the blocks are shuffled already
                validation_data=session.chunk_start_dataset()
                if len(session.held_out_data[0])
                else None,
                callbacks=[callback for callback in callbacks if callback],
                verbose=0,
            )
        except TrainingInterrupted:
            session.write_back_weights()
            self._guesses.emit_guesses()
        self._seconds = self._training_seconds_so_far()

    def evaluate_outcome(self, dataset: Dataset, examples: ExampleSet) -> TrainingEnd:
        """Return how the run ended; unless the run was paused, emit its result on the test set."""
        checkpoint = self._make_checkpoint()
        end = (
            checkpoint.to_bytes(),
            self.film.to_bytes(),
            RunPosition(checkpoint.epoch, checkpoint.step),
        )
        if self._interruption.obeyed_request == "pause":
            return TrainingEnd("paused", *end, result=None)
        state: Literal["done", "stopped"] = (
            "stopped" if self._interruption.obeyed_request == "stop" else "done"
        )
        self.caller_callbacks.on_testing()
        images, labels = self.session.held_out_data
        temperature = 1.0
        if len(images):
            temperature = fit_temperature(self.session.compute_logits(images), labels)
        target_epoch = (self._target and self._target.reached_epoch) or None
        out_of_patience = self._patience and self._patience.stopped_epoch
        stopped_by: StoppedBy | None = "patience" if out_of_patience else None
        loss = accuracy = nan
        by_class: tuple[tuple[int, int], ...] = ()
        if len(dataset.x_test):
            test = self.session.evaluate_images(dataset.x_test, dataset.y_test)
            loss = test["loss"]
            accuracy = test["accuracy"]
            by_class = count_correct_by_class(
                dataset.y_test, self.session.predicted_labels, self.settings.class_count
            )
        result = RunResult(
            loss,
            accuracy,
            round(self._seconds, 6),
            "target" if target_epoch else stopped_by,
            temperature,
            by_class,
            *self._test_marked_images(dataset),
            self._test_own_examples(examples),
            target_epoch,
        )
        self.caller_callbacks.emit_event(RunEnded(state, result))
        return TrainingEnd(state, *end, result)

    def _test_marked_images(self, dataset: Dataset) -> tuple[float | None, float | None]:
        """Return how the network classifies test images that all carry the marked class's mark.

        The first number is the accuracy on these images. The second number is the share of the
        other classes' images that the network assigns to the marked class. Both numbers are None if
        no class is marked.
        """
        marked_class = self.settings.marked_class
        if marked_class == "none":
            return None, None
        accuracy = self.session.evaluate_images(
            add_white_mark_to_images(dataset.x_test), dataset.y_test
        )["accuracy"]
        others = self.session.predicted_labels[dataset.y_test != marked_class]
        return accuracy, float(np.mean(others == marked_class)) if len(others) else 0.0

    def _test_own_examples(self, examples: ExampleSet) -> tuple[int, int] | None:
        """Return how many of the visitor's test images are classified correctly, and the total."""
        images, labels = examples.images_and_labels("test")
        if self.settings.examples == "none" or not len(labels):
            return None
        self.session.evaluate_images(images, labels)
        return int(np.sum(self.session.predicted_labels == labels)), len(labels)

    def _after_compiled_call(self) -> None:
        self.film.record_frame_if_planned(self.session.iterations, self.session.weights)
        self._guesses.collect_guesses_if_due()
        if self.caller_callbacks.show_weights and perf_counter() >= self._snapshot_due:
            self.caller_callbacks.show_weights(self.session.numpy_weights())
            self._snapshot_due = perf_counter() + SECONDS_BETWEEN_SNAPSHOTS
        self._interruption.raise_if_stop_requested()

    def _save_checkpoint_if_due(self) -> None:
        if self.caller_callbacks.save_checkpoint and perf_counter() >= self._save_due:
            at = RunPosition(self.session.completed_epochs, self.session.completed_steps)
            self.caller_callbacks.save_checkpoint(
                self._make_checkpoint().to_bytes(), at, self.film.to_bytes_if_new()
            )
            self._save_due = perf_counter() + SECONDS_BETWEEN_SAVES

    def _make_checkpoint(self) -> Checkpoint:
        session = self.session
        within = session.completed_steps > 0
        remembered = {
            "patience": self._patience and self._patience.patience_state(),
            "target": self._target and {"reached_epoch": float(self._target.reached_epoch)},
        }
        return Checkpoint(
            weights=session.numpy_weights(),
            slots=[slot.numpy() for slot in session.slots],
            iterations=session.iterations,
            epoch=session.completed_epochs,
            step=session.completed_steps,
            sums=astuple(session.current_sums if within else LossAndHitSums()),
            since_event=astuple(session.sums_since_event),
            epoch_seconds=self._curves.epoch_seconds if within else 0.0,
            seconds=self._training_seconds_so_far(),
            callbacks={name: state for name, state in remembered.items() if state},
            arithmetic=session.program.arithmetic,
        )

    def _training_seconds_so_far(self) -> float:
        return self._seconds_before + perf_counter() - self._begin


def warm_up(dataset: Dataset, settings: RunSettings) -> float:
    """Compile the program of `settings` before the first run, and return the training speed.

    It did not help to report a worker as ready as soon as it could train the first steps: a run's
    first block of steps arrived after 5.0 s either way.

    Returns:
        The training speed in epochs per second, measured on one block. A block took 0.03 s on two
        busy cores.
    """
    arrays = make_altered_training_arrays(dataset, settings)
    plan = plan_epoch(settings, arrays.images_per_epoch)
    with borrow_compiled_model(settings) as model:
        session = TrainingSession(
            model, settings, plan, make_resident_arrays(arrays, dataset), arrays[2:4]
        )
        block = next(
            block for block in iterate_index_blocks(plan, settings.seed, 1, 0) if len(block)
        )
        session.train_steps(block[:1])
        session.evaluate_images(arrays.x_train[:1], arrays.y_train[:1])
        # From this step on, the program compiled by XLA is used.
        session.iterations = plan.steps_without_xla
        session.train_steps(block[:1])
        begin = perf_counter()
        session.train_steps(block)
        return len(block) / plan.steps_per_epoch / (perf_counter() - begin)


def _restore_training_session(session: TrainingSession, begun: Checkpoint) -> None:
    """Restore a session's weights and position from a checkpoint."""
    shapes = [[array.shape for array in arrays] for arrays in (begun.weights, begun.slots)]
    own = [
        [tuple(tensor.shape) for tensor in tensors] for tensors in (session.weights, session.slots)
    ]
    if (shapes, begun.arithmetic) != (own, session.program.arithmetic):
        raise ModelError("checkpoint_other_network")
    session.set_training_state(begun.weights, begun.slots, begun.iterations)
    session.completed_epochs = begun.epoch
    session.completed_steps = begun.step
    session.sums_since_event = LossAndHitSums(*begun.since_event)


def _train_with_stock_keras(settings: RunSettings, arrays: TrainingArrays) -> None:
    """Train a deliberately faulty network with plain Keras, so that Keras raises its own error.

    The first 1,000 images of the run contain every class, so training on them raises the same error
    as training on the whole data set.
    """
    rows = np.sort(
        epoch_order(settings.seed, 1, len(arrays.x_train))[: max(1_000, settings.batch_size)]
    )
    images = arrays.training_images_at(rows) / settings.pixel_divisor
    build_model(settings).fit(
        images, arrays.y_train[rows], batch_size=settings.batch_size, epochs=1, verbose=0
    )
