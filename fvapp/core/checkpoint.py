"""Represents the state from which a training run can continue, and how its training ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Literal

import numpy as np

from fvapp.core.archives import pack_arrays, unpack_arrays
from fvapp.core.arithmetic import Arithmetic
from fvapp.core.optimizers import OPTIMIZERS
from fvapp.core.runs import KerasError, Reason, RunPosition, RunRecord, RunResult
from fvapp.core.teaching import TeachingOutcome


@dataclass(frozen=True)
class Checkpoint:
    """The state of a run between two training steps.

    The seed and the position determine the image order, dropout and augmentation of later steps.

    Attributes:
        weights: weights of the model, in the order of ``model.get_weights()``.
        slots: values that the optimizer keeps for each weight, in the order of its variables.
        iterations: number of steps that the optimizer has taken.
        epoch, step: completed epochs, and completed steps of the next epoch.
        sums, since_event: total loss, number of correctly classified images and number of images,
            in the unfinished epoch so far and since the last event.
        epoch_seconds: training time of the unfinished epoch so far.
        seconds: training time of the whole run so far.
        callbacks: the state of each callback, by name.
        arithmetic: the number format in which the run's convolutions are trained.
    """

    weights: Sequence[np.ndarray]
    slots: Sequence[np.ndarray]
    iterations: int
    epoch: int
    step: int
    sums: Sequence[float] = (0.0, 0.0, 0)
    since_event: Sequence[float] = (0.0, 0.0, 0)
    epoch_seconds: float = 0.0
    seconds: float = 0.0
    callbacks: dict[str, dict[str, float]] = field(default_factory=dict)
    arithmetic: Arithmetic = "float32"

    @classmethod
    def from_weights(cls, weights: Sequence[np.ndarray], record: RunRecord) -> Checkpoint:
        """Return a checkpoint with these weights, placed after the run's last completed epoch.

        The optimizer starts with all its slots at 0.
        """
        slots = [
            np.zeros_like(array)
            for array in weights
            for _ in range(OPTIMIZERS[record.settings.optimizer].slots_per_weight)
        ]
        return cls(weights, slots, 0, record.epoch, 0, arithmetic=record.arithmetic)

    def to_bytes(self) -> bytes:
        """Return the checkpoint as the bytes of an ``.npz`` file."""
        rest = {
            name: value for name, value in asdict(self).items() if name not in ("weights", "slots")
        }
        arrays = {f"weight_{i}": array for i, array in enumerate(self.weights)}
        arrays |= {f"slot_{i}": array for i, array in enumerate(self.slots)}
        return pack_arrays(rest, arrays)

    @staticmethod
    def weights_from_bytes(content: bytes) -> list[np.ndarray]:
        """Return the weights in a checkpoint's bytes, without reading the optimizer's slots.

        Raises:
            ModelError: the bytes are not a checkpoint.
        """
        with unpack_arrays(content, "checkpoint_unusable") as (_, arrays):
            return _read_numbered_arrays(arrays, "weight_")

    @classmethod
    def from_bytes(cls, content: bytes) -> Checkpoint:
        """Return the checkpoint that :meth:`to_bytes` wrote.

        Raises:
            ModelError: the bytes are not a checkpoint.
        """
        with unpack_arrays(content, "checkpoint_unusable") as (about, arrays):
            return cls(
                _read_numbered_arrays(arrays, "weight_"),
                _read_numbered_arrays(arrays, "slot_"),
                **about,
            )


@dataclass(frozen=True)
class TrainingEnd:
    """The values that a worker returns when the training of a run ends without an error.

    Attributes:
        state: "done" if all epochs were trained or a stopping rule ended the run; "stopped" or
            "paused" if somebody stopped or paused the run.
        checkpoint: the bytes of the checkpoint from which the run can continue.
        position: the position of the run in that checkpoint.
        film_frames: the frames (saved weights) recorded so far for the film of the training; None
            without a film.
        result: the result of the run; None if it was paused.
        teaching_outcome: how answers changed when the network was taught the visitor's examples;
            None for runs that were not taught.
    """

    state: Literal["done", "stopped", "paused"]
    checkpoint: bytes
    film_frames: bytes | None
    position: RunPosition
    result: RunResult | None
    teaching_outcome: TeachingOutcome | None = None

    @property
    def measured_result(self) -> RunResult:
        """The result of a training run that was not paused.

        Raises:
            ValueError: the run was paused.
        """
        if self.result is None:
            raise ValueError(self.state)
        return self.result

    @property
    def weights(self) -> list[np.ndarray]:
        """The weights of the network, in the order of ``model.get_weights()``."""
        return Checkpoint.weights_from_bytes(self.checkpoint)


@dataclass(frozen=True)
class TrainingFailure:
    """The reason why a run could not be trained.

    Attributes:
        reason: code of the reason; None if Keras raised an error.
        keras_error: the error that Keras raised, or None.
    """

    reason: Reason | None = None
    keras_error: KerasError | None = None


def _read_numbered_arrays(arrays: np.lib.npyio.NpzFile, prefix: str) -> list[np.ndarray]:
    count = sum(name.startswith(prefix) for name in arrays.files)
    return [arrays[f"{prefix}{i}"] for i in range(count)]
