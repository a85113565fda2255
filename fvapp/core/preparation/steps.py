"""Represents the steps of preparing a drawing or photo, and the image that results."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from PIL import Image

SIZE = 28  # side of the network's input image, in pixels


@dataclass(frozen=True)
class PreparationStep:
    """The result of one step of a preparation.

    Args:
        name: the last part of the catalogue key ``preparation.steps.<name>``.
        picture_source: the picture, `uint8` [h, w], or a function that returns it and is called
            when the picture is first needed.
    """

    name: str
    picture_source: np.ndarray | Callable[[], np.ndarray] = field(repr=False)

    @cached_property
    def picture_after_step(self) -> np.ndarray:
        """The picture after this step, `uint8` [h, w].

        The picture is light on dark, unless it is a photo that is inverted later.
        """
        return self.picture_source() if callable(self.picture_source) else self.picture_source


@dataclass(frozen=True)
class Preparation:
    """The steps that turned a drawing or photo into the network's input.

    Attributes:
        steps: all steps in order. A step that was left out has the same picture as the step before
            it.
        image: `uint8` [28, 28], light on dark like the training images.
        shape_count: the number of digit-sized shapes side by side in the picture.
    """

    steps: tuple[PreparationStep, ...]
    image: np.ndarray = field(repr=False)
    shape_count: int = 1

    @property
    def optional_preparation_step_names(self) -> tuple[str, ...]:
        """The names of the steps that can be left out: all but the first, the drawing or photo."""
        return tuple(step.name for step in self.steps[1:])


def to_uint8(image: np.ndarray) -> np.ndarray:
    """Return a `float` image from 0 to 1 as `uint8` from 0 to 255."""
    return np.rint(np.clip(image, 0, 1) * 255).astype(np.uint8)


def resize_pixels(pixels: np.ndarray, factor: float) -> np.ndarray:
    """Return a picture, `uint8` [h, w] or [h, w, 3], scaled by `factor`; no side gets 0 pixels."""
    image = Image.fromarray(pixels)
    width, height = (max(1, round(side * factor)) for side in image.size)
    return np.asarray(
        image.resize(
            (width, height), Image.Resampling.BOX if factor < 1 else Image.Resampling.BICUBIC
        )
    )
