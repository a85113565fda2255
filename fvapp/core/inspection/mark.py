"""Measures how much a network that was trained with a mark relies on it."""

from dataclasses import dataclass, field

import numpy as np

from fvapp.core.datasets import MARK, mark_images
from fvapp.core.inspection.fewest import AdversarialImage, change_fewest_pixels
from fvapp.core.inspection.helping import class_lead_weights
from fvapp.core.inspection.network import Network
from fvapp.core.stack import IMAGE_SHAPE


@dataclass(frozen=True)
class MarkEffect:
    """The effect of the mark, compared with the rest of an image.

    Attributes:
        marked_image: the image with the mark, uint8 [28, 28].
        help_by_pixel: how much each pixel of `marked_image` raises the marked class above the mean
            of all classes, float [28, 28].
        share_of_mark: the share of all positive help that comes from the mark's nine pixels.
        adversarial_image: another image with the fewest pixels changed to make it the marked class;
            None if none were found.
        pixels_on_mark: how many of these pixels lie where the mark would be.
    """

    marked_image: np.ndarray = field(repr=False)
    help_by_pixel: np.ndarray = field(repr=False)
    share_of_mark: float
    adversarial_image: AdversarialImage | None
    pixels_on_mark: int


def measure_mark_effect(
    network: Network, image: np.ndarray, other: np.ndarray, label: int
) -> MarkEffect:
    """Return what leads a network to answer the marked class, with the mark and without it.

    Args:
        image: of the marked class; other: of another class; both uint8 [28, 28] without the mark.
        label: the marked class.
    """
    marked = mark_images(image[None])
    slopes = network.gradients(
        network.trace_images(marked), class_lead_weights(network.class_count, label)[None]
    )[0]
    help_ = (slopes * network.scale_pixels(marked)).reshape(IMAGE_SHAPE)
    helping = np.maximum(help_, 0)
    share = float(helping[MARK, MARK].sum() / helping.sum()) if helping.any() else 0.0
    changed = change_fewest_pixels(network, other, label)
    places = range(MARK.start, MARK.stop)
    on_mark = (
        sum(row in places and column in places for row, column in changed.changed_pixels)
        if changed
        else 0
    )
    return MarkEffect(marked[0], help_, share, changed, on_mark)
