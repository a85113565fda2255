"""The tool One step: its losses, slopes and steps in NumPy, and the pitfalls of showing them."""

from dataclasses import replace

import numpy as np
import pytest

from fvapp.core.answers import softmax_shares
from fvapp.core.errors import ModelError
from fvapp.core.inspection import learning
from fvapp.core.inspection.network import Network
from random_networks import random_network

WIDTHS = {"none": (), "one": (16,), "two": (12, 9)}


def pictures(count: int, seed: int = 1) -> np.ndarray:
    """Return images in which two thirds of the pixels are black."""
    generator = np.random.default_rng(seed)
    return (
        generator.integers(1, 256, (count, 28, 28)) * (generator.random((count, 28, 28)) < 0.33)
    ).astype(np.uint8)


IMAGE = pictures(1)
OTHERS = pictures(40, 2)
LABEL = np.array([3])
LABELS = np.arange(40) % 10


def weights_of(network: Network) -> list[np.ndarray]:
    return [array.copy() for step in network.weighted_steps for array in (step.kernel, step.bias)]


@pytest.mark.parametrize("widths", WIDTHS.values(), ids=WIDTHS)
def test_a_step_leaves_the_network_as_it_was(widths):
    # All visitors share the engine's networks, so a step must not change them.
    network = random_network(hidden=widths)
    images = OTHERS[:32]
    learning.require_teachable_network(network, 10)
    before = weights_of(network)
    learning.network_after_step(network, network.trace_images(images), LABELS[:32], 0.1)
    learning.train_on_one_image(network, IMAGE[0], 3, 0.01, network.scale_pixels(OTHERS), 0.99, 100)
    learning.try_learning_rates(
        network, network.trace_images(images), LABELS[:32], network.scale_pixels(OTHERS), LABELS
    )
    learning.learn_images_once(network, images, LABELS[:32], 0.1, 1)
    for was, now in zip(before, weights_of(network), strict=True):
        np.testing.assert_array_equal(was, now)


@pytest.mark.parametrize("widths", WIDTHS.values(), ids=WIDTHS)
def test_practising_by_the_shortcut_equals_practising_step_by_step(widths):
    network = random_network(hidden=widths)
    pixels = network.scale_pixels(OTHERS)
    plain = learning.copy_network(network)
    for share, answers in zip(
        *learning.train_on_one_image(network, IMAGE[0], 3, 0.01, pixels, 0.99, 30), strict=True
    ):
        trace = plain.trace_images(IMAGE)
        assert share == pytest.approx(softmax_shares(trace[-1].sums)[0, 3], abs=1e-6)
        np.testing.assert_array_equal(answers, plain.trace_pixels(pixels)[-1].sums.argmax(axis=1))
        learning.take_gradient_step(plain, trace, LABEL, 0.01)


def test_practising_a_known_image_takes_no_step_and_gives_up_on_one_that_is_not_learned():
    network = random_network(hidden=(16,))
    known, answers = learning.train_on_one_image(
        network, IMAGE[0], 3, 1.0, network.scale_pixels(OTHERS), 0.0, 100
    )
    assert known.shape == (1,) and answers.shape == (1, 40)
    slow, _ = learning.train_on_one_image(
        network, IMAGE[0], 3, 1e-6, network.scale_pixels(OTHERS), 0.99, 12
    )
    assert slow.shape == (13,) and slow[-1] < 0.99


@pytest.mark.parametrize("widths", WIDTHS.values(), ids=WIDTHS)
def test_losses_along_the_line_of_learning_rates_equal_those_after_real_steps(widths):
    network = random_network(hidden=widths)
    images = OTHERS[:32]
    labels = LABELS[:32]
    trace = network.trace_images(images)
    pixels = network.scale_pixels(OTHERS)
    rates, mean, rest = learning.try_learning_rates(network, trace, labels, pixels, LABELS, count=9)
    for rate, own, others in zip(rates, mean, rest, strict=True):
        after = learning.network_after_step(network, trace, labels, rate)
        assert own == pytest.approx(
            learning.cross_entropy(after.trace_images(images)[-1].sums, labels).mean(), abs=1e-5
        )
        assert others == pytest.approx(
            learning.cross_entropy(after.trace_pixels(pixels)[-1].sums, LABELS).mean(), abs=1e-5
        )
    # The offered learning rates end just beyond the first rate that makes the loss worse than
    # before the step. A network without a hidden layer learns these 32 unrelated images at any
    # rate.
    assert mean[0] > mean.min()
    assert mean[-1] > mean[0] if widths else rates[-1] > learning.HIGHEST_RATE


def test_shifting_a_weight_by_many_amounts_at_once_equals_shifting_it_one_by_one():
    network = random_network(hidden=(16,))
    shifts = np.array([-1.0, 0.0, 0.5])
    trace = network.trace_images(OTHERS)
    logits = learning.logits_with_shifted_weight(trace, 2, 4, 7, shifts)
    for at, shift in enumerate(shifts):
        kernel = network.last_step.kernel.copy()
        kernel[4, 7] += shift
        moved = replace(
            network, steps=(*network.steps[:-1], replace(network.last_step, kernel=kernel))
        )
        np.testing.assert_allclose(logits[:, at], moved.trace_images(OTHERS)[-1].sums, atol=1e-5)


def test_losses_are_finite_where_a_share_is_zero():
    logits = np.array([[1_000.0, 0, 0], [0, 0, 0]], np.float32)
    np.testing.assert_allclose(
        learning.cross_entropy(logits, np.array([1, 2])), [1_000, np.log(3)], rtol=1e-6
    )


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ({"normalisation": False}, "learning_raw_pixels"),
        ({"output_units": 5}, "learning_outputs"),
        ({"hidden": (700,)}, "learning_wide"),
        ({"network": "cnn"}, "learning_convolutional"),
    ],
)
def test_networks_that_cannot_be_taught_raise_a_named_error(kind, code):
    with pytest.raises(ModelError) as caught:
        learning.require_teachable_network(random_network(**kind), 10)
    assert caught.value.code == code
