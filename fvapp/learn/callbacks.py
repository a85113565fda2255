"""Provides callbacks for ``model.fit`` that report curves, stop early or interrupt training."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter

import keras

from fvapp.core.events import BlockEnded, EpochEnded, Event
from fvapp.learn.blocks import is_event_after_block
from fvapp.learn.fitting import LossAndHitSums, TrainingSession

Remembered = dict[str, float]


@dataclass(eq=False)
class LiveCurvesCallback(keras.callbacks.Callback):
    """Emits an event at the end of each block of training steps and each epoch.

    Attributes:
        emit_guesses: called at each event, to emit the network's guesses collected so far.
        carried_sums, carried_seconds: the sums and the duration of the steps that were trained in
            an unfinished epoch before a pause.
    """

    session: TrainingSession
    emit_event: Callable[[Event], None]
    emit_guesses: Callable[[], None]
    carried_sums: LossAndHitSums
    carried_seconds: float
    _seconds_at_last_block: float = 0.0

    def __post_init__(self) -> None:
        super().__init__()
        self._begin = perf_counter()

    @property
    def epoch_seconds(self) -> float:
        """The seconds spent in the current epoch so far, including those before a pause."""
        return self.carried_seconds + perf_counter() - self._begin

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        self.session.current_sums = self.carried_sums
        self._begin = perf_counter()

    def on_train_batch_end(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
        session = self.session
        plan = session.plan
        epoch = session.completed_epochs + 1
        block = batch + 1
        if (
            is_event_after_block(plan, epoch, block)
            and session.completed_steps == plan.last_step_of_block(block)
            and session.sums_since_event.image_count
        ):
            if block < plan.blocks_per_epoch:
                # After the last block, guesses are emitted later: after the event that ends the
                # epoch.
                self.emit_guesses()
            self.emit_event(
                BlockEnded(
                    epoch, session.completed_steps, **session.sums_since_event.means_per_image()
                )
            )
            session.sums_since_event = LossAndHitSums()
        if block == plan.blocks_per_epoch:
            self._seconds_at_last_block = self.epoch_seconds

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        session = self.session
        numbers = {
            name: (logs or {}).get(name)
            for name in ("loss", "accuracy", "val_loss", "val_accuracy")
        }
        self.emit_event(
            EpochEnded(epoch + 1, **numbers, seconds=round(self._seconds_at_last_block, 6))
        )
        session.completed_epochs = epoch + 1
        session.completed_steps = 0
        self.emit_guesses()
        self.carried_sums = LossAndHitSums()
        self.carried_seconds = 0.0


@dataclass(eq=False)
class TargetReached(keras.callbacks.Callback):
    """Stops training after the first epoch in which a metric reaches its target.

    An accuracy must rise to the target, and a loss must fall to it. A run that a visitor continues
    after this epoch trains all of the added epochs.

    Attributes:
        reached_epoch: the first epoch in which the target was reached; 0 before that.
    """

    metric_name: str
    target_value: float
    reached_epoch: int

    def __post_init__(self) -> None:
        super().__init__()

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        value = (logs or {})[self.metric_name]
        is_reached = (
            value <= self.target_value
            if self.metric_name.endswith("loss")
            else value >= self.target_value
        )
        if is_reached and not self.reached_epoch:
            self.reached_epoch = epoch + 1
            self.model.stop_training = True


class PatienceCallback(keras.callbacks.EarlyStopping):
    """Keras' early stopping, with a state that is kept while a run is paused."""

    def __init__(self, monitor: str, patience: int, remembered: Remembered | None) -> None:
        super().__init__(monitor=monitor, patience=patience, mode="min")
        self._remembered_state = remembered

    def on_train_begin(self, logs: Mapping[str, float] | None = None) -> None:
        super().on_train_begin(logs)
        if self._remembered_state:
            self.best = self._remembered_state["best"]
            self.wait = int(self._remembered_state["wait"])

    def patience_state(self) -> Remembered | None:
        """Return the state to restore when the run resumes, or None within the first epoch."""
        return None if self.best is None else {"best": float(self.best), "wait": self.wait}


class TrainingInterrupted(Exception):
    """Raised to leave ``fit`` within an epoch when the visitor stops or pauses the run.

    If ``stop_training`` were used instead, Keras would treat the unfinished epoch as complete.
    """


@dataclass(eq=False)
class InterruptionCallback(keras.callbacks.Callback):
    """Stops or pauses training on the visitor's request, within a block or between epochs.

    Attributes:
        read_request: returns the visitor's request: "run", "stop" or "pause".
        total_epochs: number of epochs after which the run ends without a request.
        obeyed_request: the request that interrupted the training, or "run".
    """

    session: TrainingSession
    read_request: Callable[[], str]
    total_epochs: int
    obeyed_request: str = "run"

    def __post_init__(self) -> None:
        super().__init__()

    def raise_if_stop_requested(self) -> None:
        """Leave ``fit`` if the visitor has requested a stop or a pause.

        Raises:
            TrainingInterrupted: a stop or pause was requested, and the epoch has steps left.
        """
        requested = self.read_request()
        if requested != "run" and self.session.completed_steps < self.session.plan.steps_per_epoch:
            self.obeyed_request = requested
            raise TrainingInterrupted

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        if epoch + 1 < self.total_epochs and not self.model.stop_training:
            self.obeyed_request = self.read_request()
            self.model.stop_training = self.obeyed_request != "run"
