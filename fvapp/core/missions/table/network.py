"""Mission B: a network with one hidden layer, and its accuracy on training and on new images."""

import numpy as np

from fvapp.core.answers import softmax_shares
from fvapp.core.datasets import DATASETS
from fvapp.core.errors import FvappError
from fvapp.core.missions.comparing import judge_accuracy_gain
from fvapp.core.missions.mission import NOTEBOOK, read_mission
from fvapp.core.missions.trials import MissionRuns, judge_only_learned_runs, require_measured_number
from fvapp.core.missions.verdict import MissionVerdict
from fvapp.core.results.chance import margin_of_error_on_new_images, seed_spread
from fvapp.core.wording import AccuracyDifference

NOTEBOOKS_LIST = "0.1, 0.1, 0.05, 0.1, 9.5, 0.1, 0.05, 0.05, 0.05"
LONGEST_LIST = 200
MOST = 20
LARGEST = 1_000


@judge_only_learned_runs()
def judge_learned_over_new_images(trials: MissionRuns) -> MissionVerdict:
    """Judge whether the network does better on the images it learned from than on new images.

    The claim is about new images in general, so the margin of error allows for a different seed and
    for different test images.
    """
    (trial,) = trials
    test = trial.test_accuracy
    images = DATASETS[trial.settings.dataset].test_images
    margin = margin_of_error_on_new_images(seed_spread(trial.settings).accuracy_gap, test, images)
    gap = AccuracyDifference.from_accuracies(
        test, require_measured_number(trial.epochs[-1].accuracy), margin
    )
    return judge_accuracy_gain(
        gap, "test", "train", "gap", "noise", values={"images": f"{images:,}"}
    )


def softmax_of_text(text: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the numbers in a comma-separated list, and the softmax of these numbers, each [n].

    The list may be in square brackets.

    Raises:
        FvappError: ``bad_numbers``: there are too few or too many numbers, a number is too large,
            or an item is not a number.
    """
    try:
        numbers = np.array(
            [float(part) for part in text.strip().strip("[]").replace("，", ",").split(",")]
        )
    except ValueError:
        numbers = np.array([])
    # Comparisons with nan are False, so this condition refuses nan, too.
    if not (2 <= len(numbers) <= MOST and (np.abs(numbers) <= LARGEST).all()):
        raise FvappError("bad_numbers", value=text[:40], most=MOST, largest=f"{LARGEST:,}")
    return numbers, softmax_shares(numbers[None])[0]


MISSION = read_mission(__file__, runs=(NOTEBOOK,), judge=judge_learned_over_new_images)
