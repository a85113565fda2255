"""Mission C: trains a network on a single image, and on 640 images one by one or 32 at a time.

A race compares the test accuracies of two copies of a network, one trained "one by one" and the
other "32 at a time". The following was measured with the runs of this mission for ten seeds. Each
network runs six races from its state after 31 training steps. At a learning rate of 0.003, "one by
one" wins all six races for 7 networks, and 3 networks have no clear winner. At a learning rate of
0.03, "32 at a time" wins all six races for one network, and 9 networks have no clear winner. At a
learning rate of 0.1, "32 at a time" wins all six races for every network. Test accuracies vary by 2
to 6 percentage points between races. If both ways were equally good, the same way would win all six
races by chance in 1 of 32 cases.

Practising (training on a single image) lowers the accuracy on other test images for all ten
networks early in training, for 5 networks after an epoch, and for one network at the end of
training.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fvapp.core.datasets import Dataset
from fvapp.core.inspection import Network, learn_images_once, train_on_one_image
from fvapp.core.missions.comparing import class_name_or_catalogue_key
from fvapp.core.missions.mission import NOTEBOOK, read_mission
from fvapp.core.missions.verdict import OUTCOME_OF_GAIN, MissionVerdict, unlearned_verdict
from fvapp.core.results.learned import unlearned_message
from fvapp.core.wording import share_as_percent

RATES = {"r1": 0.1, "r03": 0.03, "r003": 0.003}
"""Name of a variant -> learning rate of the races between two copies of a network.

One copy learns images "one by one", the other "32 at a time". At the first learning rate, "32 at a
time" won when this was measured.
"""

RACES = 6
IMAGES = 640
TESTED = 2_000
AT_ONCE = 32
PRACTISED_RATE = 0.01
SURE = 0.99
MOST_STEPS = 100

HARDLY = 0.01
"""Largest change in accuracy on other test images that counts as no change: 20 of 2,000 images."""


def tested_accuracy(network: Network, data: Dataset) -> float:
    """Return the accuracy on the first `TESTED` test images."""
    labels = data.y_test[:TESTED]
    return float(np.mean(network.logits(data.x_test[:TESTED]).argmax(axis=1) == labels))


def run_batch_size_race(
    network: Network, data: Dataset, rate: float, seed: int, race: int
) -> tuple[float, float]:
    """Return two test accuracies: after learning images one by one, and after 32 at a time."""
    rows = np.random.default_rng((seed, race)).choice(len(data.x_train), IMAGES, replace=False)
    images = data.x_train[rows]
    labels = data.y_train[rows].astype(int)
    one_by_one, at_once = (
        tested_accuracy(learn_images_once(network, images, labels, rate, n), data)
        for n in (1, AT_ONCE)
    )
    return one_by_one, at_once


def judge_batch_size_races(
    before: float, races: Sequence[tuple[float, float]], rate: float
) -> MissionVerdict:
    """Judge whether learning 32 images at a time makes the better network.

    A race compares two copies of a network that learn the same images, one image or 32 images at a
    time. The outcome is ``held`` if "32 at a time" wins every race, ``not_held`` if "one by one"
    wins every race, and ``within_noise`` otherwise.

    Args:
        before: the test accuracy before the races.
        races: for each race, the accuracies that :func:`run_batch_size_race` returned.
    """
    if nothing_learned := unlearned_message(MISSION.dataset, before):
        return unlearned_verdict(nothing_learned, "another")
    ones, manys = zip(*races, strict=True)
    won = sum(many > one for one, many in races)
    lost = sum(one > many for one, many in races)
    return MissionVerdict(
        OUTCOME_OF_GAIN[(won == len(races)) - (lost == len(races))],
        {
            "one_low": share_as_percent(min(ones)),
            "one_high": share_as_percent(max(ones)),
            "many_low": share_as_percent(min(manys)),
            "many_high": share_as_percent(max(manys)),
            "before": share_as_percent(before),
            "rate": str(rate),
            "won": str(won),
            "lost": str(lost),
        },
    )


@dataclass(frozen=True)
class PracticeResult:
    """The effect of training a network only on the first test image that it misclassifies.

    Attributes:
        image_index: position of the image in the test set.
        step_count: number of training steps on the image.
        final_true_class_share: share of the image's true class after the last step, from 0 to 1.
        accuracy_before, accuracy_after: accuracy on the other test images.
    """

    image_index: int
    step_count: int
    final_true_class_share: float
    accuracy_before: float
    accuracy_after: float


def index_of_first_mistake(network: Network, data: Dataset) -> int | None:
    """Return the index of the first misclassified image among the tested images, or None."""
    answers = network.logits(data.x_test[: TESTED + 1]).argmax(axis=1)
    return next(iter(np.flatnonzero(answers != data.y_test[: TESTED + 1]).tolist()), None)


def practise_first_mistake(network: Network, data: Dataset) -> PracticeResult | None:
    """Return the effect of training on the first misclassified image; None without mistakes."""
    labels = data.y_test[: TESTED + 1].astype(int)
    index = index_of_first_mistake(network, data)
    if index is None:
        return None

    rows = np.delete(np.arange(len(labels)), index)
    others = network.scale_pixels(data.x_test[rows])
    image = data.x_test[index]
    sure, answers = train_on_one_image(
        network, image, int(labels[index]), PRACTISED_RATE, others, SURE, MOST_STEPS
    )
    before, after = ((answers[at] == labels[rows]).mean() for at in (0, -1))

    return PracticeResult(index, len(sure) - 1, float(sure[-1]), float(before), float(after))


def judge_practice(found: PracticeResult | None, data: Dataset) -> MissionVerdict:
    """Judge whether training on one image lowers accuracy on others by over a percentage point."""
    if found is None:
        return MissionVerdict("untold")
    change = found.accuracy_after - found.accuracy_before
    return MissionVerdict(
        OUTCOME_OF_GAIN[(change < -HARDLY) - (change > HARDLY)],
        {
            "index": str(found.image_index),
            "steps": str(found.step_count),
            "share": share_as_percent(found.final_true_class_share, 0),
            "before": share_as_percent(found.accuracy_before),
            "after": share_as_percent(found.accuracy_after),
            "name": class_name_or_catalogue_key(data.name, int(data.y_test[found.image_index])),
        },
    )


def typical_races_verdict(data: Dataset, early: Network, *later: Network) -> MissionVerdict:
    """Return the verdict on races between learning one image and 32 images at a time.

    The races start from an early network, and use the first learning rate in `RATES`.
    """
    rate = next(iter(RATES.values()))
    seed = NOTEBOOK.get("seed", 1)
    races = [run_batch_size_race(early, data, rate, seed, race) for race in range(RACES)]
    return judge_batch_size_races(tested_accuracy(early, data), races, rate)


def typical_practice_verdict(data: Dataset, early: Network, *later: Network) -> MissionVerdict:
    return judge_practice(practise_first_mistake(early, data), data)


MISSION = read_mission(
    __file__,
    measure=typical_races_verdict,
    variants=dict.fromkeys(RATES, (NOTEBOOK,)),
    second_measure=typical_practice_verdict,
)
