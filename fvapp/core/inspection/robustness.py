"""Measures how accuracy changes when images are shifted, rotated, blurred or made noisy.

Six of the eight changes are linear in the pixels. If a network begins with a dense layer, a linear
change is applied to the first layer's weights instead of the images, which is faster. For other
networks, and for the two nonlinear changes, the images themselves are changed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import scipy

from fvapp.core.inspection.network import Network
from fvapp.core.stack import IMAGE_SHAPE
from fvapp.core.tables import read_toml_table

CHANGES: Mapping[str, Sequence[float]] = read_toml_table(__file__, "changes.toml")
"""Name of a way to change images, such as ``rotate`` -> the strengths with which it is applied."""

UNCHANGED: Mapping[str, float] = {
    name: 1 if name in ("scale", "contrast") else 0 for name in CHANGES
}
LINEAR = ("shift", "rotate", "scale", "blur", "contrast", "invert")
SAMPLE = 2_000
"""Number of test images on which a network with convolutions is measured.

The measured accuracy is precise to about 1 percentage point.
"""

NOISE_IMAGES = 1_000
"""Number of images after which the random noise repeats.

Generating noise for every image took two thirds of the time.
"""

_PIXELS = IMAGE_SHAPE[0] * IMAGE_SHAPE[1]


@dataclass(frozen=True)
class LinearImageChange:
    """A linear change of images: ``matrix @ pixels + offset``, where pixels range from 0 to 255."""

    matrix: scipy.sparse.csr_array
    offset: float = 0.0

    def apply_to_images(self, images: np.ndarray) -> np.ndarray:
        """Return the images after this change, uint8 [n, 28, 28]."""
        flat = np.asarray(images, np.float32).reshape(-1, _PIXELS)
        return _round_to_pixel_values((self.matrix @ flat.T).T + self.offset)

    def fold_change_into_network(self, network: Network) -> Network:
        """Return a network that answers unchanged images as `network` answers changed images.

        The first layer with weights must be dense.
        """
        place = next(place for place, step in enumerate(network.steps) if not step.only_reshapes)
        first = network.weighted_steps[0]
        bias = first.bias + first.kernel.sum(axis=0) * np.float32(self.offset / network.pixel_scale)
        folded = replace(
            first, kernel=np.ascontiguousarray(self.matrix.T @ first.kernel), bias=bias
        )
        return replace(network, steps=(*network.steps[:place], folded, *network.steps[place + 1 :]))


def make_linear_change(name: str, strength: float) -> LinearImageChange:
    """Return the linear change with this name and strength; ``LINEAR`` lists the names."""
    match name:
        case "shift" | "rotate" | "scale":
            return LinearImageChange(_warp_matrix(name, strength))
        case "blur":
            if not strength:
                return LinearImageChange(_identity_matrix())
            rows = scipy.ndimage.gaussian_filter1d(
                np.eye(IMAGE_SHAPE[0]), strength, axis=0, mode="constant"
            )
            both = np.kron(rows, rows)
            return LinearImageChange(scipy.sparse.csr_array(both, dtype=np.float32))
        case "contrast":
            return LinearImageChange(
                _identity_matrix() * np.float32(strength), 127.5 * (1 - strength)
            )
        case "invert":
            return LinearImageChange(
                _identity_matrix() * np.float32(1 - 2 * strength), 255.0 * strength
            )
    raise ValueError(name)


def change_images(images: np.ndarray, name: str, strength: float) -> np.ndarray:
    """Return images changed in one of the ways listed in ``CHANGES``, uint8 [n, 28, 28].

    Noise has the same random pattern at all strengths.
    """
    if name in LINEAR:
        return make_linear_change(name, strength).apply_to_images(images)
    if name == "noise":
        drawn = np.random.default_rng(0).standard_normal(
            (min(len(images), NOISE_IMAGES), *IMAGE_SHAPE), np.float32
        )
        noise = np.float32(strength) * drawn
        parts = range(0, max(1, len(images)), NOISE_IMAGES)
        some = (images[begin : begin + NOISE_IMAGES] for begin in parts)
        return np.concatenate(
            [_round_to_pixel_values(batch + noise[: len(batch)]) for batch in some]
        )
    changed = images
    for _ in range(round(abs(strength))):
        changed = _dilate_images(changed) if strength > 0 else 255 - _dilate_images(255 - changed)
    return changed


def stratified_sample(labels: np.ndarray, count: int) -> np.ndarray:
    """Return the sorted indices of a random sample of test images that keeps class proportions.

    The first images are not representative: a network classified 96.2% of MNIST's first 2,000 test
    images correctly, but 97.5% of all 10,000.
    """
    if count >= len(labels):
        return np.arange(len(labels))
    mixed = np.random.default_rng(0).permutation(len(labels))
    by_class = mixed[np.argsort(labels[mixed], kind="stable")]
    return np.sort(by_class[np.linspace(0, len(labels) - 1, count).round().astype(int)])


def _identity_matrix() -> scipy.sparse.csr_array:
    return scipy.sparse.csr_array(scipy.sparse.eye_array(_PIXELS, dtype=np.float32))


@cache  # computing one matrix takes 45 ms
def _warp_matrix(name: str, strength: float) -> scipy.sparse.csr_array:
    """Return the matrix that shifts, rotates or scales images around their centre.

    Interpolation is bilinear; pixels outside the image count as 0. Each column of the matrix is the
    changed image of a single white pixel.
    """
    turn = np.eye(2)
    shift = np.zeros(2)
    if name == "shift":
        shift[1] = strength
    elif name == "rotate":
        angle = np.deg2rad(strength)
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    else:
        turn /= strength
    centre = (np.array(IMAGE_SHAPE) - 1) / 2
    pixels = np.eye(_PIXELS, dtype=np.float32).reshape(-1, *IMAGE_SHAPE)
    # The first axis, which numbers the images, stays unchanged.
    matrix = scipy.linalg.block_diag(np.eye(1), turn)
    offset = (0, *(centre - turn @ (centre + shift)))
    drawn = scipy.ndimage.affine_transform(pixels, matrix, offset, order=1, mode="grid-constant")
    return scipy.sparse.csr_array(drawn.reshape(_PIXELS, _PIXELS).T)


def _dilate_images(images: np.ndarray) -> np.ndarray:
    """Return images in which each pixel is the maximum of itself and its four neighbours."""
    around = np.pad(images, ((0, 0), (1, 1), (1, 1)))
    across = np.maximum(around[:, 1:-1, :-2], around[:, 1:-1, 2:])
    down = np.maximum(around[:, :-2, 1:-1], around[:, 2:, 1:-1])
    return np.maximum(images, np.maximum(across, down))


def _round_to_pixel_values(pixels: np.ndarray) -> np.ndarray:
    return np.clip(np.rint(pixels), 0, 255).astype(np.uint8).reshape(-1, *IMAGE_SHAPE)
