"""Records the film of a training run: the weights after the first steps and selected epochs."""

from collections.abc import Sequence
from dataclasses import dataclass

import tensorflow as tf

from fvapp.core.inspection import WeightsFrame, frames_to_bytes, make_weights_frame


@dataclass
class TrainingFilm:
    """The frames of a training run, each taken when a planned step is reached.

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
        """Return the number of steps to the next frame, or a large number after the last frame."""
        return next(
            (step - iterations for step in self.planned_frame_steps if step > iterations), 2**31
        )

    def record_frame_if_planned(self, iterations: int, weights: Sequence[tf.Tensor]) -> None:
        """Take a frame if one is planned at this step and has not been taken yet."""
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
        """Return all frames taken so far as bytes."""
        return frames_to_bytes(self.frames)

    def to_bytes_if_new(self) -> bytes | None:
        """Return all frames as bytes if any were added since the last call, else None."""
        if not self._has_new_frames:
            return None
        self._has_new_frames = False
        return self.to_bytes()
