"""How the settings alter the training images, compared with plain NumPy."""

import numpy as np
import pytest

from fvapp.core.datasets import Dataset, make_altered_training_arrays, select_training_arrays
from fvapp.core.datasets.altering import (
    add_white_mark_to_images,
    alter_training_labels,
    find_alteration_problems,
)
from fvapp.core.examples import ExampleSet, make_example
from fvapp.core.export.sections import write_notebook_sections
from fvapp.core.settings import RunSettings
from fvapp.i18n import Translator

IMAGES = 3_000
VALIDATED = 300


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    """Return a data set with read-only images, like the shipped data sets."""
    generator = np.random.default_rng(7)
    images = generator.integers(0, 200, (IMAGES, 28, 28), np.uint8)
    labels = generator.integers(0, 10, IMAGES, np.uint8)
    for array in (images, labels):
        array.flags.writeable = False
    return Dataset("fashion_mnist", images, labels, images[:10], labels[:10])


def taught(dataset, **settings):
    return make_altered_training_arrays(dataset, RunSettings(**settings))


def own(count=9):
    generator = np.random.default_rng(1)
    made = []
    for at in range(count):
        made.append(
            make_example(
                "mnist", generator.integers(0, 256, (28, 28), np.uint8), at % 2, "photo", at, made
            )
        )
    return ExampleSet.from_examples(made)


@pytest.mark.parametrize("weight", [1, 3])
def test_own_examples_stand_behind_the_others_as_they_are_and_as_often_as_they_count(
    dataset, weight
):
    settings = RunSettings(
        examples="added", example_weight=weight, marked_class=0, wrong_labels=0.5
    )
    images, labels = own().images_and_labels("learn")
    arrays = make_altered_training_arrays(dataset, settings, own())
    others = make_altered_training_arrays(dataset, settings.with_values(examples="none"))
    assert np.array_equal(
        arrays.x_train, np.concatenate([others.x_train, np.repeat(images, weight, axis=0)])
    )
    assert np.array_equal(
        arrays.y_train, np.concatenate([others.y_train, np.repeat(labels, weight)])
    )
    assert arrays.y_train.dtype == np.uint8 and len(labels) == 7
    assert np.shares_memory(arrays.x_validation, dataset.x_train)
    assert len(arrays.x_validation) == VALIDATED


def test_with_examples_only_the_data_sets_images_are_left_out(dataset):
    arrays = make_altered_training_arrays(
        dataset, RunSettings(examples="only", example_weight=2), own()
    )
    assert np.array_equal(arrays.x_train, np.repeat(own().images_and_labels("learn")[0], 2, axis=0))
    assert len(arrays.x_validation) == VALIDATED


def test_nothing_is_copied_where_nothing_is_altered(dataset):
    arrays = taught(dataset)
    assert np.shares_memory(arrays.x_train, dataset.x_train)
    assert np.shares_memory(arrays.y_train, dataset.y_train)
    assert np.shares_memory(taught(dataset, rare_share=0.01).x_train, dataset.x_train)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_exactly_the_share_of_the_labels_is_wrong_and_the_seed_decides_which(dataset, share):
    right = select_training_arrays(dataset, RunSettings()).y_train
    one = taught(dataset, wrong_labels=share).y_train
    assert np.count_nonzero(one != right) == round(share * len(right))
    assert np.array_equal(one, taught(dataset, wrong_labels=share).y_train)
    assert not np.array_equal(one, taught(dataset, wrong_labels=share, seed=2).y_train)
    assert one.max() == 9 and dataset.y_train.max() == 9
    more = taught(dataset, wrong_labels=min(share + 0.1, 0.9)).y_train
    wrong = one != right
    # A larger share keeps the same wrong labels, and adds others.
    assert np.array_equal(one[wrong], more[wrong])


def test_the_mark_is_nine_white_pixels_and_the_image_itself_stays(dataset):
    marked = add_white_mark_to_images(dataset.x_test)
    assert (marked[:, 1:4, 1:4] == 255).all()
    assert np.count_nonzero(marked != dataset.x_test) == 9 * len(marked)


@pytest.mark.parametrize(
    "settings",
    [
        {"wrong_labels": 0.3},
        {"rare_class": 6, "rare_share": 0.01, "validation_split": 0.0},
        {"marked_class": 9, "normalisation": False, "train_images": 1_000},
        {
            "wrong_labels": 0.5,
            "rare_class": 0,
            "rare_share": 0.5,
            "marked_class": 3,
            "train_images": 1_000,
        },
    ],
)
def test_the_exported_code_makes_the_same_arrays(dataset, settings):
    wanted = RunSettings(**settings)
    sections = {
        section.name: section.code for section in write_notebook_sections(wanted, Translator("en"))
    }
    code = sections["data"].split("\n", 1)[1]  # the code after Keras' loader
    code = code.replace("[54000:]", f"[{IMAGES - VALIDATED}:]").replace(
        "[:54000]", f"[:{IMAGES - VALIDATED}]"
    )
    names = {
        name: getattr(dataset, name) for name in ("x_train", "y_train", "x_test", "y_test")
    } | {"np": np}
    exec(code, names)
    arrays = make_altered_training_arrays(dataset, wanted)
    scale = 255.0 if wanted.normalisation else 1
    assert np.array_equal(names["x_train"], arrays.x_train / scale)
    assert np.array_equal(names["y_train"], arrays.y_train)
    if wanted.validation_split:
        assert np.array_equal(names["x_validation"], arrays.x_validation / scale)
        assert np.array_equal(names["y_validation"], arrays.y_validation)
    if wanted.marked_class != "none":
        assert np.array_equal(
            names["marked_test"], add_white_mark_to_images(dataset.x_test) / scale
        )


def said(labels, **settings):
    return list(find_alteration_problems(labels, RunSettings(**settings)))


def test_alterations_that_leave_nothing_to_learn_are_reported():
    labels = np.arange(1_000, dtype=np.uint8) % 10
    assert said(labels, wrong_labels=0.5) == []
    assert said(labels, rare_class=6, rare_share=0.01) == []
    assert said(labels[:400], rare_class=6, rare_share=0.01) == [("no_image", 6)]
    assert said(labels, rare_class=6, rare_share=0) == [("no_image", 6)]
    assert said(labels, marked_class=9, augmentation=True) == [("mark_varied", None)]
    assert said(labels, marked_class=9) == []
    few = {"rare_class": 6, "rare_share": 0.01, "wrong_labels": 0.9}
    seed = next(seed for seed in range(100) if ("all_wrong", 6) in said(labels, seed=seed, **few))
    rows, wrong = alter_training_labels(labels, RunSettings(seed=seed, **few))
    assert (wrong[labels[rows] == 6] != 6).all()
