"""A preparation: its named steps, and the image that the network gets."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from PIL import Image

SIZE = 28  # pixels a side of the image the network gets


@dataclass(frozen=True)
class Step:
    """What one step made of the picture.

    Args:
        name: catalogue key below ``preparation.steps.``.
        picture: `uint8` [h, w], or a function that draws it, called when it is first looked at.
    """

    name: str
    picture: np.ndarray | Callable[[], np.ndarray] = field(repr=False)

    @cached_property
    def image(self) -> np.ndarray:
        """The picture, `uint8` [h, w], light on dark once it is inverted."""
        return self.picture() if callable(self.picture) else self.picture


@dataclass(frozen=True)
class Preparation:
    """How a drawing or photo became what the network sees.

    Attributes:
        steps: in order, those left out included (their image is then what came into them).
        image: `uint8` [28, 28], light on dark, as the training images are.
        shapes: how many shapes as large as a digit stand beside each other in the picture.
    """

    steps: tuple[Step, ...]
    image: np.ndarray = field(repr=False)
    shapes: int = 1

    @property
    def switchable(self) -> tuple[str, ...]:
        """Names of the steps that can be left out: all but what there was to begin with."""
        return tuple(step.name for step in self.steps[1:])


def to_bytes(image: np.ndarray) -> np.ndarray:
    """Return an image of floats from 0 to 1 as `uint8`."""
    return np.rint(np.clip(image, 0, 1) * 255).astype(np.uint8)


def resized(pixels: np.ndarray, factor: float) -> np.ndarray:
    """Return a picture scaled by `factor`, to at least one pixel a side; `uint8` [h, w] or [h, w,
    3].
    """
    image = Image.fromarray(pixels)
    width, height = (max(1, round(side * factor)) for side in image.size)
    return np.asarray(
        image.resize(
            (width, height), Image.Resampling.BOX if factor < 1 else Image.Resampling.BICUBIC
        )
    )
