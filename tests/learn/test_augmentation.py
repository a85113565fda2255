"""Varied training images, compared with SciPy's affine transform and with simple expectations."""

import numpy as np
import pytest
import tensorflow as tf
from scipy import ndimage

from fvapp.core.augmentation import AUGMENTATION, Augmentation
from fvapp.learn.augmentation import DRAWS, augment_images, make_affine_maps, transform_images

MIDDLE = np.array([13.5, 13.5])


@pytest.fixture(scope="module")
def images(dataset) -> np.ndarray:
    return dataset.x_train[:64].astype("float32") / 255


@pytest.mark.parametrize("jit_compile", [True, False])
def test_a_compiled_step_varies_every_image_differently_and_the_same_seed_repeats_it(
    images, jit_compile
):
    vary = tf.function(augment_images, jit_compile=jit_compile)
    same = np.repeat(images[:1], 8, axis=0)
    varied = vary(same, tf.constant([3, 7])).numpy()
    assert varied.shape == same.shape and varied.dtype == np.float32
    assert np.array_equal(varied, vary(same, tf.constant([3, 7])).numpy())
    assert not np.allclose(varied, vary(same, tf.constant([3, 8])).numpy(), atol=0.05)
    for one in range(8):
        for other in range(one):
            assert not np.allclose(varied[one], varied[other], atol=0.05)


def test_pixels_keep_their_range_and_an_image_most_of_its_ink_and_amounts_of_zero_change_nothing(
    images,
):
    varied = augment_images(images, tf.constant([1, 1])).numpy()
    assert varied.min() >= 0
    assert varied.max() <= 1
    assert varied.sum() == pytest.approx(images.sum(), rel=0.1)
    none = Augmentation(degrees=0, shear=0, stretch=0, shift=0)
    assert np.allclose(augment_images(images, tf.constant([1, 1]), none), images, atol=1e-5)


def test_the_sampling_is_that_of_scipy(images):
    draws = tf.constant(np.random.default_rng(0).uniform(-1, 1, (len(images), DRAWS)), tf.float32)
    matrices, shifts = (each.numpy() for each in make_affine_maps(draws, AUGMENTATION, (28, 28)))
    ours = transform_images(images, matrices, shifts).numpy()
    for image, matrix, shift, found in zip(images, matrices, shifts, ours, strict=True):
        expected = ndimage.affine_transform(
            image, matrix, MIDDLE + shift - matrix @ MIDDLE, order=1, mode="grid-constant"
        )
        assert np.allclose(found, expected, atol=1e-4)


def drawn(**amounts) -> np.ndarray:
    """Return an image of a dot, up and right of the middle, changed by the largest `amounts`."""
    image = np.zeros((1, 28, 28), "float32")
    image[0, 8, 21] = 1
    everything = {"degrees": 0, "shear": 0, "stretch": 0, "shift": 0} | amounts
    maps = make_affine_maps(tf.ones((1, DRAWS)), Augmentation(**everything), (28, 28))
    return transform_images(image, *maps).numpy()[0]


def position(image: np.ndarray) -> np.ndarray:
    return np.array(ndimage.center_of_mass(image)) - MIDDLE


def test_each_amount_does_what_its_name_says():
    start = np.array([8, 21]) - MIDDLE
    turned = position(drawn(degrees=30))
    assert np.hypot(*turned) == pytest.approx(np.hypot(*start), abs=0.5)
    cosine = turned @ start / (np.hypot(*turned) * np.hypot(*start))
    assert np.degrees(np.arccos(cosine)) == pytest.approx(30, abs=3)
    across = position(drawn(shear=0.5)) - start
    assert abs(across[0]) < 0.5 and abs(across[1]) == pytest.approx(0.5 * abs(start[0]), abs=0.5)
    assert np.abs(position(drawn(shift=0.1)) - start) == pytest.approx([2.8, 2.8], abs=0.3)
    assert position(drawn(stretch=0.25)) == pytest.approx(start / 1.25, abs=0.5)
