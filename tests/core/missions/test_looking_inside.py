"""The verdicts of the two missions that look inside a network."""

from __future__ import annotations

import numpy as np
import pytest

from fvapp.core.inspection.surgery import Parts
from fvapp.core.missions.table.confusion import SHIRT, judge_shirts
from fvapp.core.missions.table.inside_neuron import judge_one_neuron
from fvapp.i18n import Translator, languages


def shirts(**answered: int) -> np.ndarray:
    """Return a confusion in which shirts are answered as these classes, so often."""
    confusion = np.diag(np.full(10, 100))
    for name, times in answered.items():
        confusion[SHIRT, int(name[1:])] = times
    return confusion


@pytest.mark.parametrize(
    ("answered", "outcome"),
    [
        ({"c0": 20, "c2": 10, "c3": 5, "c4": 5}, "held"),
        ({"c0": 20, "c8": 10}, "within_noise"),
        ({"c9": 20, "c7": 10, "c0": 5}, "not_held"),
        ({}, "untold"),
    ],
)
def test_shirts_are_judged_by_what_they_are_taken_for(answered, outcome):
    verdict = judge_shirts(shirts(**answered), str)
    assert verdict.outcome == outcome
    assert verdict.values["wrong"] == str(sum(answered.values()))
    for language in languages():
        assert all("{" not in sentence for sentence in verdict.sentences("confusion", Translator(language)))


def test_the_most_frequent_mistakes_are_named():
    values = judge_shirts(shirts(c0=20, c2=10), lambda label: f"class {label}").values
    assert (values["worst"], values["worst_times"], values["back"]) == ("class 0", "20", "0")
    assert (values["label"], values["answer"], values["times"]) == ("class 6", "class 0", "20")


def parts_of_neurons(strength_of_first: float) -> Parts:
    """Return 30 neurons, three a class, of which the first of class 0 is so strong."""
    labels = np.repeat(np.arange(10), 20)
    values = np.repeat(np.eye(10)[labels], 3, axis=1)
    kernel = np.repeat(np.eye(10), 3, axis=0)
    kernel[0, 0] = strength_of_first
    values[labels == 0, 1:3] *= 0 if strength_of_first > 1 else 1
    return Parts(values, kernel, np.eye(10)[9] * 0.5, labels, 30)


def test_a_neuron_that_carries_its_class_is_missed_and_one_of_three_is_not():
    strong, shared = (judge_one_neuron(parts_of_neurons(strength), 0, "0") for strength in (5.0, 1.0))
    assert strong.outcome == "held" and strong.values["lost"] == "10.0"
    assert shared.outcome == "not_held" and shared.values["lost"] == "0.0"
    assert shared.values["found_after"] == "0.0%" and shared.values["found_before"] == "100.0%"
    for language in languages():
        assert all("{" not in sentence for sentence in strong.sentences("inside_neuron", Translator(language)))
