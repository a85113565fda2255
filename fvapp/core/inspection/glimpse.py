"""Takes a glimpse of a network while it learns: a few of its weights, rounded to a byte each."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fvapp.core.stack import IMAGE_SHAPE

ZERO = 128
"""The byte that stands for a weight of 0 in a picture of weights.

The bytes of the weights with the largest absolute value are 127 higher or lower.
"""

MOST_PICTURES = 16
MOST_DRAWN = 10  # maximum number of neurons per layer that a diagram shows
# Number of diagram lines from an image or feature maps to each neuron. Each line stands for a ninth
# of the pixels, from top to bottom.
BANDS = 9

# Divisor of a diagram line's strength: the largest initial weight has a third of full strength.
_STEEPNESS = 3.0


@dataclass(frozen=True)
class WeightGlimpse:
    """A few weights of a network, to be shown while it learns.

    Attributes:
        weight_pictures: uint8 [n, height, width], the weights of the first neurons or filters for
            each pixel; each picture has its own scale.
        line_strengths: uint8 [n], the strengths of the diagram's lines from bands of pixels or from
            neurons to the neurons of the next layer, in the order in which the lines are drawn.
    """

    weight_pictures: np.ndarray
    line_strengths: np.ndarray

    @property
    def nbytes(self) -> int:
        return self.weight_pictures.nbytes + self.line_strengths.nbytes


def neurons_to_draw(units: int) -> list[int]:
    """Return the indices of a layer's neurons that a diagram shows.

    If a layer has more than ten neurons, the diagram shows the first five and the last four, around
    a gap that stands for the rest.
    """
    if units <= MOST_DRAWN:
        return [*range(units)]
    gap = MOST_DRAWN // 2
    return [*range(gap), *range(units - MOST_DRAWN + gap + 1, units)]


def take_weight_glimpse(weights: Sequence[np.ndarray]) -> WeightGlimpse:
    """Return a few of a network's weights as one byte each, for pictures and a diagram.

    The network must have a Flatten layer.

    Args:
        weights: in the order of ``model.get_weights()``.
    """
    kernels = weights[::2]
    first = np.asarray(kernels[0][..., :MOST_PICTURES], np.float32)
    pictures = np.moveaxis(first, -1, 0).reshape(
        -1, *(first.shape[:2] if first.ndim == 4 else IMAGE_SHAPE)
    )
    # If training has diverged, the scale is nan and the picture stays blank.
    largest = np.abs(pictures).max(axis=(1, 2), keepdims=True)

    lines: list[np.ndarray] = []
    for kernel in kernels:
        if kernel.ndim != 2:
            continue
        columns = kernel[:, neurons_to_draw(kernel.shape[1])]
        if lines:
            rows = columns[neurons_to_draw(len(kernel))]
            spread = 1.0
        else:
            bands = np.array_split(columns, BANDS)
            rows = np.stack([band.mean(axis=0) for band in bands])
            spread = 3.0
        # Keras draws a layer's initial weights from ±sqrt(6 / sum(shape)). In a dense network with
        # 128 neurons, after five epochs, 5% of the weights exceed 2.2 times this limit, but 5% of
        # the mean weights of bands exceed only 0.66 times the limit. The second factor is about a
        # third of the first, so `spread` is 3 for bands.
        start = (6 / sum(kernel.shape)) ** 0.5 / spread
        lines.append(np.tanh(rows / (_STEEPNESS * start)).ravel())
    return WeightGlimpse(
        _shares_as_bytes(pictures / np.where(largest > 0, largest, np.inf)),
        _shares_as_bytes(np.concatenate(lines)),
    )


def _shares_as_bytes(shares: np.ndarray) -> np.ndarray:
    return np.rint(ZERO + 127 * np.nan_to_num(shares)).astype(np.uint8)
