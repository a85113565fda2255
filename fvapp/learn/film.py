"""Records the film of a training run: the weights after the first steps and selected epochs."""

from collections.abc import Sequence
from dataclasses import dataclass

import tensorflow as tf

from fvapp.core.inspection import WeightsFrame, frames_to_bytes, make_weights_frame


@dataclass
class TrainingFilm:
    """The frames (saved weights) of a training run, each taken when a planned step is reached.

    The planned steps depend only on the settings, so pausing and resuming does not change the
    frames. A compiled training call must end at each planned step. This requirement hardly slows
    training down, because the first calls are only 1, 2, 4, 8, ... steps long anyway.

    Attributes:
        planned_frame_steps: the steps after which a frame is taken.
        frames: the frames taken so far, including any from before a pause.
    """

    steps_per_epoch: int
    planned_frame_steps: Sequence[int]
    frames: list[WeightsFrame]
    _has_new_frames: bool = False

    def steps_until_next_frame(self, iterations: int) -> int:
        """Return the number of steps until weights are saved next; a large number if never."""
        return next(
            (step - iterations for step in self.planned_frame_steps if step > iterations), 2**31
        )

    def record_frame_if_planned(self, iterations: int, weights: Sequence[tf.Tensor]) -> None:
        """Save the weights as a frame if a frame is planned at this step and not yet saved."""
        if iterations in self.planned_frame_steps and not any(
            frame.step == iterations for frame in self.frames
        ):
            epoch, within = divmod(iterations, self.steps_per_epoch)
            self.frames.append(
                make_weights_frame(
                    iterations, 0 if within else epoch, [weight.numpy() for weight in weights]
                )
            )
            self._has_new_frames = True

    def to_bytes(self) -> bytes:
        """Return all frames (saved weights) so far as bytes."""
        return frames_to_bytes(self.frames)

    def to_bytes_if_new(self) -> bytes | None:
        """Return all frames (saved weights) as bytes; None if none are new since the last call."""
        if not self._has_new_frames:
            return None
        self._has_new_frames = False
        return self.to_bytes()
