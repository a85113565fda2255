"""How values flow through a network, forwards and backwards, and what can be read from them."""

import numpy as np
import pytest
from scipy import ndimage
from scipy.special import softmax

from fvapp.core.answers import softmax_shares, softmax_steps
from fvapp.core.inspection.covering import cover_each_pixel, log_odds, occlusion_map
from fvapp.core.inspection.decoding import network_of_run
from fvapp.core.inspection.helping import (
    filter_help_by_place,
    first_hidden_step,
    rank_units,
    signed_feature_maps,
    weight_change_pictures,
    weight_pictures,
    weighted_pixel_pictures,
)
from fvapp.core.inspection.network import logits_of_networks
from fvapp.core.inspection.neuron import unflattened_input_shape, write_out_sum
from fvapp.core.layers.conv2d import Convolution
from fvapp.core.layers.max_pooling2d import Pooling
from fvapp.core.settings import RunSettings
from random_networks import random_images, random_network, random_weights
from refusal import refused

KINDS = [{"hidden": ()}, {"hidden": (7,)}, {"hidden": (12, 9)}, {"network": "cnn"}]


def test_of_equal_numbers_the_first_has_the_gradient_of_the_largest():
    pooling = Pooling(2)
    inputs = np.zeros((1, 5, 4, 1), np.float32)
    found = pooling.input_gradient(inputs, np.ones((1, 2, 2, 1), np.float32))[0, ..., 0]
    expected = np.zeros((5, 4))
    expected[::2, ::2][:2] = 1
    assert np.array_equal(found, expected)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_any_number_of_images_gives_the_logits_of_each_alone(kind):
    network = random_network(**kind)
    images = random_images(7)
    alone = np.concatenate([network.logits(image[None]) for image in images])
    assert np.allclose(network.logits(images), alone, atol=1e-5)
    assert network.logits(images[:0]).shape == (0, 10)
    assert np.allclose(
        network.last_step_inputs(images) @ network.last_step.kernel + network.last_step.bias,
        alone,
        atol=1e-5,
    )


def test_networks_evaluated_together_answer_as_each_does_alone():
    networks = [
        random_network(seed=1),
        random_network(seed=2),
        random_network(seed=3, normalisation=False),
    ]
    images = random_images(7)
    for network, together in zip(networks, logits_of_networks(networks, images), strict=True):
        assert np.array_equal(together, network.logits(images))


def test_weights_of_another_network_are_refused_and_nan_weights_are_noticed():
    settings = RunSettings()
    weights = random_weights(settings)
    for wrong in (weights[:-1], weights[:-2], [*weights, weights[0]], weights[::-1], []):
        with refused("model_other_weights"):
            network_of_run(settings, wrong)
    flat = RunSettings(flatten=False)
    with refused("model_other_weights"):
        network_of_run(flat, random_weights(flat))
    assert not network_of_run(settings, weights).has_diverged
    weights[1] = np.full_like(weights[1], np.nan)
    assert network_of_run(settings, weights).has_diverged


def test_the_inputs_of_a_dense_layer_lie_as_they_did_before_they_became_a_row():
    trace = random_network(hidden=(12, 9)).trace_images(random_images(1))
    assert [unflattened_input_shape(trace, place) for place in (1, 2, 3)] == [
        (28, 28, 1),
        (12,),
        (9,),
    ]
    trace = random_network(network="cnn").trace_images(random_images(1))
    last = len(trace) - 1
    shape = unflattened_input_shape(trace, last)
    largest = write_out_sum(trace[last], 3).largest_products[0]
    row, column, channel = np.unravel_index(largest.input_place[0], shape)
    assert largest.input == pytest.approx(float(trace[last - 2].values[0, row, column, channel]))


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("padding", ["valid", "same"])
def test_the_window_of_a_place_begins_at_its_corner(stride, padding):
    step = Convolution(
        np.zeros((3, 3, 1, 2), np.float32), np.zeros(2, np.float32), "", stride, padding
    )
    inputs = np.random.default_rng(0).random((1, 9, 8, 1)).astype(np.float32)
    windows = step.input_windows(inputs)[0, ..., 0]
    padded = np.pad(inputs[0, ..., 0], 3)
    for row, column in np.ndindex(windows.shape[:2]):
        top, left = step.window_top_left(inputs.shape, row, column)
        assert np.array_equal(windows[row, column], padded[top + 3 : top + 6, left + 3 : left + 6])


def test_the_sum_of_an_empty_image_is_the_bias_alone():
    trace = random_network().trace_images(np.zeros((1, 28, 28), np.uint8))
    written = write_out_sum(trace[1], 0)
    assert written.largest_products == ()
    assert written.other_product_count == 0
    assert written.total == pytest.approx(written.bias)


def test_the_help_of_the_last_hidden_neurons_adds_up_to_what_the_class_is_ahead():
    network = random_network(hidden=(20,))
    trace = network.trace_images(random_images(1, 2))
    sums = trace[-1].sums[0]
    label = int(sums.argmax())
    helping = rank_units(network, trace, label, first_hidden_step(network))
    bias = network.last_step.bias[label] - network.last_step.bias.mean()
    assert helping.help_by_unit.sum() + bias == pytest.approx(sums[label] - sums.mean(), abs=1e-4)
    hidden = trace[1].values[0]
    expected = hidden * (network.last_step.kernel[:, label] - network.last_step.kernel.mean(axis=1))
    assert np.allclose(helping.help_by_unit, expected, atol=1e-5)
    assert helping.firing_count == (hidden > 0).sum()
    assert list(helping.units_by_help) == sorted(
        range(20), key=lambda unit: -helping.help_by_unit[unit]
    )
    assert (
        0
        < helping.help_share_of_top_units(1)
        <= helping.help_share_of_top_units(5)
        <= helping.help_share_of_top_units(20)
        == pytest.approx(1)
    )


def test_the_maps_that_help_add_up_over_their_places_and_signed_ones_are_0_on_an_empty_image():
    network = random_network(network="cnn")
    trace = network.trace_images(random_images(1))
    by_place = filter_help_by_place(network, trace, 5, 3)
    assert by_place.shape == (5, 5, 64)
    helping = rank_units(network, trace, 5, 3)
    assert np.allclose(by_place.sum(axis=(0, 1)), helping.help_by_unit, atol=1e-5)
    sums = trace[-1].sums[0]
    ahead = sums[5] - sums.mean() - network.last_step.bias[5] + network.last_step.bias.mean()
    assert by_place.sum() == pytest.approx(ahead, abs=1e-3)
    image = np.zeros((1, 28, 28), np.uint8)
    image[0, :5, :5] = 200
    maps = signed_feature_maps(network.trace_images(image)[0])
    assert maps.shape == (32, 26, 26) and np.allclose(maps[:, 8:, 8:], 0, atol=1e-6)
    assert np.abs(maps[:, :4, :4]).max() > 0.1


def test_products_sum_up_to_the_neurons_sum_and_lie_on_the_ink():
    network = random_network(hidden=(6,))
    image = random_images(1)[0]
    pictures = weighted_pixel_pictures(network, image)
    assert np.allclose(
        pictures.sum(axis=(1, 2)) + network.weighted_steps[0].bias,
        network.trace_images(image[None])[1].sums[0],
        atol=1e-4,
    )
    assert not pictures[:, image == 0].any()


def test_what_training_changed_is_smoothed_as_scipy_does_and_raw_on_request():
    settings = RunSettings(hidden=(4,))
    start = random_weights(settings, 1)
    now = random_weights(settings, 2)
    first = network_of_run(settings, now).weighted_steps[0]
    raw = weight_change_pictures(first.kernel, start[0], smoothed=0)
    assert np.allclose(raw, weight_pictures(first.kernel) - start[0].T.reshape(-1, 28, 28))
    smooth = weight_change_pictures(first.kernel, start[0])
    assert np.allclose(smooth[2], ndimage.gaussian_filter(raw[2], 0.6), atol=1e-6)


def test_softmax_in_three_steps_is_softmax_at_the_temperature_and_log_odds_are_those_of_shares():
    sums = np.random.default_rng(0).normal(0, 5, 10)
    for temperature in (0.5, 1.0, 2.3):
        steps = softmax_steps(sums, temperature)
        assert np.allclose(steps.shares, softmax(sums / temperature))
        assert steps.exponentials.max() == 1 and steps.shares.sum() == pytest.approx(1)
    assert np.isfinite(softmax_steps(sums * 1e6, 1.0).shares).all()
    logits = np.random.default_rng(0).normal(0, 2, (6, 10))
    parts = softmax_shares(logits)
    assert np.allclose(log_odds(logits, 3), np.log(parts[:, 3] / (1 - parts[:, 3])))
    assert np.allclose(log_odds(logits, 3, 8), np.log(parts[:, 3] / parts[:, 8]))


def test_occlusion_is_what_covering_each_place_by_hand_gives_and_nothing_on_an_empty_image():
    network = random_network(network="cnn")
    image = random_images(1)[0]
    covered, which = cover_each_pixel(image)
    found = occlusion_map(network.logits(covered), which, 2)
    before = log_odds(network.logits(image[None]), 2)[0]
    for row, column in ((0, 0), (5, 9), (14, 14), (12, 20), (27, 27)):
        by_hand = image.copy()
        by_hand[max(0, row - 3) : row + 4, max(0, column - 3) : column + 4] = 0
        expected = before - log_odds(network.logits(by_hand[None]), 2)[0]
        assert found[row, column] == pytest.approx(expected, abs=1e-4)
    assert len(covered) < 784
    covered, which = cover_each_pixel(np.zeros((28, 28), np.uint8))
    assert len(covered) == 1
    assert not which.any()
    assert not occlusion_map(network.logits(covered), which, 0).any()
