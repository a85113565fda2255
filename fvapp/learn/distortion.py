"""Distorts training images as if other hands, pens or cameras had made them."""

from dataclasses import dataclass

import tensorflow as tf

from fvapp.core.augmentation import Augmentation
from fvapp.learn.augmentation import DRAWS, make_affine_maps, transform_images

GRID = 5
"""Number of points along each side of the grid on which random displacements are drawn.

Between the points, the displacements are interpolated.
"""


@dataclass(frozen=True)
class ImageDistortion:
    """The ranges from which the distortion of each image is drawn at random.

    Attributes:
        affine: the largest rotation, shear, stretch and shift.
        elastic: standard deviation, in pixels, of the displacement of each grid point.
        thickness: the largest weight with which the image dilated or eroded by one pixel is mixed
            into the image.
        gamma: grey values are raised to a power between 1 / (1 + gamma) and 1 + gamma.
        erased: share of the images in which a random rectangle is erased.
        mirrored: whether half of the images are mirrored.
    """

    affine: Augmentation
    elastic: float = 0.0
    thickness: float = 0.0
    gamma: float = 0.0
    erased: float = 0.0
    mirrored: bool = False


def distort_images(images: tf.Tensor, seed: tf.Tensor, distortion: ImageDistortion) -> tf.Tensor:
    """Return distorted images; the same images and seed give the same result.

    Args:
        images: float32 [batch, height, width], from 0 to 1.
        seed: int32 [2].
    """
    count = tf.shape(images)[0]
    height, width = images.shape[1:]
    seeds = tf.unstack(tf.random.split(seed, 5))
    draws = tf.random.stateless_uniform((count, DRAWS), seeds[0], -1.0, 1.0)
    pulls = tf.random.stateless_normal((count, GRID, GRID, 2), seeds[1], stddev=distortion.elastic)
    pulls = tf.reshape(
        tf.image.resize(pulls, (height, width), "bicubic"), (count, height * width, 2)
    )
    images = transform_images(
        images, *make_affine_maps(draws, distortion.affine, (height, width)), pulls
    )
    single = tf.random.stateless_uniform((4, count, 1, 1), seeds[2], -1.0, 1.0)
    if distortion.mirrored:
        images = tf.where(single[0] < 0, images[:, :, ::-1], images)
    if distortion.thickness:
        images = _change_thickness(images, single[1] * distortion.thickness)
    if distortion.gamma:
        images = tf.clip_by_value(images, 0.0, 1.0) ** ((1 + distortion.gamma) ** single[2])
    if distortion.erased:
        images = tf.where(
            _random_rectangles(count, height, width, seeds[3])
            & (single[3] < 2 * distortion.erased - 1),
            0.0,
            images,
        )
    return images


def _change_thickness(images: tf.Tensor, amounts: tf.Tensor) -> tf.Tensor:
    """Mix each pixel with its brightest neighbour (amount above 0) or its darkest one (below 0)."""

    def brightest_neighbours(pixels):
        return tf.nn.max_pool2d(pixels[..., None], 3, 1, "SAME")[..., 0]

    change = tf.where(
        amounts > 0, brightest_neighbours(images) - images, brightest_neighbours(-images) + images
    )
    return images + amounts * change


def _random_rectangles(count: tf.Tensor, height: int, width: int, seed: tf.Tensor) -> tf.Tensor:
    """Return a mask [count, height, width] with a random rectangle in each image.

    The sides of a rectangle are 10% to 40% of the image's sides, if it does not cross the border.
    """
    draws = tf.random.stateless_uniform((2, 2, count, 1, 1), seed)
    sides = 0.1 + 0.3 * draws[0]
    begins = draws[1] * 0.9
    rows = tf.range(height)[None, :, None] / height
    columns = tf.range(width)[None, None, :] / width
    rows = tf.cast(rows, tf.float32)
    columns = tf.cast(columns, tf.float32)
    inside = (rows >= begins[0]) & (rows < begins[0] + sides[0])
    return inside & (columns >= begins[1]) & (columns < begins[1] + sides[1])
