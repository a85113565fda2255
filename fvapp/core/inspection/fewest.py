"""Finds the fewest pixels that change an answer when they become pure black or white."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import scipy

from fvapp.core.activations import apply_activation
from fvapp.core.inspection.helping import logit_weights_for_class_lead
from fvapp.core.inspection.network import Network
from fvapp.core.stack import IMAGE_SHAPE

MOST_PIXELS = 60
"""Maximum number of pixels that the search changes before it gives up.

None of 800 test images needed more than 52 changed pixels to get a different answer.
"""

SHORTLIST = 32
"""Number of pixel changes to try at each step if trying all changes would be too slow.

Only the changes with the largest effect, as predicted by the gradient, are tried.
"""

ALL_BELOW = 200_000
"""If a dense network has fewer weights than this after its first layer, all changes are tried.

At each step, these are changes of any pixel to black or white. Classifying the 1,568 changed images
takes about 15 ms.
"""

BLACK = 0
WHITE = 255


@dataclass(frozen=True)
class AdversarialImage:
    """An image with some pixels changed so that the network gives another answer.

    Attributes:
        image: the changed image, uint8 [28, 28].
        changed_pixels: (row, column) of each changed pixel, in the order in which they were found.
        new_label: the class that the network predicts for the changed image.
        tried_every_pixel: whether every pixel was tried before each change, not just the most
            promising.
    """

    image: np.ndarray = field(repr=False)
    changed_pixels: tuple[tuple[int, int], ...]
    new_label: int
    tried_every_pixel: bool


def change_fewest_pixels(
    network: Network,
    image: np.ndarray,
    target: int | None = None,
    at_ink: bool = False,
    gives_up: Callable[[], bool] = lambda: False,
) -> AdversarialImage | None:
    """Change pixels one at a time, the most effective first, until the answer changes.

    Every pixel is tried in black and in white, and its effect is computed exactly, so if one pixel
    is enough, it is found. If more pixels are needed, this greedy search may miss a smaller set. In
    a convolutional or very wide network, only the pixels with the steepest slopes are tried.

    Args:
        image: uint8 [28, 28].
        target: the class that the network should answer; None for any class except its present
            answer.
        at_ink: whether to change only pixels that are ink or touch it; pixels whitened earlier
            count as ink.
        gives_up: called before each change of a pixel. If it returns True, the search is abandoned.

    Returns:
        The changed image, or None if `MOST_PIXELS` pixels are not enough, the search was abandoned,
        or the network has no other class.
    """
    label = network.predict_label(image)
    if network.class_count < 2 or label == target:
        return None

    quick = _is_small_dense_network(network)
    image = np.array(image, np.uint8)
    untouched = np.ones(IMAGE_SHAPE, bool)
    pixels: list[tuple[int, int]] = []
    while len(pixels) < MOST_PIXELS and not gives_up():
        near_ink = (
            scipy.ndimage.binary_dilation(image > 0, np.ones((3, 3), bool)) if at_ink else True
        )
        places, values = _candidate_pixel_changes(image, untouched & near_ink)
        if not len(places):
            return None
        if not quick:
            promise = _expected_lead_reductions(network, image, places, values, label, target)
            shortlist = np.argsort(-promise, kind="stable")[:SHORTLIST]
            places = places[shortlist]
            values = values[shortlist]
        logits = (_changed_pixel_logits_dense if quick else _changed_pixel_logits)(
            network, image, places, values
        )
        best = _target_margins(logits, label, target).argmax()
        row, column = divmod(int(places[best]), IMAGE_SHAPE[1])
        pixel = row, column
        image[pixel] = values[best]
        untouched[pixel] = False
        pixels.append(pixel)
        found = int(logits[best].argmax())
        if found == target or (target is None and found != label):
            return AdversarialImage(image, tuple(pixels), found, quick)

    return None


def invert_to_black_and_white(image: np.ndarray) -> np.ndarray:
    """Return an image with light pixels made black and dark pixels made white."""
    return np.where(image < 128, WHITE, BLACK).astype(np.uint8)


def images_with_more_changed_pixels(
    image: np.ndarray, changed: np.ndarray, places: Sequence[int]
) -> np.ndarray:
    """Return an image and copies of it; each copy has one more pixel from `changed`.

    Args:
        places: indices of the pixels in the flattened image.

    Returns:
        uint8 [1 + number of places, 28, 28].
    """
    images = np.repeat(image[None], 1 + len(places), axis=0)
    for number, place in enumerate(places, start=1):
        images.reshape(len(images), -1)[number:, place] = changed.flat[place]
    return images


def rank_pixels_by_slope(network: Network, image: np.ndarray, label: int) -> np.ndarray:
    """Return all pixel indices, starting with the pixel whose inversion should matter most."""
    values = invert_to_black_and_white(image).ravel()
    return np.argsort(
        -_expected_lead_reductions(network, image, np.arange(image.size), values, label, None),
        kind="stable",
    )


def logit_leads(logits: np.ndarray, label: int) -> list[float]:
    """Return how far the logit of a class is above the highest other logit, for each image."""
    return (-_target_margins(logits, label, None)).tolist()


def lead_share_removed_per_pixel(leads: Sequence[float]) -> list[float]:
    """Return the share of the initial logit lead that each changed pixel removed.

    A pixel that restores some of the lead reduces the shares of the pixels before it, starting with
    the latest. Once the lead is below 0, nothing is left to remove.
    """
    left = np.maximum(leads, 0)
    highest_later = np.maximum.accumulate(left[::-1])[::-1][1:]
    return (np.maximum(left[:-1] - highest_later, 0) / (left[0] or 1)).tolist()


def _changed_pixel_logits_dense(
    network: Network, image: np.ndarray, places: np.ndarray, values: np.ndarray
) -> np.ndarray:
    """Return the logits of an image with one pixel changed, for each of `places` in turn.

    A changed pixel shifts the sums of the first layer by a multiple of the pixel's weights, so the
    sums are updated instead of computed again.
    """
    first, *rest = network.weighted_steps
    sums = first.compute_sums(network.scale_pixels(image).reshape(-1))
    moves = (values.astype(np.float32) - image.flat[places]) / np.float32(network.pixel_scale)
    hidden = apply_activation(first.activation, sums + moves[:, None] * first.kernel[places])
    for step in rest:
        hidden = apply_activation(step.activation, step.compute_sums(hidden))
    return hidden


def _changed_pixel_logits(
    network: Network, image: np.ndarray, places: np.ndarray, values: np.ndarray
) -> np.ndarray:
    """Return the logits of an image with one pixel changed, for each of `places` in turn.

    The network may be of any kind.
    """
    images = np.repeat(image[None], len(places), axis=0)
    images.reshape(len(places), -1)[np.arange(len(places)), places] = values
    return network.logits(images)


def _expected_lead_reductions(
    network: Network,
    image: np.ndarray,
    places: np.ndarray,
    values: np.ndarray,
    label: int,
    target: int | None,
) -> np.ndarray:
    """Return how much each new pixel value should reduce the answer's lead, given the slopes."""
    trace = network.trace_images(image[None])
    sums = trace[-1].sums[0].copy()
    sums[label] = -np.inf
    towards = int(sums.argmax()) if target is None else target
    wanted = logit_weights_for_class_lead(network.class_count, towards, against=label)
    gradient = network.step_input_gradients(trace, wanted[None])[0].ravel()
    return gradient[places] * (values.astype(np.float32) - image.flat[places])


def _is_small_dense_network(network: Network) -> bool:
    if network.is_convolutional:
        return False
    return sum(step.kernel.size for step in network.weighted_steps[1:]) < ALL_BELOW


def _candidate_pixel_changes(image: np.ndarray, free: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return every possible change of one pixel to black or white: its index and its new value.

    Args:
        free: mask of the pixels that may be changed.
    """
    flat = image.ravel()
    places = np.flatnonzero(free)
    black = places[flat[places] != BLACK]
    white = places[flat[places] != WHITE]
    values = np.concatenate(
        [np.full(len(black), BLACK, np.uint8), np.full(len(white), WHITE, np.uint8)]
    )
    return np.concatenate([black, white]), values


def _target_margins(logits: np.ndarray, label: int, target: int | None) -> np.ndarray:
    """Return how far the wanted answer leads for each changed image; above 0 if it is the answer.

    With a target class, the result is the target's logit minus the highest other logit. Without a
    target, the result is the highest other logit minus the logit of `label`.
    """
    if target is None:
        return np.delete(logits, label, axis=1).max(axis=1) - logits[:, label]
    return logits[:, target] - np.delete(logits, target, axis=1).max(axis=1)
