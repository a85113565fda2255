"""Records frames of a training run: copies of the weights after some early steps and epochs."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from fvapp.core.archives import pack_arrays, unpack_arrays
from fvapp.core.errors import ModelError

FIRST_STEPS = (0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 1_023)
"""Training steps after which a frame (a copy of the weights) is saved.

The first frames are close together, because a network learns most at the beginning: a dense
network's accuracy is 62% after 15 steps and 96% after one epoch.
"""

EARLY = 31
"""Number of training steps after which a network has learned something, but not very much."""

EPOCHS = (1, 2, 3, 5, 8, 13, 21, 30, 45, 65, 100)
"""Epochs after which a frame (a copy of the weights) is saved, as after the last epoch.

The intervals grow, because later frames hardly differ.
"""

MOST_BYTES = 4_000_000
"""Maximum size of all frames (saved weights) of a run, in bytes.

This is enough for 19 frames of a dense network with 128 hidden neurons.
"""

FEWEST = 4
"""Minimum number of frames (saved weights) in a film of a training run."""

BYTES_PER_NUMBER = 2  # frames (saved weights) hold float16 numbers

MOST_PARAMETERS = MOST_BYTES // (BYTES_PER_NUMBER * FEWEST)
"""Maximum number of parameters of a network whose training is filmed (saved as frames).

For comparison, four layers of 2,048 neurons have 14 million parameters.
"""


@dataclass(frozen=True)
class WeightsFrame:
    """A network's weights at one moment of a training run.

    Attributes:
        step: number of training steps since the beginning of the run.
        epoch: number of completed epochs if an epoch has just ended; 0 within an epoch.
        weights: float16, in the order of ``model.get_weights()``.
    """

    step: int
    epoch: int
    weights: tuple[np.ndarray, ...] = field(repr=False)


def plan_frame_steps(
    parameters: int, steps_per_epoch: int, epochs: int, more_epochs: int = 0
) -> tuple[int, ...]:
    """Return the training steps after which a frame (a copy of the weights) is taken.

    There are no such steps if the network is too large.

    Args:
        epochs: number of epochs in the run's settings. Frames are chosen for this number, so that
            they stay the same if the run continues.
        more_epochs: total number of epochs if the run continues. Frames after `epochs` are added as
            long as `MOST_BYTES` allows.
    """
    if parameters > MOST_PARAMETERS:
        return ()
    room = MOST_BYTES // (BYTES_PER_NUMBER * parameters)
    last = epochs * steps_per_epoch
    early = {step for step in FIRST_STEPS if step <= last}
    steps = sorted(early | _steps_at_epoch_ends(0, epochs, steps_per_epoch) | {last})
    if len(steps) > room:
        steps = [steps[place] for place in np.linspace(0, len(steps) - 1, room).round().astype(int)]
    added = sorted(_steps_at_epoch_ends(epochs, more_epochs, steps_per_epoch))
    return tuple(steps + added[: room - len(steps)])


MOMENTS: Mapping[str, Callable[[Sequence[WeightsFrame]], WeightsFrame]] = {
    "early": lambda frames: min(frames, key=lambda frame: abs(frame.step - EARLY)),
    "epoch": lambda frames: next((frame for frame in frames if frame.epoch), frames[-1]),
    "end": lambda frames: frames[-1],
}
"""Name of a moment of training -> function that picks the frame for this moment from all frames.

The moments are early in training (after about `EARLY` steps), the end of the first epoch, and the
end of training. A frame is a copy of the weights.
"""


def frame_at_moment(frames: Sequence[WeightsFrame], moment: str = "early") -> WeightsFrame:
    """Return the frame (saved weights) at a moment of a run, such as "early" or "end".

    Raises:
        ModelError: ``learning_no_frames``: the run has no frames.
    """
    if not frames:
        raise ModelError("learning_no_frames")
    return MOMENTS[moment](frames)


def make_weights_frame(step: int, epoch: int, weights: Sequence[np.ndarray]) -> WeightsFrame:
    """Return a frame: float16 copies of weights, infinite where a weight is too large."""
    with np.errstate(over="ignore"):
        return WeightsFrame(
            step, epoch, tuple(np.asarray(weight).astype(np.float16) for weight in weights)
        )


def frames_to_bytes(frames: Sequence[WeightsFrame]) -> bytes:
    """Return a run's frames (saved weights) as bytes that :func:`frames_from_bytes` reads."""
    arrays = {
        f"{i}_{j}": weight
        for i, frame in enumerate(frames)
        for j, weight in enumerate(frame.weights)
    }
    return pack_arrays({"at": [(frame.step, frame.epoch) for frame in frames]}, arrays)


NO_FRAMES = frames_to_bytes(())
"""The bytes of a film without frames, stored in place of a deleted film."""


def frames_from_bytes(content: bytes) -> tuple[WeightsFrame, ...]:
    """Return the frames (saved weights) that :func:`frames_to_bytes` packed into bytes.

    Raises:
        ModelError: ``frames_unusable``: the bytes are not packed frames.
    """
    with unpack_arrays(content, "frames_unusable") as (about, arrays):
        # Every frame has the same number of weight arrays, because all belong to one network.
        weights = sum(name.startswith("0_") for name in arrays.files)
        return tuple(
            WeightsFrame(step, epoch, tuple(arrays[f"{frame}_{place}"] for place in range(weights)))
            for frame, (step, epoch) in enumerate(about["at"])
        )


def _steps_at_epoch_ends(after: int, until: int, steps_per_epoch: int) -> set[int]:
    return {epoch * steps_per_epoch for epoch in EPOCHS if after < epoch <= until}
