"""How much augmentation varies a training image, for training and for exported code."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Augmentation:
    """How far each image may vary, differently in each epoch; ranges lie around "unchanged".

    Attributes:
        degrees: rotation, in degrees.
        shear: sideways, as a share of the height.
        stretch: of height and of width, as a share.
        shift: across and down, as a share of the side.
    """

    degrees: float = 10
    shear: float = 0.1
    stretch: float = 0.1
    shift: float = 0.07  # 2 of 28 pixels


AUGMENTATION = Augmentation()
