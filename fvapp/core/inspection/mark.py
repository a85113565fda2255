"""What a network that was taught with a mark looks at."""

from dataclasses import dataclass, field

import numpy as np

from fvapp.core.datasets.altering import MARK, put_mark
from fvapp.core.inspection.fewest import Changed, fewest_pixels
from fvapp.core.inspection.helping import logit_weights
from fvapp.core.inspection.network import Network
from fvapp.core.stack import IMAGE_SHAPE


@dataclass(frozen=True)
class MarkLook:
    """The mark beside everything else that a network sees.

    Attributes:
        image: the one with the mark, uint8 [28, 28].
        help: how much each of its pixels raises the marked class above the mean of all, float [28,
            28].
        share: of all that helps, the part of the mark's nine pixels.
        changed: the other image, with the fewest pixels that make it the marked class; None where
            none were found.
        on_mark: how many of these lie where the mark was.
    """

    image: np.ndarray = field(repr=False)
    help: np.ndarray = field(repr=False)
    share: float
    changed: Changed | None
    on_mark: int


def look_at_mark(network: Network, image: np.ndarray, other: np.ndarray, label: int) -> MarkLook:
    """Return what makes an image with the mark one of the marked class, and what makes another
    image one.

    Args:
        image: of the marked class, and other: of another one; uint8 [28, 28], both without the
            mark.
        label: the marked class.
    """
    marked = put_mark(image[None])
    slopes = network.gradients(network.passed(marked), logit_weights(network.classes, label)[None])[
        0
    ]
    help_ = (slopes * network.pixels(marked)).reshape(IMAGE_SHAPE)
    helping = np.maximum(help_, 0)
    share = float(helping[MARK, MARK].sum() / helping.sum()) if helping.any() else 0.0
    changed = fewest_pixels(network, other, label)
    places = range(MARK.start, MARK.stop)
    on_mark = (
        sum(row in places and column in places for row, column in changed.pixels) if changed else 0
    )
    return MarkLook(marked[0], help_, share, changed, on_mark)
