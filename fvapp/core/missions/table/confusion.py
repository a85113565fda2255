"""Mission 10: the classes that shirts are mistaken for."""

import numpy as np

from fvapp.core.dataset_table import DATASETS
from fvapp.core.datasets import Dataset
from fvapp.core.inspection import (
    Network,
    answers_from_shares,
    most_confused_pair,
    precision_and_recall,
)
from fvapp.core.missions.comparing import HALF, class_name_or_catalogue_key, judge_between_bounds
from fvapp.core.missions.mission import NOTEBOOK, read_mission
from fvapp.core.missions.verdict import HELD_LAST, MissionVerdict, unlearned_verdict
from fvapp.core.results.learned import unlearned_message
from fvapp.core.wording import share_as_percent

SHIRT = 6

SHIRTS = (4, 7, 26)
"""Indices of Fashion-MNIST test images that show shirts."""

TOPS = (0, 2, 3, 4)
"""Fashion-MNIST labels of four classes that look like shirts at 28 x 28 pixels.

The classes are T-shirt/top, pullover, dress and coat.
"""

NEARLY_ALL = 80
"""Percentage of misclassified shirts taken for other tops above which the mission's claim holds."""


def judge_misclassified_shirts(confusion: np.ndarray) -> MissionVerdict:
    """Judge whether nearly all misclassified shirts are taken for another top.

    The outcome is ``held`` if this is true of more than `NEARLY_ALL` per cent of misclassified
    shirts, and ``not_held`` if it is true of fewer than `HALF` per cent. In between, the outcome is
    ``within_noise``. If no shirt is misclassified, it is ``untold``.

    Args:
        confusion: confusion matrix of the test set, [labels, answers].
    """
    accuracy = float(np.trace(confusion) / confusion.sum())
    if nothing_learned := unlearned_message(MISSION.dataset, accuracy):
        return unlearned_verdict(nothing_learned, "another")

    row = confusion[SHIRT]
    wrong = int(row.sum() - row[SHIRT])
    share = row[list(TOPS)].sum() / wrong if wrong else 0.0
    others = row.copy()
    others[SHIRT] = 0
    worst = int(others.argmax())
    recall = precision_and_recall(confusion)[1]
    hardest = most_confused_pair(confusion)
    values = {
        "images": f"{int(row.sum()):,}",
        "wrong": f"{wrong:,}",
        "share": share_as_percent(share),
        "recall": share_as_percent(float(recall[SHIRT])),
        "worst": class_name_or_catalogue_key(MISSION.dataset, worst),
        "worst_times": f"{int(row[worst]):,}",
        "back": f"{int(confusion[worst, SHIRT]):,}",
        "label": class_name_or_catalogue_key(MISSION.dataset, hardest[0] if hardest else SHIRT),
        "answer": class_name_or_catalogue_key(MISSION.dataset, hardest[1] if hardest else SHIRT),
        "times": f"{hardest[2] if hardest else 0:,}",
    }
    if not wrong:
        return MissionVerdict("untold", values)

    return judge_between_bounds(
        "share", values, HALF, NEARLY_ALL, HELD_LAST, ("confusion.measured",)
    )


def _typical_confusion_verdict(data: Dataset, network: Network) -> MissionVerdict:
    classes = DATASETS[MISSION.dataset].class_count
    answers = answers_from_shares(network.class_shares(data.x_test), data.y_test, classes)
    return judge_misclassified_shirts(answers.confusion_matrix())


MISSION = read_mission(
    __file__, measure=_typical_confusion_verdict, test_image_indices=SHIRTS, runs=(NOTEBOOK,)
)
