"""Mission 15: how well a network that learned one person's digits reads other people's digits.

The network learns three digits, from scratch or with borrowed filters, which are convolutions
copied from a shipped model. The following was measured with twelve writers from "Pen-Based
Recognition of Handwritten Digits" (E. Alpaydin and F. Alimoglu), who wrote on a tablet. Each
network learned from 6 images of each digit by one writer. Networks trained from scratch recognise
99.9% of the same writer's other images, 80% (standard deviation 7) of the other writers' images,
and 54% (standard deviation 10) of MNIST's test images. For networks with borrowed filters, the
shares are 100%, 91% (8) and 80% (7). With the digits 1, 4 and 7, which different people write more
alike, networks trained from scratch recognise 77% of MNIST's test images.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from fvapp.core.dataset_table import DATASETS, make_own_dataset_name
from fvapp.core.datasets import Dataset
from fvapp.core.inspection import count_correct_by_class
from fvapp.core.missions.mission import NOTEBOOK, read_mission
from fvapp.core.missions.trials import MissionRuns, judge_only_learned_runs
from fvapp.core.missions.verdict import OUTCOME_OF_GAIN, MissionVerdict
from fvapp.core.results.by_class import recall_by_class, sum_over_classes
from fvapp.core.results.chance import wilson_interval
from fvapp.core.results.significance import SIGNIFICANCE, fisher_p_value, sign_test_p_value
from fvapp.core.wording import share_as_percent

DIGITS = ("4", "7", "9")

MINE = make_own_dataset_name(DIGITS)
OTHERS = make_own_dataset_name(DIGITS[::-1])
"""Names of the data sets with the visitor's drawings (`MINE`) and a neighbour's (`OTHERS`).

A run trains on all examples of its data set, so the neighbour's drawings need a separate data set.
Its name differs because its classes are in reverse order.
"""

IMAGES_PER_DIGIT = {MINE: 12, OTHERS: 7}
"""Data set -> number of drawings of each digit that the mission asks for.

The networks are tested on all of the visitor's drawings. With the measured recognition rates (see
the module's docstring), these numbers are just enough to show a difference in 81 of 100 cases.
"""

OTHERS_IMAGES = 50
"""Number of MNIST test images of each digit that are used as other people's drawings."""


def digits_by_others(
    data: Dataset, per_digit: int = OTHERS_IMAGES
) -> tuple[np.ndarray, np.ndarray]:
    """Return MNIST's first test images of each of `DIGITS`, uint8 [n, 28, 28], and their labels."""
    truth = data.y_test
    rows = np.concatenate([np.flatnonzero(truth == int(digit))[:per_digit] for digit in DIGITS])
    return data.x_test[rows], np.repeat(np.arange(len(DIGITS)), per_digit)


@judge_only_learned_runs(by_class=True)
def judge_own_digits(
    trials: MissionRuns, answers: Sequence[np.ndarray], labels: np.ndarray
) -> MissionVerdict:
    """Judge whether a network reads the visitor's drawings better than other people's.

    The claim is about networks that were trained from scratch.

    Args:
        trials: the run from scratch, the run with borrowed filters (copied from a shipped model),
            then runs from scratch that hold back other parts of the drawings. Missions begun in
            earlier versions of the app lack these last runs.
        answers: the labels that the first two networks gave to other people's images.
        labels: the true labels of these images.
    """
    by_class = count_correct_by_class(labels, answers[0], len(DIGITS))
    mine = count_own_digits_read(trials)
    others = sum_over_classes(by_class)
    ahead = mine[0] * others[1] - others[0] * mine[1]
    worst = int(np.argmin(recall_by_class(by_class)))
    values = {"name": DIGITS[worst]}
    for name, counts in (("mine", mine), ("others", others), ("digit", by_class[worst])):
        least, most = (share_as_percent(share, 0) for share in wilson_interval(*counts))
        values |= {
            name: f"{counts[0]}",
            f"{name}_images": f"{counts[1]}",
            f"{name}_low": least,
            f"{name}_high": most,
        }
    return _verdict_by_direction(
        ((ahead > 0) - (ahead < 0)) * (fisher_p_value(mine, others) < SIGNIFICANCE), values
    )


def count_own_digits_read(trials: MissionRuns) -> tuple[int, int]:
    """Return how many held-back drawings are recognised without borrowed filters, and the total."""
    return sum_over_classes(
        [counts for trial in (trials[0], *trials[2:]) for counts in trial.measured_result.by_class]
    )


@judge_only_learned_runs()
def judge_borrowed_filters(
    trials: MissionRuns, answers: Sequence[np.ndarray], labels: np.ndarray
) -> MissionVerdict:
    """Judge whether filters copied from a shipped model help to read other people's digits.

    Only images that exactly one of the two networks classifies correctly count.
    """
    scratch, borrowed = (answer == labels for answer in answers)
    ahead = int((borrowed & ~scratch).sum())
    behind = int((scratch & ~borrowed).sum())
    way = ((ahead > behind) - (ahead < behind)) * (sign_test_p_value(ahead, behind) < SIGNIFICANCE)
    numbers = {"scratch": scratch.sum(), "borrowed": borrowed.sum(), "images": len(labels)}
    return _verdict_by_direction(
        way, {name: f"{n}" for name, n in (numbers | {"ahead": ahead, "behind": behind}).items()}
    )


def _verdict_by_direction(way: int, values: Mapping[str, str]) -> MissionVerdict:
    """Return the verdict on a difference whose direction is `way`: 1, 0 or -1.

    If `way` is 0, the predictions "held" and "not_held" stay undecided.
    """
    return MissionVerdict(
        OUTCOME_OF_GAIN[way], values, undecided=() if way else ("held", "not_held")
    )


_RUNS = tuple(
    {**NOTEBOOK, "network": network, **DATASETS[MINE].usual[network]}
    for network in ("dense", "borrowed")
)

MISSION = read_mission(__file__, dataset=MINE, variants={"strangers": _RUNS, "neighbour": _RUNS})
