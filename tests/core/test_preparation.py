"""Drawn digits become images like MNIST's, whatever their size, place and pen."""

import subprocess
import sys

import numpy as np
import pytest

from core.paper import DIGITS, difference, image_of, strokes_of
from fvapp.core.errors import BlankError
from fvapp.core.preparation import (
    Strokes,
    optional_preparation_step_names,
    prepare_drawing_or_photo,
)


def bounds(image: np.ndarray) -> tuple[int, int]:
    """Return the height and width of the part that is not black."""
    rows = np.flatnonzero(image.any(axis=1))
    columns = np.flatnonzero(image.any(axis=0))
    return int(rows[-1] - rows[0] + 1), int(columns[-1] - columns[0] + 1)


def centre_of_mass(image: np.ndarray) -> np.ndarray:
    middles = np.arange(28) + 0.5
    return np.array([image.sum(axis=0) @ middles, image.sum(axis=1) @ middles]) / image.sum()


@pytest.mark.parametrize("label", DIGITS)
def test_neither_size_nor_pen_nor_place_changes_the_image(label):
    small = image_of(strokes_of(label, 0.3 * 280, (190, 20), 10, 280))
    large = image_of(strokes_of(label, 0.9 * 280, (18, 20), 36, 280))
    assert difference(small, large) < 0.02


def test_a_digit_fills_the_box_and_lies_as_mnist_does_with_as_much_ink(mnist):
    theirs = np.mean([centre_of_mass(image.astype(float)) for image in mnist.x_train[:500]], axis=0)
    for label in DIGITS:
        image = image_of(strokes_of(label, 100, (100, 30), 14, 280))
        assert 20 <= max(bounds(image)) <= 21
        assert centre_of_mass(image.astype(float)) == pytest.approx(theirs, abs=0.15)
        low, high = np.percentile(mnist.x_train[mnist.y_train == label].mean(axis=(1, 2)), (2, 98))
        assert low < image_of(strokes_of(label, 150, (50, 50), 20, 280)).mean() < high


def test_a_dot_stays_small_and_a_line_stays_thin():
    dot = Strokes((np.array([[140.0, 140.0]]),), 20, 280)
    assert max(bounds(image_of(dot))) <= 4
    line = Strokes((np.array([[140.0, 20.0], [140.0, 260.0]]),), 20, 280)
    height, width = bounds(image_of(line))
    assert 20 <= height <= 21
    assert width <= 4


def test_a_drawing_outside_of_the_canvas_is_still_seen_unless_its_box_is_left_out():
    outside = Strokes((np.array([[400.0, 400.0], [500.0, 420.0]]),), 20, 280)
    assert image_of(outside).any()
    with pytest.raises(BlankError) as refused:
        prepare_drawing_or_photo(outside, "mnist", {"box", "centre"})
    assert refused.value.code == "blank_drawing"


def test_no_strokes_are_a_blank_drawing():
    for dataset in ("mnist", "fashion_mnist"):
        with pytest.raises(BlankError):
            prepare_drawing_or_photo(Strokes(()), dataset)


def test_without_any_step_the_network_sees_the_canvas_scaled_down():
    drawing = strokes_of(4, 90, (160, 150), 30, 280)
    plain = prepare_drawing_or_photo(
        drawing, "mnist", set(optional_preparation_step_names(Strokes, "mnist"))
    )
    first = plain.steps[0].picture_after_step
    scaled_down = first.reshape(28, 4, 28, 4).mean(axis=(1, 3))
    assert difference(plain.image, scaled_down) < 0.005


def test_drawing_digits_needs_no_scipy():
    code = "import sys, fvapp.core.preparation; sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
