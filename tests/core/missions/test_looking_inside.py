"""The verdicts of the two missions in which students look inside a network."""

from itertools import product

import numpy as np
import pytest

from contrasts import check
from fvapp.core.inspection.surgery import UnitContributions
from fvapp.core.missions.table.confusion import SHIRT, judge_misclassified_shirts
from fvapp.core.missions.table.inside_neuron import judge_without_best_neuron
from fvapp.i18n import Translator


def shirts(**answered: int) -> np.ndarray:
    """Return a confusion matrix, with the number of shirts that are classified as each class."""
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
        *(
            ({"c0": tops, "c8": 10}, outcome)
            for tops, outcome in ((41, "held"), (40, "within_noise"), (9, "not_held"))
        ),
        ({}, "untold"),
    ],
)
def test_shirts_are_judged_by_what_they_are_taken_for(t, answered, outcome):
    verdict = judge_misclassified_shirts(shirts(**answered))
    assert verdict.outcome == outcome
    assert verdict.values["wrong"] == str(sum(answered.values()))
    assert all("{" not in sentence for sentence in verdict.verdict_sentences("confusion", t))


def test_a_network_that_answers_one_class_alone_is_not_judged_and_the_most_frequent_mistakes_are_named():
    for said in range(10):
        assert (
            judge_misclassified_shirts(100 * np.eye(10, dtype=int)[[said] * 10]).outcome == "broken"
        )
    values = judge_misclassified_shirts(shirts(c0=20, c2=10)).values
    assert values["worst"] == "datasets.fashion_mnist.classes.0"
    assert values["worst_times"] == "20"
    assert values["back"] == "0"
    assert values["label"] == "datasets.fashion_mnist.classes.6"
    assert values["answer"] == "datasets.fashion_mnist.classes.0"
    assert values["times"] == "20"


def test_one_neuron_is_described_truly_whatever_it_does():
    labels = np.repeat(np.arange(10), 100)
    seen = set()
    for units, strength, seed in product((1, 2, 3, 30), (0.0, 0.2, 1.0, 5.0), range(5)):
        random = np.random.default_rng(seed)
        values = (
            random.normal(size=(1_000, units)) + 3 * np.eye(10)[labels][:, np.arange(units) % 10]
        )
        kernel = np.eye(10)[np.arange(units) % 10] + strength * random.normal(size=(units, 10))
        verdict = judge_without_best_neuron(
            UnitContributions(values, kernel, np.zeros(10), labels, units), 0
        )
        said = verdict.verdict_sentences("inside_neuron", Translator("en"))
        check(said)
        assert "the 0 neurons" not in " ".join(said) and "the 1 neurons" not in " ".join(said)
        seen.add(verdict.outcome)
        if verdict.outcome == "held":
            assert float(verdict.values["lost"]) > 5
        elif verdict.outcome == "not_held":
            numbers = (
                verdict.values[name].strip("%").replace("−", "-")
                for name in ("before", "after", "change")
            )
            before, after, change = map(float, numbers)
            assert round(after - before, 2) == change
    assert {"broken", "held", "not_held"} <= seen
