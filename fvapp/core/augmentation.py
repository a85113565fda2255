"""Limits how much augmentation may change images, in the app and in exported code."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Augmentation:
    """The largest random changes to an image, in either direction. Each epoch draws new changes.

    Attributes:
        degrees: rotation, in degrees.
        shear: sideways shift of the top relative to the bottom, as a share of the height.
        stretch: change of the height and of the width, as a share of each.
        shift: horizontal and vertical movement, as a share of the image's side.
    """

    degrees: float = 10
    shear: float = 0.1
    stretch: float = 0.1
    shift: float = 0.07  # 2 of 28 pixels


AUGMENTATION = Augmentation()
