"""The film of a training: its weights after the first steps and after selected epochs."""

from collections.abc import Sequence

import numpy as np

from fvapp.core.inspection.frames import Frame, frames_from_bytes, frames_to_bytes, plan_frames, take_frame
from fvapp.core.settings import RunSettings
from fvapp.learn.blocks import Plan


class Film:
    """Take a frame whenever a planned step is reached.

    The steps depend only on the settings, so pausing and resuming does not change the frames. Compiled calls end at
    these steps; the first calls of a training are 1, 2, 4, 8 ... steps long anyway.

    Args:
        parameters: number of the network's parameters.
        epochs: how many the run is to reach.
        kept: frames from before a pause, as bytes.
    """

    def __init__(self, settings: RunSettings, plan: Plan, parameters: int, epochs: int, kept: bytes | None) -> None:
        self._steps_per_epoch = plan.steps
        self._planned = plan_frames(parameters, plan.steps, settings.epochs, epochs)
        self._frames: list[Frame] = list(frames_from_bytes(kept)) if kept else []
        self._fresh = False

    def until_next(self, iterations: int) -> int:
        """Return the number of steps from `iterations` to the next frame; a large number after the last one."""
        return next((step - iterations for step in self._planned if step > iterations), 2**31)

    def record_if_planned(self, iterations: int, weights: Sequence[np.ndarray]) -> None:
        """Take a frame if one is planned at this step and has not been taken."""
        if iterations in self._planned and not any(frame.step == iterations for frame in self._frames):
            epoch, within = divmod(iterations, self._steps_per_epoch)
            self._frames.append(take_frame(iterations, 0 if within else epoch, [each.numpy() for each in weights]))
            self._fresh = True

    def to_bytes(self) -> bytes:
        """Return all frames so far."""
        return frames_to_bytes(self._frames)

    def news(self) -> bytes | None:
        """Return all frames if there are new ones since the last call, else None."""
        if not self._fresh:
            return None
        self._fresh = False
        return self.to_bytes()
