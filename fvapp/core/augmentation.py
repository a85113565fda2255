"""How much augmentation varies a training image: one place for the training and for the code that
is exported.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Augmentation:
    """The ranges from which each image is varied, differently in each epoch; each is symmetric
    around "unchanged".

    Attributes:
        degrees: it is turned by.
        shear: sideways, as a share of the height.
        stretch: height and width each, as a share.
        shift: across and down each, as a share of the side.
    """

    degrees: float = 10
    shear: float = 0.1
    stretch: float = 0.1
    shift: float = 0.07  # 2 of 28 pixels


AUGMENTATION = Augmentation()
