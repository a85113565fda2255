"""Mission C: the verdicts on its races and its practice, from made-up numbers and from a small network."""

from __future__ import annotations

import numpy as np
import pytest

from fvapp.core.datasets import load_dataset
from fvapp.core.inspection.frames import MOMENTS, Frame, frame_at
from fvapp.core.inspection.learning import learn_images
from fvapp.core.missions import MISSIONS
from fvapp.core.missions.table.one_step import (
    IMAGES,
    RACES,
    RATES,
    TESTED,
    Practice,
    judge_practice,
    judge_races,
    practise_first_mistake,
    right_share,
    run_race,
)
from fvapp.core.places import Places
from fvapp.i18n import Translator, languages
from random_networks import random_network


@pytest.fixture
def data(home):
    return load_dataset("mnist", Places(home))


@pytest.fixture
def early(data):
    """A network that has seen 1,000 images."""
    images, labels = np.asarray(data.x_train[:1_000]), np.asarray(data.y_train[:1_000]).astype(int)
    return learn_images(random_network(hidden=(32,)), images, labels, 0.1, 32)


@pytest.mark.parametrize(
    ("won", "outcome"), [(6, "held"), (5, "within_noise"), (3, "within_noise"), (1, "within_noise"), (0, "not_held")]
)
def test_only_a_clean_sweep_decides(won, outcome):
    races = [(0.5, 0.7)] * won + [(0.7, 0.5)] * (RACES - won)
    assert judge_races(0.6, races, 0.1).outcome == outcome


def test_races_that_end_level_are_won_by_nobody():
    verdict = judge_races(0.6, [(0.7, 0.7)] + [(0.5, 0.7)] * 5, 0.1)
    assert (verdict.outcome, verdict.values["won"], verdict.values["lost"]) == ("within_noise", "5", "0")


def test_a_network_that_knows_nothing_yet_is_not_judged():
    assert judge_races(0.15, [(0.5, 0.7)] * 6, 0.1).outcome == "broken"


@pytest.mark.parametrize(
    ("after", "outcome"),
    [(0.5, "held"), (0.589, "held"), (0.595, "within_noise"), (0.605, "within_noise"), (0.62, "not_held")],
)
def test_within_a_percentage_point_is_hardly_a_change(data, after, outcome):
    assert judge_practice(Practice(9, 47, 0.99, 0.6, after), data).outcome == outcome


def test_without_a_mistake_there_is_nothing_to_practise(data):
    assert judge_practice(None, data).outcome == "untold"


@pytest.mark.parametrize("language", languages())
def test_every_verdict_has_its_words(data, language):
    t, mission = Translator(language), MISSIONS["one_step"]
    said = {
        judge_races(0.6, races, 0.1).sentences("one_step", t) for races in ([(0, 1)] * 6, [(1, 0)] * 6, [(1, 1)] * 6)
    }
    found = (Practice(9, 47, 0.99, 0.6, after) for after in (0.4, 0.6, 0.8))
    said |= {judge_practice(each, data).sentences("one_step.practise", t) for each in (*found, None)}
    assert len(said) == 3 + 4 and not any("{" in sentence for sentences in said for sentence in sentences)
    assert [float(t(f"missions.one_step.variants.{name}")) for name in mission.variants] == list(RATES.values())


def test_races_draw_the_same_images_for_both_ways_and_others_each_time(data, early, monkeypatch):
    seen = []

    def note(network, images, labels, rate, at_once):
        seen.append((at_once, len(images), images.tobytes()))
        return learn_images(network, images[:64], labels[:64], rate, at_once)

    monkeypatch.setattr("fvapp.core.missions.table.one_step.learn_images", note)
    before = [step.kernel.copy() for step in early.weighted]
    races = [run_race(early, data, 0.03, 1, race) for race in range(RACES)]
    assert [each[:2] for each in seen] == [(1, IMAGES), (32, IMAGES)] * RACES
    drawn = [pixels for _, _, pixels in seen]
    assert drawn[::2] == drawn[1::2] and len(set(drawn)) == RACES
    assert run_race(early, data, 0.03, 1, 2) == races[2] != run_race(early, data, 0.03, 2, 2)
    for was, step in zip(before, early.weighted, strict=True):  # the engine's networks are everybody's
        np.testing.assert_array_equal(was, step.kernel)


def test_the_moments_of_a_training_are_frames_of_it():
    frames = [Frame(step, epoch, ()) for step, epoch in ((0, 0), (15, 0), (31, 0), (1688, 1), (8440, 5))]
    assert [frame_at(frames, moment).step for moment in MOMENTS] == [31, 1688, 8440]


def test_practising_the_first_mistake_costs_the_others(data, early):
    found = practise_first_mistake(early, data)
    labels = np.asarray(data.y_test[:TESTED])
    answers = early.logits(data.x_test[:TESTED]).argmax(axis=1)
    assert found.index == int(np.flatnonzero(answers != labels)[0])
    assert found.share >= 0.99 and 0 < found.steps < 100
    assert found.before == pytest.approx(right_share(early, data), abs=2 / TESTED)
    assert judge_practice(found, data).outcome == "held"
