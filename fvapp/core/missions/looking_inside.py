"""Verdicts from the inside of a student's own network."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fvapp.core.inspection.mistakes import most_confused, precision_and_recall
from fvapp.core.inspection.surgery import Parts, damage, order_of_help
from fvapp.core.missions.verdict import LEARNED_NOTHING, Outcome, Verdict, learned_nothing
from fvapp.core.wording import Difference, percent

ONE_CARRIES = 5
"""Percentage points of test accuracy that must be lost without one neuron for it to carry the class."""

HARDLY = 1

MANY = 16
"""Neurons: an eighth of the notebook's 128. Without those that help it most, a class is nearly forgotten."""

SHIRT = 6
TOPS = (0, 2, 3, 4)
"""Fashion-MNIST's T-shirt/top, pullover, dress and coat: what looks like a shirt in 28 x 28 pixels."""

NEARLY_ALL, HALF = 0.8, 0.5


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
