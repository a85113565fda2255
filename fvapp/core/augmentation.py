"""How much augmentation varies a training image, for training and for exported code."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Augmentation:
    """Limits, in both directions, of the random changes to an image, drawn anew in each epoch.

    Attributes:
        degrees: of rotation.
        shear: sideways shift of the top against the bottom, as a share of the height.
        stretch: change of height and of width, as a share of each.
        shift: movement across and down, as a share of the image's side.
    """

    degrees: float = 10
    shear: float = 0.1
    stretch: float = 0.1
    shift: float = 0.07  # 2 of 28 pixels


AUGMENTATION = Augmentation()
