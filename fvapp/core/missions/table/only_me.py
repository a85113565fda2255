"""Mission 15: how a network that learned one writer's three digits reads those of others.

The network is trained from scratch or with borrowed filters. Measured with twelve writers of
"Pen-Based Recognition of Handwritten Digits" (E. Alpaydin and F. Alimoglu), who wrote on a tablet,
with 6 of each digit to learn from. From scratch, their networks read 99.9% of the other digits of
the same writer, 80% (standard deviation 7) of other writers' on the tablet and 54% (10) of MNIST's
test images; with borrowed filters 100%, 91% (8) and 80% (7). Of the digits 1, 4 and 7, networks
from scratch read 77% of MNIST's test images: writers differ less in these digits.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from fvapp.core.dataset_table import DATASETS, make_own_dataset_name
from fvapp.core.datasets import Dataset
from fvapp.core.inspection import count_right_by_class
from fvapp.core.missions.mission import NOTEBOOK, read_mission
from fvapp.core.missions.trials import Trials, of_learned_runs
from fvapp.core.missions.verdict import OUTCOME_OF_GAIN, Verdict
from fvapp.core.results.by_class import recall_by_class, sum_over_classes, wilson_interval
from fvapp.core.results.significance import SIGNIFICANCE, fisher_p_value, sign_test_p_value
from fvapp.core.wording import percent

DIGITS = ("4", "7", "9")

MINE = make_own_dataset_name(DIGITS)
OTHERS = make_own_dataset_name(DIGITS[::-1])
"""The data sets of the visitor's drawings and of a neighbour's, with the classes reversed.

A run trains on all examples of its data set, so the neighbour's drawings need one of their own.
"""

IMAGES_PER_DIGIT = {MINE: 12, OTHERS: 7}
"""How many drawings of each digit are asked for.

The networks are tested on all of the visitor's drawings. At the rates above, these numbers are just
enough to tell the two writers apart in 81 of 100 cases.
"""

OTHERS_IMAGES = 50
"""How many of MNIST's test images of each digit stand for other people's drawings."""


def digits_by_others(
    data: Dataset, per_digit: int = OTHERS_IMAGES
) -> tuple[np.ndarray, np.ndarray]:
    """Return MNIST's first test images of each digit, uint8 [n, 28, 28], and labels in `DIGITS`."""
    truth = data.y_test
    rows = np.concatenate([np.flatnonzero(truth == int(digit))[:per_digit] for digit in DIGITS])
    return data.x_test[rows], np.repeat(np.arange(len(DIGITS)), per_digit)


@of_learned_runs(by_class=True)
def judge_own_digits(trials: Trials, answers: Sequence[np.ndarray], labels: np.ndarray) -> Verdict:
    """Judge "a network from scratch reads the visitor's own drawings better than other people's".

    Args:
        trials: from scratch, with borrowed filters, then from scratch with each other part of the
            drawings held back; earlier versions did not train the latter.
        answers: what each of the first two networks takes the others' images for.
        labels: the digits in these images.
    """
    by_class = count_right_by_class(labels, answers[0], len(DIGITS))
    mine = count_own_digits_read(trials)
    others = sum_over_classes(by_class)
    ahead = mine[0] * others[1] - others[0] * mine[1]
    worst = int(np.argmin(recall_by_class(by_class)))
    values = {"name": DIGITS[worst]}
    for name, counts in (("mine", mine), ("others", others), ("digit", by_class[worst])):
        least, most = (percent(share, 0) for share in wilson_interval(*counts))
        values |= {
            name: f"{counts[0]}",
            f"{name}_images": f"{counts[1]}",
            f"{name}_low": least,
            f"{name}_high": most,
        }
    return _verdict_by_direction(
        ((ahead > 0) - (ahead < 0)) * (fisher_p_value(mine, others) < SIGNIFICANCE), values
    )


def count_own_digits_read(trials: Trials) -> tuple[int, int]:
    """Return how many held-back drawings the networks from scratch read, and how many there are."""
    return sum_over_classes(
        [counts for trial in (trials[0], *trials[2:]) for counts in trial.measured_result.by_class]
    )


@of_learned_runs()
def judge_borrowed_filters(
    trials: Trials, answers: Sequence[np.ndarray], labels: np.ndarray
) -> Verdict:
    """Judge "a network reads other people's digits better with borrowed filters than from scratch".

    Only images that just one of the two networks reads count.
    """
    scratch, borrowed = (answer == labels for answer in answers)
    ahead = int((borrowed & ~scratch).sum())
    behind = int((scratch & ~borrowed).sum())
    way = ((ahead > behind) - (ahead < behind)) * (sign_test_p_value(ahead, behind) < SIGNIFICANCE)
    numbers = {"scratch": scratch.sum(), "borrowed": borrowed.sum(), "images": len(labels)}
    return _verdict_by_direction(
        way, {name: f"{n}" for name, n in (numbers | {"ahead": ahead, "behind": behind}).items()}
    )


def _verdict_by_direction(way: int, values: Mapping[str, str]) -> Verdict:
    """Return a verdict; without a clear difference, only "within_noise" is known to be right."""
    return Verdict(OUTCOME_OF_GAIN[way], values, undecided=() if way else ("held", "not_held"))


_RUNS = tuple(
    {**NOTEBOOK, "network": network, **DATASETS[MINE].usual[network]}
    for network in ("dense", "borrowed")
)

MISSION = read_mission(__file__, dataset=MINE, variants={"strangers": _RUNS, "neighbour": _RUNS})
