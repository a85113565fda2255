"""Mission 10: what shirts are taken for."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fvapp.core.answers import shares
from fvapp.core.datasets import DATASETS, Dataset
from fvapp.core.inspection.mistakes import most_confused, precision_and_recall, read_answers
from fvapp.core.inspection.network import Network
from fvapp.core.missions.mission import NOTEBOOK, Mission, Question
from fvapp.core.missions.verdict import LEARNED_NOTHING, Outcome, Verdict, learned_nothing
from fvapp.core.wording import percent

SHIRT = 6

TOPS = (0, 2, 3, 4)
"""Fashion-MNIST's T-shirt/top, pullover, dress and coat: what looks like a shirt in 28 x 28 pixels."""

NEARLY_ALL, HALF = 0.8, 0.5


def judge_shirts(confusion: np.ndarray, class_name: Callable[[int], str]) -> Verdict:
    """Judge "nearly all shirts that are taken for something else are taken for another top".

    held: at least 80% of them; not_held: fewer than half; within_noise: in between; untold: there is none of them.

    Args:
        confusion: of the test set, labels by answers.
        class_name: from a label to its name in words.
    """
    accuracy = float(np.trace(confusion) / confusion.sum())
    if accuracy < LEARNED_NOTHING:
        return learned_nothing(accuracy)
    row = confusion[SHIRT]
    wrong = int(row.sum() - row[SHIRT])
    share = row[list(TOPS)].sum() / wrong if wrong else 0.0
    outcome: Outcome = "held" if share >= NEARLY_ALL else "not_held" if share < HALF else "within_noise"
    if not wrong:
        outcome = "untold"
    others = row.copy()
    others[SHIRT] = 0
    worst = int(others.argmax())
    recall = precision_and_recall(confusion)[1]
    hardest = most_confused(confusion)
    return Verdict(
        outcome,
        {
            "images": f"{int(row.sum()):,}",
            "wrong": f"{wrong:,}",
            "share": percent(share),
            "recall": percent(float(recall[SHIRT])),
            "worst": class_name(worst),
            "worst_times": f"{int(row[worst]):,}",
            "back": f"{int(confusion[worst, SHIRT]):,}",
            "label": class_name(hardest[0] if hardest else SHIRT),
            "answer": class_name(hardest[1] if hardest else SHIRT),
            "times": f"{hardest[2] if hardest else 0:,}",
        },
        ("confusion.measured",) if wrong else (),
    )


def _measure(data: Dataset, network: Network) -> Verdict:
    answers = read_answers(
        shares(network.logits(data.x_test), network.temperature), np.asarray(data.y_test), DATASETS[data.name].classes
    )
    return judge_shirts(answers.confusion(), lambda label: DATASETS[data.name].class_names[label])


MISSION = Mission(
    "confusion",
    "10",
    ("not_held", "within_noise", "held"),
    (Question("remedy", "c"),),
    ("label", "accuracy", "confusion_matrix"),
    measure=_measure,
    opens="inside",
    part="mistakes",
    runs=(NOTEBOOK,),
)
