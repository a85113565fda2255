"""The shipped models load, recognise images of their data sets, and doubt other images."""

import json

import keras
import numpy as np
import pytest

from fvapp.build.wardrobe import HANDS, THINGS, draw_wardrobe_row
from fvapp.core.datasets import PICTURED, load_dataset
from fvapp.core.errors import DatasetError, ModelError
from fvapp.core.inspection.answering import (
    answer_images,
    class_evidence,
    load_shipped_model,
    read_shipped_model,
)
from fvapp.core.places import SHIPPED_MODELS, AppFolders
from fvapp.core.preparation import prepare_drawing_or_photo
from fvapp.core.preparation.brushes import BRUSHES
from fvapp.core.results.calibration import calibration_error
from fvapp.learn.shipped import compile_feature_function

MOST_BYTES = 2_000_000


def answer_shipped(name: str, images: np.ndarray):
    shipped = load_shipped_model(name)
    return answer_images(shipped.network, images, name)


@pytest.fixture(scope="module", params=PICTURED)
def name(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def test_images(name, home):
    """Return the first 1,000 test images and their labels."""
    dataset = load_dataset(name, AppFolders(home))
    return dataset.x_test[:1_000], dataset.y_test[:1_000]


def test_the_files_are_small_without_an_optimizer_and_the_json_says_how_they_were_made(name):
    file = SHIPPED_MODELS / f"{name}.keras"
    assert file.stat().st_size < MOST_BYTES
    model = keras.models.load_model(file)
    assert getattr(model, "optimizer", None) is None
    assert file.stat().st_size < 4.2 * model.count_params() + 100_000
    about = json.loads((SHIPPED_MODELS / f"{name}.json").read_text(encoding="utf-8"))
    assert about["dataset"] == name
    assert {
        "recipe",
        "sha256",
        "images",
        "versions",
        "date",
        "temperature",
        "doubt",
        "test_accuracy",
    } <= set(about)
    assert {"seed", "stages", "batch_size"} <= set(about["recipe"])
    assert all(stage["epochs"] > 0 for stage in about["recipe"]["stages"])
    assert all(len(checksum) == 64 for checksum in about["sha256"].values())
    assert about["parameters"] == model.count_params()


def test_test_images_are_recognised_believed_and_not_thought_strange(name, test_images):
    images, labels = test_images
    answers = answer_shipped(name, images)
    accuracy = np.mean([answer.predicted_label for answer in answers] == labels)
    assert accuracy > {"mnist": 0.985, "fashion_mnist": 0.91}[name]
    assert np.mean([answer.is_unlike_training for answer in answers]) < 0.05
    shares = np.array([answer.probabilities for answer in answers])
    assert calibration_error(shares, labels) < 0.03


def test_clothes_and_noise_are_no_digits_and_digits_and_noise_are_no_clothes(home):
    places = AppFolders(home)
    noise = np.random.default_rng(5).integers(0, 256, (50, 28, 28), dtype=np.uint8)
    for name, other in (("mnist", "fashion_mnist"), ("fashion_mnist", "mnist")):
        strangers = np.concatenate([load_dataset(other, places).x_test[:200], noise])
        answers = answer_shipped(name, strangers)
        assert np.mean([answer.is_unlike_training for answer in answers]) > 0.9
        assert not any(answer.is_sure() for answer in answers if answer.is_unlike_training)


@pytest.mark.parametrize("hand", HANDS)
def test_clothes_drawn_by_hands_it_has_not_learned_from_are_recognised_and_believed(hand):
    rng = np.random.default_rng(3)
    pen = BRUSHES["areas"].pen_widths[1]
    labels = np.repeat(np.arange(10), 5)
    drawn = [draw_wardrobe_row(row, rng, pen) for row in HANDS[hand].values() for _ in range(5)]
    answers = answer_shipped(
        "fashion_mnist",
        np.array([prepare_drawing_or_photo(each, "fashion_mnist").image for each in drawn]),
    )
    right = np.array([answer.predicted_label for answer in answers]) == labels
    assert right.mean() > 0.75
    assert (
        np.mean(
            [
                answer.is_unlike_training
                for answer, is_right in zip(answers, right, strict=True)
                if is_right
            ]
        )
        < 0.15
    )


def test_other_things_drawn_where_clothes_were_asked_for_are_told_to_be_none():
    rng = np.random.default_rng(3)
    pen = BRUSHES["areas"].pen_widths[1]
    images = [
        prepare_drawing_or_photo(draw_wardrobe_row(row, rng, pen), "fashion_mnist").image
        for row in THINGS.values()
        for _ in range(2)
    ]
    assert (
        np.mean(
            [
                answer.is_unlike_training
                for answer in answer_shipped("fashion_mnist", np.array(images))
            ]
        )
        > 0.8
    )


def test_the_evidence_does_not_change_with_what_all_classes_share():
    logits = np.random.default_rng(1).normal(size=(5, 10))
    assert np.allclose(class_evidence(logits), class_evidence(logits + 7))
    assert np.allclose(class_evidence(np.zeros((1, 10))), 0)


def test_no_number_of_images_is_traced_anew(name):
    features = compile_feature_function(
        keras.models.load_model(SHIPPED_MODELS / f"{name}.keras", compile=False)
    )
    for count in (1, 2, 3, 7, 33, 300):
        assert len(features(np.zeros((count, 28, 28), np.uint8))) == count
    assert features.experimental_get_tracing_count() == 1


def test_a_missing_or_damaged_model_is_said_in_one_sentence(tmp_path):
    with pytest.raises(ModelError, match="shipped_model_damaged"):
        read_shipped_model(tmp_path, "mnist")
    whole = (SHIPPED_MODELS / "mnist.keras").read_bytes()
    (tmp_path / "mnist.json").write_bytes((SHIPPED_MODELS / "mnist.json").read_bytes())
    for content in (b"", b"PK\x03\x04 nothing", bytes(1_000), whole[:1_000]):
        (tmp_path / "mnist.keras").write_bytes(content)
        with pytest.raises(ModelError, match="shipped_model_damaged"):
            read_shipped_model(tmp_path, "mnist")
    (tmp_path / "mnist.keras").write_bytes(whole)
    (tmp_path / "mnist.json").write_text('{"doubt": {}}')
    with pytest.raises(ModelError, match="shipped_model_damaged"):
        read_shipped_model(tmp_path, "mnist")
    with pytest.raises(DatasetError, match="unknown_dataset"):
        load_shipped_model("../mnist")
