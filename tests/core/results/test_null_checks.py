"""How often the app calls a difference real if it is due to chance, and if it is real.

`-s` prints the shares, which `fvapp/bench/README.md` lists. Each rule is simulated in NumPy for
many cases at once. For some of these cases, the simulation is compared with what the app says.
"""

import itertools
from dataclasses import replace

import numpy as np
import pytest
import scipy.special
import scipy.stats

from fvapp.core.classroom.hunt import HuntAttempt, measure_accuracy_drop
from fvapp.core.missions import MissionRun
from fvapp.core.missions.table.only_me import (
    DIGITS,
    IMAGES_PER_DIGIT,
    MINE,
    OTHERS,
    judge_borrowed_filters,
    judge_own_digits,
)
from fvapp.core.results.chance import (
    margin_of_difference,
    margin_of_error_on_new_images,
    seed_spread,
)
from fvapp.core.results.curves import EpochPoints
from fvapp.core.results.overfitting import CRITICAL, diagnose_fit
from fvapp.core.results.repeats import EPOCHS, SHORT, shipped_measured_runs
from fvapp.core.results.significance import REPEATS, interim_significance_level
from fvapp.core.results.statistics import compare_groups
from fvapp.core.runs import RunResult
from fvapp.core.settings import RunSettings
from verdict_sentences import CLAIMS, epochs, scored, trials

IMAGES = 10**6
"""Number of images, so large that no difference in accuracy corresponds to only a few images."""
DRAWS = 20_000
HELD = 40
PRESSES = 5
AT_MOST = 0.05


def told(name: str, share: float) -> float:
    print(f"\n{name}: {100 * share:.1f}%")
    return share


def differ(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Return which pairs of groups differ significantly, bool [draws].

    Args:
        first, second: accuracies [draws, runs] of the groups.
    """
    sizes = first.shape[1], second.shape[1]
    one, other = (
        group.var(axis=1, ddof=1) / size for group, size in zip((first, second), sizes, strict=True)
    )
    degrees = (one + other) ** 2 / (one**2 / (sizes[0] - 1) + other**2 / (sizes[1] - 1))
    smaller, larger = sorted(sizes)
    degrees = np.minimum(degrees, max(1, 2 * smaller / larger) * (smaller - 1))
    t = np.abs(first.mean(axis=1) - second.mean(axis=1)) / np.sqrt(one + other)
    return 2 * scipy.special.stdtr(degrees, -t) < interim_significance_level(smaller)


def share_called_better(apart: float, sizes=(1, 1), scatters=(1, 1), presses=PRESSES) -> float:
    """Return how often one of two networks is called better, at first or after any repeats.

    Args:
        apart: how far the second network is truly ahead, in standard deviations of the first.
    """
    random = np.random.default_rng(58)
    found = np.zeros(DRAWS, bool)
    looks = [[size + REPEATS * press for size in sizes] for press in range(presses + 1)]
    first, second = (
        0.85 + 0.003 * (scatter * random.normal(size=(DRAWS, most)) + ahead)
        for scatter, most, ahead in zip(scatters, looks[-1], (0, apart), strict=True)
    )
    for m, n in (look for look in looks if min(look) > 1):
        different = differ(first[:, :m], second[:, :n])
        for draw in range(HELD):
            said = compare_groups(
                first[draw, :m].tolist(), second[draw, :n].tolist(), IMAGES
            ).outcome
            assert (said == "more") == different[draw]
        found |= different
    return float(found.mean())


@pytest.mark.parametrize("scatters", [(1, 1), (1, 2), (1, 3)])
@pytest.mark.parametrize("sizes", [(1, 1), (2, 2), (3, 3), (2, 11), (11, 2), (4, 9)])
def test_equal_networks_are_called_different_in_at_most_one_of_twenty_comparisons(sizes, scatters):
    share = share_called_better(0, sizes, scatters)
    assert told(f"equal, {sizes} runs, scatter {scatters}, {PRESSES} presses", share) <= AT_MOST


@pytest.mark.parametrize(
    ("apart", "presses", "least"), [(3, 1, 0.75), (2, 2, 0.7), (1.5, PRESSES, 0.8)]
)
def test_a_network_that_is_better_is_called_so_once_there_are_enough_repeats(apart, presses, least):
    share = share_called_better(apart, presses=presses)
    assert told(f"better by {apart} standard deviations, {presses} presses", share) >= least


def judged(val_loss, settings=RunSettings(), loss=None):
    """Return the verdict on a run with this validation loss in each epoch.

    Unless given, the training loss falls steadily.
    """
    count = len(val_loss)
    loss = loss or [0.5 - 0.4 * epoch / count for epoch in range(count)]
    epochs = tuple(range(1, count + 1))
    return diagnose_fit(
        EpochPoints(epochs, loss, [0.9] * count, val_loss, [0.85] * count, [0.4] * count), settings
    ).fit_kind


def rising(courses: np.ndarray) -> np.ndarray:
    """Return which loss curves [draws, epochs] clearly rise at the end, judged by ranks."""
    count = courses.shape[1]
    clearest = np.full(len(courses), -np.inf)
    for length in range(4, count + 1):
        ranks = courses[:, -length:].argsort(axis=1).argsort(axis=1) - (length - 1) / 2
        clearest = np.maximum(
            clearest, 12 * (ranks @ np.arange(length)) / (length**3 - length) * np.sqrt(length - 1)
        )
    means = sum(courses[:, start : count - 2 + start] for start in range(3))
    # The page shows a rise of 0.05% as 0.1%, so smaller rises do not count.
    higher = means[:, -1] / means.min(axis=1) - 1 >= 0.0005
    return higher & (clearest >= np.interp(count, [*CRITICAL], [*CRITICAL.values()]))


SCATTERS = {
    "normal, 2%": lambda random, shape: 1 + 0.02 * random.normal(size=shape),
    "normal in logarithms, 30%": lambda random, shape: np.exp(0.3 * random.normal(size=shape)),
    "with jumps": lambda random, shape: np.exp(0.05 * random.standard_t(2, size=shape)),
}


@pytest.mark.parametrize("scatter", SCATTERS)
@pytest.mark.parametrize(
    "epochs", [4, 5, 7, 10, 15, 30, 55, pytest.param(100, marks=pytest.mark.long)]
)
def test_of_runs_whose_course_is_level_at_most_one_in_twenty_overfits(epochs, scatter):
    draws = DRAWS if epochs < 20 else DRAWS // 4
    courses = 0.35 * SCATTERS[scatter](np.random.default_rng(58), (draws, epochs))
    found = rising(courses)
    for course, rises in zip(courses[:HELD].tolist(), found[:HELD], strict=True):
        assert (judged(course) == "overfits") == rises
    assert told(f"level, {epochs} epochs, {scatter}: overfits", found.mean()) <= AT_MOST


def test_where_validation_loss_climbs_with_every_seed_nearly_every_run_is_said_to_overfit():
    kinds = []
    for settings, runs in shipped_measured_runs().items():
        means = [np.convolve(run.val_loss, np.ones(3) / 3, "valid") for run in runs]
        learns = all(run.loss[-1] < run.loss[0] for run in runs)
        if learns and all(mean[-1] > 1.1 * mean.min() for mean in means):
            kinds += [judged(run.val_loss, settings, list(run.loss)) for run in runs]
    assert len(kinds) >= 200
    share = told(
        f"{len(kinds)} of groups in which ten of ten rise by a tenth in {EPOCHS} epochs: overfits",
        kinds.count("overfits") / len(kinds),
    )
    assert share >= 0.95


def trial(
    settings: RunSettings, accuracy: float, trained: float = 0.9, images: int = IMAGES, **more
) -> MissionRun:
    """Return a finished run with this accuracy on its validation and test images."""
    course = epochs([0.5] * 5, [trained] * 5, [0.4] * 5, [accuracy] * 5)
    result = RunResult(0.4, accuracy, 1.0, by_class=((round(accuracy * images), images),))
    return MissionRun(settings, "done", 1_000, course, result, **more)


def learned_repeats():
    """Yield each network's settings, its shipped repeats and the margin of chance.

    A network's repeats differ only in the seed. Networks that learned too little are left out.
    """
    for settings, runs in shipped_measured_runs().items():
        settings = settings.with_values(epochs=SHORT)
        if min(run.val_accuracy[SHORT - 1] for run in runs) > 0.3:
            yield settings, runs, margin_of_difference(seed_spread(settings).val_accuracy)


@pytest.mark.parametrize("claim", ["layers", "neurons", "neurons.doubling", "wrong_labels.longer"])
def test_missions_that_compare_two_networks_tell_those_apart_that_differ_and_seldom_two_runs_of_one(
    claim,
):
    alike = []
    better = []
    for settings, runs, margin in learned_repeats():
        for first, second in itertools.combinations(
            (run.val_accuracy[SHORT - 1] for run in runs), 2
        ):
            for found, ahead in ((alike, 0.0), (better, 1.5 * margin)):
                pair = [trial(settings, first), trial(settings, second + ahead)]
                found.append(not CLAIMS[claim].judge(pair).undecided)
    assert len(alike) > 2_000
    assert told(f"mission {claim}, two runs of a network", np.mean(alike)) <= AT_MOST
    assert (
        told(f"mission {claim}, better by 1.5 times what is shown as chance", np.mean(better))
        >= 0.8
    )


def test_mission_b_says_that_training_images_are_easier_where_they_are_and_seldom_where_not():
    random = np.random.default_rng(58)
    alike = []
    better = []
    images = 10_000
    for settings, runs, _ in learned_repeats():
        gaps = np.array([run.accuracy_gap for run in runs]) - np.mean(
            [run.accuracy_gap for run in runs]
        )
        for gap in random.choice(gaps * np.sqrt(10 / 9), 50):
            true = runs[0].test_accuracy
            margin = margin_of_error_on_new_images(seed_spread(settings).accuracy_gap, true, images)
            for found, ahead in ((alike, 0.0), (better, 1.5 * margin)):
                one = trial(
                    settings, random.binomial(images, true) / images, true + gap + ahead, images
                )
                found.append(not CLAIMS["network"].judge([one]).undecided)
    assert told("mission B, training images as easy as new ones", np.mean(alike)) <= AT_MOST
    assert told("mission B, easier by 1.5 times what is shown as chance", np.mean(better)) >= 0.8


def test_mission_6_says_that_the_accuracy_fell_where_it_did_and_seldom_where_it_scatters():
    random = np.random.default_rng(58)
    settings = RunSettings(epochs=30)
    found = {0.0: [], 1.5: []}
    spread = seed_spread(settings).val_accuracy
    losses = np.r_[np.linspace(0.6, 0.35, 8), np.linspace(0.36, 0.8, 22)]
    for falls, _ in itertools.product(found, range(200)):
        drop = falls * margin_of_difference(spread) * np.r_[np.zeros(12), np.ones(18)]
        accuracies = (0.88 - drop + spread * random.normal(size=30)).tolist()
        course = epochs(np.linspace(0.5, 0.1, 30).tolist(), None, losses.tolist(), accuracies)
        one = MissionRun(settings, "done", 1_000, course, RunResult(0.4, 0.88, 1.0))
        further = CLAIMS["epochs"].judge([one]).further
        found[falls].append(
            not {"epochs.accuracy_fell", "epochs.accuracy_rose"}.isdisjoint(further)
        )
    assert told("mission 6, accuracy level: moved", np.mean(found[0.0])) <= AT_MOST
    assert (
        told("mission 6, fell by 1.5 times what is shown as chance: moved", np.mean(found[1.5]))
        >= 0.8
    )


@pytest.mark.parametrize(
    ("images", "rates", "least"), [(150, (0.54, 0.8), 0.95), (21, (0.4, 0.9), 0.8)]
)
def test_mission_15_prefers_borrowed_filters_where_they_read_more_and_seldom_where_not(
    images, rates, least
):
    random = np.random.default_rng(58)
    labels = np.zeros(images, int)
    made = trials("only_me", {}, {})

    def share(*read: float) -> float:
        draws = [(random.random((500, images)) >= rate).astype(int) for rate in read]
        return float(
            np.mean(
                [
                    not judge_borrowed_filters(made, pair, labels).undecided
                    for pair in zip(*draws, strict=True)
                ]
            )
        )

    assert (
        told(f"mission 15, {images} digits, both read {rates[1]}", share(rates[1], rates[1]))
        <= AT_MOST
    )
    assert (
        told(f"mission 15, {images} digits, {rates}: borrowed filters read more", share(*rates))
        >= least
    )


def test_a_neighbours_digits_decide_mission_15_in_four_of_five_classes_and_seldom_where_both_are_read_alike():
    mine, others = (len(DIGITS) * IMAGES_PER_DIGIT[name] for name in (MINE, OTHERS))
    made = trials("only_me", {}, {})[0]
    labels = np.arange(others) % len(DIGITS)
    said = np.empty((mine + 1, others + 1), object)
    for own, right in np.ndindex(said.shape):
        network = replace(made, **scored(own / mine, by_class=((own, mine),)))
        answers = np.where(np.arange(others) < right, labels, -1)
        said[own, right] = judge_own_digits([network, network], [answers], labels).outcome

    def share(own: float, of_others: float, outcome: str) -> float:
        """Return how often mission 15 has this outcome.

        Args:
            own: the true share of the visitor's digits that are read correctly.
            of_others: the true share of other people's digits that are read correctly.
        """
        pairs = zip(said.shape, (own, of_others), strict=True)
        chances = np.outer(
            *(scipy.stats.binom.pmf(range(count), count - 1, rate) for count, rate in pairs)
        )
        return float(chances[said == outcome].sum())

    assert (
        told("mission 15 with a neighbour, 99.9 and 80%: own better", share(0.999, 0.8, "held"))
        >= 0.8
    )
    for rate in (0.5, 0.7, 0.8, 0.9, 0.98):
        different = share(rate, rate, "held") + share(rate, rate, "not_held")
        assert told(f"mission 15 with a neighbour, both {rate}", different) <= AT_MOST


@pytest.mark.parametrize("tries", [1, 30, 90])
@pytest.mark.parametrize("dataset", ["fashion_mnist", "mnist"])
def test_a_winner_of_many_tries_falls_below_what_is_expected_of_networks_that_nobody_chose(
    dataset, tries
):
    random = np.random.default_rng(58)
    way = []
    below = []
    groups = [
        runs
        for one, runs in shipped_measured_runs().items()
        if one.dataset == dataset and one.train_images is None
    ]
    for _ in range(DRAWS // 20):
        runs = groups[random.integers(len(groups))]
        pairs = np.array([(run.val_accuracy[SHORT - 1], run.test_accuracy) for run in runs])
        drawn = random.multivariate_normal(pairs.mean(axis=0), np.cov(pairs.T), size=tries)
        said = measure_accuracy_drop(
            HuntAttempt("", "", 1, *drawn[drawn[:, 0].argmax()].tolist()), dataset
        )
        way.append(said.expected_to_test_difference.direction), below.append(said.is_below_expected)
    name = f"hunt on {dataset}, best of {tries}"
    share = told(f"{name}: beyond chance", np.mean(np.abs(way)))
    lower = told(f"{name}: below what is expected", np.mean(below))
    assert share <= AT_MOST if tries == 1 else lower > 0.5
