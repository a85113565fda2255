"""Callbacks for ``model.fit``: live curves, target, patience, and the visitor's stop and pause."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter

import keras

from fvapp.core.events import BlockEnded, EpochEnded, Event
from fvapp.learn.blocks import ends_event
from fvapp.learn.fitting import Session, Sums

Remembered = dict[str, float]


@dataclass(eq=False)
class LiveCurves(keras.callbacks.Callback):
    """Emit an event at the end of each block and each epoch.

    Attributes:
        tell_guesses: called at the same times.
        carried, carried_seconds: sums and seconds so far of the epoch in which the run resumes.
    """

    session: Session
    emit: Callable[[Event], None]
    tell_guesses: Callable[[], None]
    carried: Sums
    carried_seconds: float
    _seconds: float = 0.0

    def __post_init__(self) -> None:
        super().__init__()
        self._begin = perf_counter()

    @property
    def epoch_seconds(self) -> float:
        """Seconds spent in the current epoch so far."""
        return self.carried_seconds + perf_counter() - self._begin

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        self.session.sums = self.carried
        self._begin = perf_counter()

    def on_train_batch_end(self, batch: int, logs: Mapping[str, float] | None = None) -> None:
        session = self.session
        plan = self.session.plan
        epoch = session.epoch + 1
        block = batch + 1
        reached = session.step == plan.end(block)
        if ends_event(plan, epoch, block) and reached and session.since_event.images:
            if block < plan.blocks:
                # guesses so far; those of the last block follow the epoch's numbers
                self.tell_guesses()
            self.emit(BlockEnded(epoch, session.step, **session.since_event.means()))
            session.since_event = Sums()
        if block == plan.blocks:
            self._seconds = self.epoch_seconds

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        session = self.session
        numbers = {
            name: (logs or {}).get(name)
            for name in ("loss", "accuracy", "val_loss", "val_accuracy")
        }
        self.emit(EpochEnded(epoch + 1, **numbers, seconds=round(self._seconds, 6)))
        session.epoch = epoch + 1
        session.step = 0
        self.tell_guesses()
        self.carried = Sums()
        self.carried_seconds = 0.0


@dataclass(eq=False)
class TargetReached(keras.callbacks.Callback):
    """Stop after the epoch in which an accuracy rises, or a loss falls, to its target."""

    metric: str
    target: float
    reached: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        value = (logs or {})[self.metric]
        self.reached = (
            value <= self.target if self.metric.endswith("loss") else value >= self.target
        )
        if self.reached:
            self.model.stop_training = True


class Patience(keras.callbacks.EarlyStopping):
    """Keras' early stopping, with a state that survives a pause."""

    def __init__(self, monitor: str, patience: int, remembered: Remembered | None) -> None:
        super().__init__(monitor=monitor, patience=patience, mode="min")
        self._remembered = remembered

    def on_train_begin(self, logs: Mapping[str, float] | None = None) -> None:
        super().on_train_begin(logs)
        if self._remembered:
            self.best = self._remembered["best"]
            self.wait = int(self._remembered["wait"])

    def remember(self) -> Remembered | None:
        """Return the state for the next ``fit``, or None before the end of the first epoch."""
        return None if self.best is None else {"best": float(self.best), "wait": self.wait}


class TrainingInterrupted(Exception):
    """Raised to leave ``fit`` in the middle of an epoch when the visitor stops or pauses the run.

    Setting ``stop_training`` would validate and close an epoch that is not complete.
    """


@dataclass(eq=False)
class Interruption(keras.callbacks.Callback):
    """Stop or pause on request, within a block or between epochs.

    Attributes:
        wanted: returns "run", "stop" or "pause".
        epochs: the run's last epoch, after which there is nothing to interrupt.
        requested: the request that interrupted the training, or "run".
    """

    session: Session
    wanted: Callable[[], str]
    epochs: int
    requested: str = "run"

    def __post_init__(self) -> None:
        super().__init__()

    def raise_if_requested(self) -> None:
        """Leave ``fit`` if the visitor has requested a stop or a pause.

        Raises:
            TrainingInterrupted: on a stop or a pause, if the epoch has steps left.
        """
        requested = self.wanted()
        if requested != "run" and self.session.step < self.session.plan.steps:
            self.requested = requested
            raise TrainingInterrupted

    def on_epoch_end(self, epoch: int, logs: Mapping[str, float] | None = None) -> None:
        if epoch + 1 < self.epochs and not self.model.stop_training:
            self.requested = self.wanted()
            self.model.stop_training = self.requested != "run"
