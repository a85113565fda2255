"""``build models`` on a few hundred images, with the code that makes the models that ship."""

import json
import subprocess
import sys
from dataclasses import replace

import keras
import numpy as np
import pytest

from fvapp.__main__ import main
from fvapp.build.examples import PEN_DIGITS, make_digit_examples, read_pen_digits
from fvapp.build.strangers import FIGURES, LETTERS
from fvapp.core.inspection.answering import read_shipped_model


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Return a folder with the data that the command needs: pen digits of three kinds."""
    folder = tmp_path_factory.mktemp("data")
    hand = np.random.default_rng(2)
    circle = [[np.cos(a), np.sin(a)] for a in np.linspace(0, 2 * np.pi, 30)]
    shapes = {0: [circle], 1: [[[-0.3, -0.7], [0, -1], [0, 1]]], 7: [[[-1, -1], [1, -1], [0, 1]]]}
    rows = [
        {
            "label": label,
            "writer": writer,
            "strokes": [
                (250 + 150 * (np.array(s) + hand.normal(0, 0.05, np.shape(s)))).tolist()
                for s in strokes
            ],
        }
        for writer in range(8)
        for label, strokes in shapes.items()
    ]
    (folder / PEN_DIGITS).write_text(json.dumps(rows))
    return folder


@pytest.mark.long
def test_the_command_writes_both_models_and_what_it_did(data, tmp_path):
    # The command lowers its own priority, so it runs in another process.
    words = [
        "build",
        "models",
        str(data),
        "--images",
        "500",
        "--epochs",
        "1",
        "--out",
        str(tmp_path),
    ]
    ended = subprocess.run(
        [sys.executable, "-m", "fvapp", *words], capture_output=True, text=True, timeout=600
    )
    assert ended.returncode == 0, ended.stderr
    assert "mnist" in ended.stdout
    for name in ("mnist", "fashion_mnist"):
        about = json.loads((tmp_path / f"{name}.json").read_bytes())
        assert {stage["epochs"] for stage in about["recipe"]["stages"]} == {1}
        assert set(about["sha256"]) == {"mnist", "fashion_mnist", PEN_DIGITS}
        assert read_shipped_model(tmp_path, name).network.logits(
            np.zeros((2, 28, 28), np.uint8)
        ).shape == (2, 10)
        model = keras.models.load_model(tmp_path / f"{name}.keras", compile=False)
        assert (tmp_path / f"{name}.keras").stat().st_size < 2_000_000
        assert about["parameters"] == model.count_params()


def test_a_folder_without_the_data_is_one_sentence_and_status_2(tmp_path, capsys):
    assert main(["build", "models", str(tmp_path)]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


@pytest.fixture(scope="module")
def small(mnist, fashion):
    """Return both data sets with their first 100 training images only."""
    return {
        each.name: replace(each, x_train=each.x_train[:100], y_train=each.y_train[:100])
        for each in (mnist, fashion)
    }


def test_digits_of_writers_held_out_are_not_trained_on_and_the_same_seed_makes_the_same_examples(
    data, small
):
    pens = read_pen_digits(data / PEN_DIGITS)
    examples = make_digit_examples(small["mnist"], small["fashion_mnist"], pens, 20, 1)
    kept, kept_labels = examples.held_out_by_source["pen_digits"]
    assert len(kept) == 9 and sorted(set(kept_labels)) == [0, 1, 7]
    rendered = {image.tobytes() for image in examples.images[90:105]}
    assert len(rendered) == 15 and not rendered & {image.tobytes() for image in kept}
    assert len(examples.images) == len(examples.labels) == 90 + 3 * 15 + 5
    assert len(examples.strange_images) == 20
    same, other = (
        make_digit_examples(small["mnist"], small["fashion_mnist"], pens, 20, seed)
        for seed in (1, 2)
    )
    assert np.array_equal(examples.images, same.images)
    assert np.array_equal(examples.strange_images, same.strange_images)
    assert not np.array_equal(examples.images, other.images)
    assert not set(LETTERS) & set(FIGURES)
