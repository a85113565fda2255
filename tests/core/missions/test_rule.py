"""A student's typed input: a rule for trousers, checked on twenty images; numbers for softmax."""

import numpy as np
import pytest

from catalogue_texts import SHIPS
from fvapp.core.missions import MISSIONS
from fvapp.core.missions.progress import MissionProgress, read_progress
from fvapp.core.missions.table.look import (
    BRIGHT,
    FEATURES,
    TROUSER,
    TrouserRule,
    images_to_check,
    judge_zero_pixels,
)
from fvapp.core.missions.table.network import MOST, NOTEBOOKS_LIST, softmax_of_text
from fvapp.i18n import Translator
from refusal import refused


def image(rows, columns):
    """Return a black image with one bright rectangle."""
    pixels = np.zeros((28, 28), np.uint8)
    pixels[rows, columns] = 200
    return pixels


NARROW = image(slice(0, 28), slice(10, 18))


def test_each_feature_measures_what_its_words_say():
    values = {name: feature.measure_image(NARROW) for name, feature in FEATURES.items()}
    assert values == {"width": 8, "height": 28, "gap": 0, "bright": 224}
    legs = NARROW.copy()
    legs[14:, 13:15] = 0
    assert FEATURES["gap"].measure_image(legs) == 14
    for feature in FEATURES.values():
        assert 0 <= feature.measure_image(np.full((28, 28), 255, np.uint8)) <= feature.largest_value


@pytest.mark.parametrize("language", SHIPS)
def test_the_words_of_the_rule_say_which_pixels_a_reader_has_to_count(language):
    assert f" {BRIGHT}" in Translator(language)("missions.look.rule.after")
    dim, bright = (np.full((28, 28), BRIGHT + more, np.uint8) for more in (0, 1))
    assert [FEATURES["width"].measure_image(image) for image in (dim, bright)] == [0, 28]


def test_half_of_the_twenty_images_are_trousers_and_a_quarter_dresses(fashion):
    labels = np.asarray(fashion.y_test)
    chosen = images_to_check(labels)
    assert len(chosen) == 20 and list(chosen) == sorted(chosen)
    assert [int((labels[list(chosen)] == label).sum()) for label in (TROUSER, 3)] == [10, 5]


@pytest.mark.parametrize("feature", FEATURES)
def test_no_rule_with_one_number_is_right_on_all_twenty(feature, fashion):
    images = np.asarray(fashion.x_test)
    labels = np.asarray(fashion.y_test)
    chosen = list(images_to_check(labels))
    row = FEATURES[feature]
    values = np.array([row.measure_image(image) for image in images[chosen]])
    trousers = labels[chosen] == TROUSER
    right = [np.sum((values <= limit) == trousers) for limit in range(-1, row.largest_value + 1)]
    assert 13 <= max(*right, 20 - min(right)) <= 18


def test_the_path_shows_how_many_numbers_are_0_and_no_share_that_reads_like_a_mark():
    verdict = judge_zero_pixels(0, NARROW)
    progress = MissionProgress(judged=True, verdicts=(verdict,))
    assert progress.result_words(MISSIONS["look"], Translator("en")) == "zeros: 560"


@pytest.mark.parametrize(
    "kept",
    [None, 3, {}, {"sentence": "", "feature": "colour", "limit": "at_most", "number": 3}]
    + [
        {"sentence": "", "feature": "width", "limit": "at_most", "number": number}
        for number in (None, "3", True)
    ],
)
def test_a_rule_that_cannot_be_read_is_dropped(kept):
    assert read_progress({"look": {"rule": kept}})["look"].rule is None


def test_a_rule_is_read_back():
    kept = {"sentence": "x" * 300, "feature": "gap", "limit": "at_least", "number": 5}
    assert read_progress({"look": {"rule": kept}})["look"].rule == TrouserRule(
        "x" * 200, "gap", "at_least", 5
    )


def test_the_notebooks_list_becomes_probabilities_and_not_zeros_and_a_one():
    numbers, probabilities = softmax_of_text(NOTEBOOKS_LIST)
    assert numbers.tolist() == [0.1, 0.1, 0.05, 0.1, 9.5, 0.1, 0.05, 0.05, 0.05]
    assert probabilities.sum() == pytest.approx(1) and probabilities.argmax() == 4
    others = np.delete(probabilities, 4)
    assert (others > 0).all()
    assert others.max() == pytest.approx(np.exp(0.1 - 9.5) * probabilities[4])


@pytest.mark.parametrize("text", ["[1, 2]", " 1,2 ", "1，2", "1e0, 2.0"])
def test_a_list_is_read_as_it_is_written_and_copied(text):
    assert softmax_of_text(text)[0].tolist() == [1, 2]


@pytest.mark.parametrize(
    "text", ["", "1", "one, two", "1, nan", "1, inf", "1, 1e9", "1; 2", ",".join("1" * (MOST + 1))]
)
def test_text_that_is_not_a_list_of_numbers_is_refused(text):
    with refused("bad_numbers"):
        softmax_of_text(text)
