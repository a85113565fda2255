"""Visitors' own data sets: a set's name lists its classes, and drawings are its only images."""

import pytest

from fvapp.core.dataset_table import DATASETS, make_own_dataset_name
from fvapp.core.errors import DatasetError
from fvapp.core.examples import check_enough_examples, make_example
from fvapp.core.results.chance import wilson_interval
from fvapp.core.settings import RunSettings, preset_settings
from random_networks import random_pixels
from refusal import refused

NAMES = ("猫 cat", "house 🏠", "star-fish")
OWN = make_own_dataset_name(NAMES)


def drawings(labels):
    made = []
    for number, label in enumerate(labels):
        image = random_pixels(number)
        made.append(make_example(OWN, image, label, "drawing", float(number), made))
    return made


def test_the_name_of_an_own_data_set_encodes_its_class_names():
    assert OWN.removeprefix("own-").isalnum() and OWN.lower() == OWN and OWN.isascii()
    assert DATASETS[OWN].class_names == NAMES
    assert DATASETS[OWN].is_own
    assert OWN not in tuple(DATASETS)


@pytest.mark.parametrize(
    ("names", "code"),
    [
        *((names, "own_classes") for names in (["cat"], list("abcdefg"))),
        *((["cat", name], "own_class_name") for name in (" ", "\u200b", "a" * 17, "![](//a.b/c)")),
        *((names, "own_class_twice") for names in (["cat", "C\u200bAT "], ["ｃat", "cat"])),
    ],
)
def test_invalid_class_names_are_refused(names, code):
    with pytest.raises(DatasetError, match=code):
        make_own_dataset_name(names)


@pytest.mark.parametrize(
    "name", ["own-", "own-a", "own-!!", OWN.upper(), OWN + "a", "own-ia======", "mnist2", 7, None]
)
def test_a_malformed_name_is_not_a_data_set(name):
    assert name not in DATASETS
    with refused("not_a_choice"):
        RunSettings(dataset=name)


def test_settings_go_to_an_own_data_set_and_back():
    usual = preset_settings("standard", "mnist")
    there = usual.settings_for_dataset(OWN)
    assert there == preset_settings("standard", OWN)
    assert (there.epochs, there.augmentation, there.validation_split) == (100, True, 0.0)
    assert there.settings_for_dataset("mnist") == usual
    assert usual.with_values(epochs=7).settings_for_dataset(OWN).epochs == 7
    # Five outputs are too few for ten classes, but too many for the own classes.
    assert usual.with_values(output_units=5).settings_for_dataset(OWN) == there
    with refused("not_a_choice"):
        # Examples cannot be added to other images, because a visitor's own data set has none.
        there.with_values(examples="added")
    assert RunSettings.from_query(there.to_query()) == (there, ())


@pytest.mark.parametrize(("gone", "left"), [("learn", "2 + 1"), ("test", "3 + 0")])
def test_all_classes_with_too_few_to_learn_from_or_none_to_test_with_are_named(gone, left):
    drawn = drawings([0, 1, 2] * 4)
    check_enough_examples(DATASETS[OWN], drawn)
    for label in (1, 2):
        drawn.remove(next(each for each in drawn if (each.label, each.place) == (label, gone)))
    with refused("own_too_few") as error:
        check_enough_examples(DATASETS[OWN], drawn)
    assert error.value.values == {"counts": f"{NAMES[1]} {left} · {NAMES[2]} {left}"}


def test_the_interval_of_few_test_images_is_wilsons():
    # Three correct answers out of three do not prove certainty: the interval begins at n / (n +
    # z²).
    assert wilson_interval(3, 3) == pytest.approx((0.4385, 1), abs=1e-4)
