"""Mission C: the verdicts on the races between learning rates and on the practised image."""

from __future__ import annotations

import numpy as np
import pytest

from fvapp.core.inspection.frames import MOMENTS, WeightsFrame, frame_at_moment
from fvapp.core.inspection.learning import learn_images_once
from fvapp.core.missions import MISSIONS
from fvapp.core.missions.table import one_step
from fvapp.i18n import Translator, language_tags
from random_networks import random_network


@pytest.fixture
def early(mnist):
    """A network that has been trained on 1,000 images."""
    images = np.asarray(mnist.x_train[:1_000])
    labels = np.asarray(mnist.y_train[:1_000]).astype(int)
    return learn_images_once(random_network(hidden=(32,)), images, labels, 0.1, 32)


@pytest.mark.parametrize(
    ("won", "outcome"),
    [(6, "held"), (5, "within_noise"), (3, "within_noise"), (1, "within_noise"), (0, "not_held")],
)
def test_only_a_clean_sweep_decides(won, outcome):
    races = [(0.5, 0.7)] * won + [(0.7, 0.5)] * (one_step.RACES - won)
    assert one_step.judge_batch_size_races(0.6, races, 0.1).outcome == outcome


def test_level_races_are_won_by_neither_side_and_an_untrained_network_is_not_judged():
    verdict = one_step.judge_batch_size_races(0.6, [(0.7, 0.7)] + [(0.5, 0.7)] * 5, 0.1)
    assert verdict.outcome == "within_noise"
    assert verdict.values["won"] == "5"
    assert verdict.values["lost"] == "0"
    assert one_step.judge_batch_size_races(0.15, [(0.5, 0.7)] * 6, 0.1).outcome == "broken"


@pytest.mark.parametrize(
    ("after", "outcome"),
    [
        (0.5, "held"),
        (0.589, "held"),
        (0.595, "within_noise"),
        (0.605, "within_noise"),
        (0.62, "not_held"),
        (None, "untold"),  # a network without a mistake has nothing to practise
    ],
)
def test_within_a_percentage_point_is_hardly_a_change(mnist, after, outcome):
    practice = after and one_step.PracticeResult(9, 47, 0.99, 0.6, after)
    assert one_step.judge_practice(practice, mnist).outcome == outcome


@pytest.mark.parametrize("language", language_tags())
def test_every_verdict_has_its_words(mnist, language):
    t = Translator(language)
    mission = MISSIONS["one_step"]
    said = {
        one_step.judge_batch_size_races(0.6, races, 0.1).verdict_sentences("one_step", t)
        for races in ([(0, 1)] * 6, [(1, 0)] * 6, [(1, 1)] * 6)
    }
    found = (one_step.PracticeResult(9, 47, 0.99, 0.6, after) for after in (0.4, 0.6, 0.8))
    said |= {
        one_step.judge_practice(each, mnist).verdict_sentences("one_step.practise", t)
        for each in (*found, None)
    }
    assert len(said) == 3 + 4
    assert not any("{" in sentence for sentences in said for sentence in sentences)
    assert [float(t(f"missions.one_step.variants.{name}")) for name in mission.variants] == list(
        one_step.RATES.values()
    )


def test_races_draw_the_same_images_for_both_ways_and_others_each_time(mnist, early, monkeypatch):
    seen = []

    def note(network, images, labels, rate, at_once):
        seen.append((at_once, len(images), images.tobytes()))
        return learn_images_once(network, images[:64], labels[:64], rate, at_once)

    monkeypatch.setattr("fvapp.core.missions.table.one_step.learn_images_once", note)
    before = [step.kernel.copy() for step in early.weighted_steps]
    races = [
        one_step.run_batch_size_race(early, mnist, 0.03, 1, race) for race in range(one_step.RACES)
    ]
    assert [each[:2] for each in seen] == [
        (1, one_step.IMAGES),
        (32, one_step.IMAGES),
    ] * one_step.RACES
    drawn = [pixels for _, _, pixels in seen]
    assert drawn[::2] == drawn[1::2] and len(set(drawn)) == one_step.RACES
    assert (
        one_step.run_batch_size_race(early, mnist, 0.03, 1, 2)
        == races[2]
        != one_step.run_batch_size_race(early, mnist, 0.03, 2, 2)
    )
    # All visitors share the engine's networks, so a race must not change them.
    for was, step in zip(before, early.weighted_steps, strict=True):
        np.testing.assert_array_equal(was, step.kernel)


def test_the_moments_of_a_training_are_frames_of_it():
    frames = [
        WeightsFrame(step, epoch, ())
        for step, epoch in ((0, 0), (15, 0), (31, 0), (1688, 1), (8440, 5))
    ]
    assert [frame_at_moment(frames, moment).step for moment in MOMENTS] == [31, 1688, 8440]


def test_practising_the_first_mistake_costs_the_others(mnist, early):
    found = one_step.practise_first_mistake(early, mnist)
    labels = np.asarray(mnist.y_test[: one_step.TESTED])
    answers = early.logits(mnist.x_test[: one_step.TESTED]).argmax(axis=1)
    assert found.image_index == int(np.flatnonzero(answers != labels)[0])
    assert found.final_true_class_share >= 0.99 and 0 < found.step_count < 100
    assert found.accuracy_before == pytest.approx(
        one_step.tested_accuracy(early, mnist), abs=2 / one_step.TESTED
    )
    assert one_step.judge_practice(found, mnist).outcome == "held"
