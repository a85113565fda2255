"""The few weights, one byte each, that a page receives for its first neurons and its diagram."""

import numpy as np

from fvapp.core.inspection.glimpse import (
    BANDS,
    MOST_PICTURES,
    ZERO,
    neurons_to_draw,
    take_weight_glimpse,
)
from fvapp.core.settings import RunSettings
from random_networks import random_weights

DENSE = RunSettings(hidden=(128,))


def signs(values) -> np.ndarray:
    return np.sign(np.asarray(values, np.int16) - ZERO)


WEIGHTS = random_weights(DENSE, 1)


def test_pictures_are_the_weights_of_the_first_neurons_each_by_its_largest():
    pictures = take_weight_glimpse(WEIGHTS).weight_pictures.astype(float) - ZERO
    assert pictures.shape == (MOST_PICTURES, 28, 28)
    for n, picture in enumerate(pictures):
        kernel = WEIGHTS[0][:, n].reshape(28, 28)
        assert np.allclose(picture / 127, kernel / np.abs(kernel).max(), atol=0.005)


def test_lines_have_the_sign_of_the_mean_of_their_band_and_of_the_weight_between_two_neurons():
    hidden = neurons_to_draw(128)
    lines = take_weight_glimpse(WEIGHTS).line_strengths
    first = lines[: BANDS * len(hidden)].reshape(BANDS, -1)
    second = lines[BANDS * len(hidden) :].reshape(-1, 10)
    top = WEIGHTS[0][: len(WEIGHTS[0]) // BANDS + 1, hidden].mean(axis=0)
    # A line's byte is 127 * tanh(weight / scale) above `ZERO`, where the scale is sqrt(6 / 912) for
    # the means of bands and 3 * sqrt(6 / 138) for weights. If this rounds to 0, the byte has no
    # sign: for means below 0.00032 (0.5 / 127 of the scale) and for weights below 0.0025.
    clear = np.abs(top) > 0.0005
    assert np.array_equal(signs(first[0])[clear], np.sign(top)[clear]) and clear.sum() > 5
    strong = np.abs(WEIGHTS[2][hidden]) > 0.0026
    assert np.array_equal(signs(second)[strong], np.sign(WEIGHTS[2][hidden])[strong])


def test_a_larger_weight_has_a_thicker_line():
    before = take_weight_glimpse(WEIGHTS).line_strengths.astype(int)
    after = take_weight_glimpse([2 * weight for weight in WEIGHTS]).line_strengths.astype(int)
    assert (abs(after - ZERO) >= abs(before - ZERO)).all()
    assert abs(after - ZERO).sum() > 1.5 * abs(before - ZERO).sum()


def test_nan_weights_are_drawn_as_zero():
    weights = [np.full_like(weight, np.nan) for weight in WEIGHTS]
    glimpse = take_weight_glimpse(weights)
    assert (glimpse.weight_pictures == ZERO).all() and (glimpse.line_strengths == ZERO).all()
