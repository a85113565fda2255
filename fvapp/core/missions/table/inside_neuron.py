"""Mission 9: a network without the neurons that help a class most."""

from __future__ import annotations

import numpy as np

from fvapp.core.datasets import DATASETS, Dataset
from fvapp.core.inspection.network import Network
from fvapp.core.inspection.surgery import Parts, damage, order_of_help, parts_of
from fvapp.core.missions.mission import NOTEBOOK, Mission, Question
from fvapp.core.missions.verdict import LEARNED_NOTHING, Outcome, Verdict, learned_nothing
from fvapp.core.wording import Difference, percent

IMAGE = 61
"""The test image of MNIST whose class it is about: an 8."""

ONE_CARRIES = 5
"""Percentage points of test accuracy that must be lost without one neuron for it to carry the class."""

HARDLY = 1

MANY = 16
"""Neurons: an eighth of the notebook's 128. Without those that help it most, a class is nearly forgotten."""


def judge_network(data: Dataset, network: Network) -> Verdict:
    """Judge a network on the test set, by the class of `IMAGE`."""
    label = int(data.y_test[IMAGE])
    parts = parts_of(network, network.features(data.x_test), np.asarray(data.y_test))
    return judge_one_neuron(parts, label, DATASETS[data.name].class_names[label])


def judge_one_neuron(parts: Parts, label: int, name: str) -> Verdict:
    """Judge "without the one neuron that helps a class most, the network gets much worse".

    held: the test accuracy loses more than 5 points; within_noise: 1 to 5; not_held: less.

    Args:
        label: the class; name: in words.
    """
    order = order_of_help(parts, label)
    many = min(MANY, parts.units - 1)
    before, one, off = (damage(parts, order, count, label) for count in (0, 1, many))
    if before.accuracy < LEARNED_NOTHING:
        return learned_nothing(before.accuracy)
    change = Difference.of(before.accuracy, one.accuracy)
    lost = -change.way * float(change.points)
    outcome: Outcome = "held" if lost > ONE_CARRIES else "within_noise" if lost > HARDLY else "not_held"
    return Verdict(
        outcome,
        {
            "name": name,
            "units": str(parts.units),
            "before": change.before,
            "after": change.after,
            "lost": change.points,
            "change": change.signed,
            "many": str(many),
            "found_before": percent(before.recall),
            "found_after": percent(off.recall),
            "accuracy_after": percent(off.accuracy),
        },
        ("inside_neuron.measured",) if many > 1 else (),
    )


MISSION = Mission(
    "inside_neuron",
    "9",
    ("held", "within_noise", "not_held"),
    (Question("together", "b"),),
    ("neuron", "weight", "accuracy", "percentage_point", "dropout"),
    measure=judge_network,
    dataset="mnist",
    opens="inside",
    part="surgery",
    lesson=True,
    runs=(NOTEBOOK,),
)
