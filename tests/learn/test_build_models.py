"""``build models`` on a few hundred images: the same code that makes the models that ship."""

import json
import subprocess
import sys
from dataclasses import replace

import keras
import numpy as np
import pytest
import tensorflow as tf

from fvapp.__main__ import main
from fvapp.build.examples import PEN_DIGITS, clothes_examples, digit_examples, read_pen_digits
from fvapp.build.strangers import FIGURES, noise, strange_strokes
from fvapp.core.augmentation import Augmentation
from fvapp.core.inspection.answering import read_shipped
from fvapp.learn.distortion import Distortion, distort

LETTERS = set("AEFHKMNRTWX")


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Return a data folder as the command wants it, with three kinds of pen digits."""
    folder = tmp_path_factory.mktemp("data")
    hand = np.random.default_rng(2)
    circle = [[np.cos(a), np.sin(a)] for a in np.linspace(0, 2 * np.pi, 30)]
    shapes = {0: [circle], 1: [[[-0.3, -0.7], [0, -1], [0, 1]]], 7: [[[-1, -1], [1, -1], [0, 1]]]}
    rows = [
        {
            "label": label,
            "writer": writer,
            "strokes": [(250 + 150 * (np.array(s) + hand.normal(0, 0.05, np.shape(s)))).tolist() for s in strokes],
        }
        for writer in range(8)
        for label, strokes in shapes.items()
    ]
    (folder / PEN_DIGITS).write_text(json.dumps(rows))
    return folder


@pytest.mark.long
def test_the_command_writes_both_models_and_what_it_did(data, tmp_path):
    # In a process of its own, because it gives itself a low priority.
    words = ["build", "models", str(data), "--images", "500", "--epochs", "1", "--out", str(tmp_path)]
    ended = subprocess.run([sys.executable, "-m", "fvapp", *words], capture_output=True, text=True, timeout=600)
    assert ended.returncode == 0, ended.stderr
    assert "mnist" in ended.stdout
    for name in ("mnist", "fashion_mnist"):
        about = json.loads((tmp_path / f"{name}.json").read_bytes())
        assert {stage["epochs"] for stage in about["recipe"]["stages"]} == {1}
        assert set(about["sha256"]) == {"mnist", "fashion_mnist", PEN_DIGITS}
        assert read_shipped(tmp_path, name).network.logits(np.zeros((2, 28, 28), np.uint8)).shape == (2, 10)
        model = keras.models.load_model(tmp_path / f"{name}.keras", compile=False)
        assert (tmp_path / f"{name}.keras").stat().st_size < 2_000_000
        assert about["parameters"] == model.count_params()


def test_a_folder_without_the_data_is_one_sentence_and_status_2(tmp_path, capsys):
    assert main(["build", "models", str(tmp_path)]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


@pytest.fixture(scope="module")
def small(mnist, fashion):
    """Return the beginnings of both data sets."""
    return {
        each.name: replace(each, x_train=each.x_train[:100], y_train=each.y_train[:100]) for each in (mnist, fashion)
    }


def test_digits_of_writers_held_out_are_not_trained_on_and_the_same_seed_makes_the_same_examples(data, small):
    pens = read_pen_digits(data / PEN_DIGITS)
    examples = digit_examples(small["mnist"], small["fashion_mnist"], pens, 20, 1)
    kept, kept_labels = examples.held_out["pen_digits"]
    assert len(kept) == 9 and sorted(set(kept_labels)) == [0, 1, 7]
    rendered = {image.tobytes() for image in examples.images[90:105]}
    assert len(rendered) == 15 and not rendered & {image.tobytes() for image in kept}
    assert len(examples.images) == len(examples.labels) == 90 + 3 * 15 + 5 and len(examples.strange) == 20
    same, other = (digit_examples(small["mnist"], small["fashion_mnist"], pens, 20, seed) for seed in (1, 2))
    assert np.array_equal(examples.images, same.images) and np.array_equal(examples.strange, same.strange)
    assert not np.array_equal(examples.images, other.images)


def test_the_images_held_out_are_the_last_of_the_training_set(small):
    examples = clothes_examples(small["fashion_mnist"], small["mnist"], 20, 1)
    kept, labels = examples.held_out["fashion_mnist"]
    assert np.array_equal(kept, small["fashion_mnist"].x_train[-10:])
    assert np.array_equal(labels, small["fashion_mnist"].y_train[-10:])
    assert len(examples.images) == 90 and len(examples.strange) == 20


def test_strange_drawings_are_on_the_canvas_no_letter_that_is_measured_and_noise_is_an_image():
    assert not LETTERS & set(FIGURES)
    rng = np.random.default_rng(3)
    for drawing in strange_strokes(40, rng):
        points = np.concatenate(drawing.strokes)
        assert points.min() >= 0 and points.max() <= drawing.size
    images = [noise(rng) for _ in range(20)]
    assert all(image.shape == (28, 28) and image.dtype == np.uint8 and image.any() for image in images)


def test_every_kind_of_distortion_changes_something_and_the_thickness_makes_strokes_wider_or_thinner(dataset):
    images = tf.constant(dataset.x_train[:64] / np.float32(255))
    still = Augmentation(degrees=0, shear=0, stretch=0, shift=0)
    seed = tf.constant([1, 2])
    assert np.allclose(distort(images, seed, Distortion(still)), images, atol=1e-5)
    kinds = ({"elastic": 1.0}, {"thickness": 0.5}, {"gamma": 0.5}, {"erased": 1.0}, {"mirrored": True})
    for kind in kinds:
        varied = distort(images, seed, Distortion(still, **kind)).numpy()
        assert varied.min() >= -1e-6 and varied.max() <= 1 + 1e-6
        assert not np.allclose(varied, images, atol=0.05), kind
        assert np.array_equal(varied, distort(images, seed, Distortion(still, **kind)).numpy())
    ink = distort(images, seed, Distortion(still, thickness=0.8)).numpy().sum(axis=(1, 2))
    before = images.numpy().sum(axis=(1, 2))
    assert (ink > 1.01 * before).any() and (ink < 0.99 * before).any()
