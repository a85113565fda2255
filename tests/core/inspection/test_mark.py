"""The verdicts on networks that rely, or do not rely, on the mark in the images."""

import numpy as np

from fvapp.core.datasets.altering import add_white_mark_to_images
from fvapp.core.inspection.mark import measure_mark_effect
from fvapp.core.inspection.network import Network
from fvapp.core.layers.dense import Dense
from fvapp.core.layers.flatten import Flatten

BOOT = np.zeros((28, 28), np.uint8)
BOOT[10:20, 5:20] = 200
OTHER = np.zeros((28, 28), np.uint8)
OTHER[5:25, 12:16] = 200


def network(pixels: np.ndarray) -> Network:
    """Return a network that answers class 9 if these pixels are white, and otherwise class 0."""
    kernel = np.zeros((784, 10), np.float32)
    kernel[:, 9] = pixels.ravel()
    return Network((Flatten(), Dense(kernel, np.eye(10, dtype=np.float32)[0] * 4.5, "")), 255.0)


def test_a_network_that_reads_only_the_mark_relies_on_it_entirely():
    look = measure_mark_effect(
        network(add_white_mark_to_images(np.zeros((1, 28, 28), np.uint8))[0] > 0), BOOT, OTHER, 9
    )
    assert look.mark_help_share == 1.0 and (look.marked_image[1:4, 1:4] == 255).all()
    assert look.adversarial_image.new_label == 9
    assert len(look.adversarial_image.changed_pixels) == look.changed_pixels_on_mark == 5


def test_a_network_that_reads_the_boot_does_not_rely_on_the_mark():
    look = measure_mark_effect(network(BOOT > 0), BOOT, OTHER * 0, 9)
    assert look.mark_help_share == 0.0
    assert look.changed_pixels_on_mark == 0
    assert np.array_equal(look.help_by_pixel > 0, BOOT > 0)
