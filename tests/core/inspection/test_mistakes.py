"""The tools on mistakes, duel and surgery, compared with scikit-learn and counts by hand."""

from dataclasses import replace

import numpy as np
import pytest

from fvapp.core.answers import softmax_shares
from fvapp.core.inspection.duel import BANDS, IMAGES_PER_BAND, choose_duel_images, count_duel_hits
from fvapp.core.inspection.mistakes import (
    TestAnswers,
    answers_from_shares,
    find_mislabelled_images,
    most_confused_pair,
    precision_and_recall,
)
from fvapp.core.inspection.surgery import (
    ablate_units,
    ablated_logits,
    count_units,
    rank_units_by_class_help,
    shuffle_units,
    unit_contributions,
    unit_values,
)
from fvapp.i18n import Translator
from random_networks import random_images, random_network


@pytest.fixture
def answers() -> TestAnswers:
    generator = np.random.default_rng(0)
    labels = generator.integers(0, 10, 500).astype(np.uint8)
    logits = generator.normal(0, 1, (500, 10)) + 2 * np.eye(10)[labels]
    return answers_from_shares(softmax_shares(logits), labels, 10)


def test_confusion_precision_and_recall_are_scikit_learns(answers):
    # Imported here, because importing scikit-learn takes longer than all tests of this file, and
    # every test process imports every file.
    from sklearn.metrics import confusion_matrix, precision_score, recall_score

    confusion = answers.confusion_matrix()
    assert np.array_equal(
        confusion, confusion_matrix(answers.true_labels, answers.predicted_labels, labels=range(10))
    )
    precision, recall = precision_and_recall(confusion)
    options = {"average": None, "labels": range(10), "zero_division": np.nan}
    assert np.allclose(
        precision, precision_score(answers.true_labels, answers.predicted_labels, **options)
    )
    assert np.allclose(
        recall, recall_score(answers.true_labels, answers.predicted_labels, **options)
    )
    assert answers.accuracy == np.trace(confusion) / 500


def test_a_class_without_images_or_answers_has_no_number_and_without_a_mistake_nothing_is_confused():
    few = answers_from_shares(np.eye(10)[[3, 3, 4]], np.array([3, 5, 4]), 10)
    precision, recall = precision_and_recall(few.confusion_matrix())
    assert precision[3] == 0.5 and recall[3] == 1 and recall[5] == 0
    assert np.isnan(precision[5]) and np.isnan(recall[0])
    right = answers_from_shares(np.eye(10)[[1, 2, 3]], np.array([1, 2, 3]), 10)
    assert most_confused_pair(right.confusion_matrix()) is None
    assert not len(right.misclassified_images)


def test_five_outputs_never_answer_the_other_classes():
    few = answers_from_shares(np.full((4, 5), 0.2), np.array([0, 4, 7, 9]), 10)
    assert few.confusion_matrix().shape == (10, 10) and not few.confusion_matrix()[:, 5:].any()
    assert list(few.true_class_share) == pytest.approx([0.2, 0.2, 0, 0])


def test_mistakes_come_surest_first_and_a_cell_holds_its_own(answers):
    wrong = answers.misclassified_images
    assert set(wrong) == {
        i for i in range(500) if answers.predicted_labels[i] != answers.true_labels[i]
    }
    assert list(answers.confidence[wrong]) == sorted(answers.confidence[wrong], reverse=True)
    assert answers.confidence[answers.least_sure_images[0]] == answers.confidence.min()
    label, answer, count = most_confused_pair(answers.confusion_matrix())
    assert (
        len(answers.images_in_confusion_cell(label, answer))
        == count
        == answers.confusion_matrix()[label, answer]
    )
    assert set(answers.true_labels[answers.images_in_confusion_cell(label, answer)]) == {label}


def test_networks_disagree_with_a_label_only_together():
    labels = np.array([0, 0, 0, 0])
    parts = np.array([[0.01, 0.99], [0.01, 0.99], [0.4, 0.6], [0.9, 0.1]])
    first = answers_from_shares(parts, labels, 2)
    second = answers_from_shares(parts[[0, 3, 0, 0]], labels, 2)
    assert list(find_mislabelled_images([first, first])) == [0, 1]
    assert list(find_mislabelled_images([first, second])) == [0]


def test_the_duel_takes_four_of_each_band_and_the_same_for_the_same_seed():
    confidence = np.random.default_rng(0).uniform(0.2, 1, 3_000)
    labels = np.zeros(3_000, np.uint8)
    answers = TestAnswers(labels, labels, confidence, confidence, 10)
    chosen = choose_duel_images(answers, 7)
    assert len(set(chosen)) == 20
    counts = np.histogram(confidence[chosen], [*BANDS, 1.01])[0]
    assert list(counts) == [IMAGES_PER_BAND] * 5
    about = Translator("en")("inside.duel.about")
    assert all(f"{bound:.0%}" in about for bound in BANDS[1:])
    assert np.array_equal(chosen, choose_duel_images(answers, 7))
    assert not np.array_equal(chosen, choose_duel_images(answers, 8))


def test_a_duel_on_few_or_only_sure_images_takes_the_available_ones():
    labels = np.zeros(12, np.uint8)
    few = TestAnswers(labels, labels, np.full(12, 0.999), np.full(12, 0.999), 10)
    assert sorted(choose_duel_images(few, 0)) == list(range(12))
    many = TestAnswers(
        np.zeros(90, np.uint8), np.zeros(90, np.uint8), np.full(90, 0.999), np.full(90, 0.999), 10
    )
    assert len(set(choose_duel_images(many, 0))) == 20


def test_the_score_counts_what_was_guessed(answers):
    images = choose_duel_images(answers, 0)
    truth = answers.true_labels[images].tolist()
    assert count_duel_hits(answers, images, []) == (0, 0)
    score = count_duel_hits(answers, images, [*truth[:4], (truth[4] + 1) % 10])
    expected = int((answers.predicted_labels[images[:5]] == answers.true_labels[images[:5]]).sum())
    assert score == (4, expected)


@pytest.mark.parametrize(
    "kind", [{"hidden": (9,)}, {"hidden": (8, 6)}, {"hidden": ()}, {"network": "cnn"}], ids=str
)
def test_surgery_equals_the_network_with_those_weights_at_zero(kind):
    network = random_network(**kind)
    images = random_images(12)
    labels = np.arange(12) % 10
    parts = unit_contributions(
        network, unit_values(network, network.last_step_inputs(images)), labels
    )
    assert np.allclose(
        parts.logits_without_units(np.array([], int)), network.logits(images), atol=1e-3
    )
    off = shuffle_units(count_units(network), 3)[: count_units(network) // 2]
    kernel = network.last_step.kernel.copy()
    rows = kernel.reshape(-1, count_units(network), 10) if "network" in kind else kernel[None]
    rows[:, off] = 0
    without = replace(
        network, steps=(*network.steps[:-1], replace(network.last_step, kernel=kernel))
    )
    assert np.allclose(parts.logits_without_units(off), without.logits(images), atol=1e-3)
    assert np.allclose(
        ablated_logits(network, images[0], off), without.logits(images[:1])[0], atol=1e-3
    )
    left = ablate_units(parts, off, len(off), 4)
    answers = without.logits(images).argmax(axis=1)
    assert left.accuracy == np.mean(answers == labels)
    assert left.recall == np.mean(answers[labels == 4] == 4)


def test_the_order_of_help_hurts_its_class_more_than_chance_and_a_class_without_images_has_no_recall():
    network = random_network(hidden=(64,))
    images = random_images(300)
    labels = network.logits(images).argmax(axis=1)
    parts = unit_contributions(network, network.last_step_inputs(images), labels)
    label = int(np.bincount(labels).argmax())
    order = rank_units_by_class_help(parts, label)
    assert sorted(order) == list(range(64))
    assert (
        ablate_units(parts, order, 8, label).recall
        < ablate_units(parts, shuffle_units(64, 0), 8, label).recall
    )
    assert ablate_units(parts, order, 0, label).accuracy == 1
    parts = unit_contributions(
        network, network.last_step_inputs(random_images(4)), np.zeros(4, int)
    )
    assert np.isnan(ablate_units(parts, rank_units_by_class_help(parts, 5), 3, 5).recall)
