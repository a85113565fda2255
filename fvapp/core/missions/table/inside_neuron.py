"""Mission 9: how well a network works without the neurons that help a class most."""

from fvapp.core.datasets import Dataset
from fvapp.core.inspection import (
    Network,
    UnitContributions,
    ablate_units,
    rank_units_by_class_help,
    unit_contributions,
)
from fvapp.core.missions.comparing import (
    class_name_or_catalogue_key,
    judge_between_bounds,
    lost_accuracy_texts,
)
from fvapp.core.missions.mission import NOTEBOOK, read_mission
from fvapp.core.missions.verdict import HELD_LAST, MissionVerdict, unlearned_verdict
from fvapp.core.results.learned import unlearned_message
from fvapp.core.wording import share_as_percent

IMAGE = 61
"""Index of the MNIST test image, an 8, whose class is the subject of the mission."""

ONE_CARRIES = 5
"""Drop in test accuracy, in percentage points, above which one neuron was decisive for a class.

The drop is measured after the neuron has been removed.
"""

HARDLY = 1

MANY = 16
"""Number of neurons to remove: an eighth of the 128 neurons in the course notebook's network.

Without the 16 neurons that help it most, a class is hardly recognised.
"""


def judge_image_class(data: Dataset, network: Network) -> MissionVerdict:
    """Return the verdict on how much a network's best neuron helps the class of `IMAGE`."""
    label = int(data.y_test[IMAGE])
    parts = unit_contributions(network, network.last_step_inputs(data.x_test), data.y_test)
    return judge_without_best_neuron(parts, label)


def judge_without_best_neuron(parts: UnitContributions, label: int) -> MissionVerdict:
    """Judge whether a network gets much worse without the one neuron that helps a class most.

    The outcome is ``held`` if the test accuracy drops by more than `ONE_CARRIES` percentage points,
    ``not_held`` if it drops by less than `HARDLY` points, else ``within_noise``.
    """
    order = rank_units_by_class_help(parts, label)
    many = min(MANY, parts.unit_count - 1)
    before, one, off = (ablate_units(parts, order, count, label) for count in (0, 1, many))
    if nothing_learned := unlearned_message(MISSION.dataset, before.accuracy):
        return unlearned_verdict(nothing_learned, "another")
    values = lost_accuracy_texts(before.accuracy, one.accuracy) | {
        "name": class_name_or_catalogue_key(MISSION.dataset, label),
        "units": str(parts.unit_count),
        "many": str(many),
        "found_before": share_as_percent(before.recall),
        "found_after": share_as_percent(off.recall),
        "accuracy_after": share_as_percent(off.accuracy),
    }
    further = ("inside_neuron.measured",) if many > 1 else ()
    return judge_between_bounds("lost", values, HARDLY, ONE_CARRIES, HELD_LAST, further)


MISSION = read_mission(
    __file__, measure=judge_image_class, test_image_indices=(IMAGE,), runs=(NOTEBOOK,)
)
