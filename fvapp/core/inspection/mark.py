"""Measures how much a network relies on a white mark that was added to one class's images."""

from dataclasses import dataclass, field

import numpy as np

from fvapp.core.datasets import MARK, add_white_mark_to_images
from fvapp.core.inspection.fewest import AdversarialImage, change_fewest_pixels
from fvapp.core.inspection.helping import logit_weights_for_class_lead
from fvapp.core.inspection.network import Network
from fvapp.core.stack import IMAGE_SHAPE


@dataclass(frozen=True)
class MarkEffect:
    """The degree to which a network relies on an image's white mark instead of other pixels.

    Attributes:
        marked_image: the image with the mark, uint8 [28, 28].
        help_by_pixel: how much each pixel of `marked_image` raises the marked class's logit above
            the mean logit, float [28, 28].
        mark_help_share: the share of all positive help that comes from the mark's nine pixels.
        adversarial_image: an image of another class with the fewest pixels changed so that the
            network answers the marked class; None if this was not achieved.
        changed_pixels_on_mark: how many of the changed pixels lie in the place of the white mark.
    """

    marked_image: np.ndarray = field(repr=False)
    help_by_pixel: np.ndarray = field(repr=False)
    mark_help_share: float
    adversarial_image: AdversarialImage | None
    changed_pixels_on_mark: int


def measure_mark_effect(
    network: Network, image: np.ndarray, other: np.ndarray, label: int
) -> MarkEffect:
    """Measure how much a network relies on the white mark when it recognises the marked class.

    Args:
        image: an image of the marked class; other: an image of another class. Both are uint8
            [28, 28] and without the mark.
        label: the marked class.
    """
    marked = add_white_mark_to_images(image[None])
    slopes = network.step_input_gradients(
        network.trace_images(marked), logit_weights_for_class_lead(network.class_count, label)[None]
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
