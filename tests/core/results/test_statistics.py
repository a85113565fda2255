"""Groups of runs are compared as by SciPy's own test, with a verdict for every outcome."""

import re
from dataclasses import replace

import numpy as np
import pytest
import scipy.stats

from claim_reader import TRANSLATORS
from fvapp.core.results.significance import holm_correction, welch_p_value
from fvapp.core.results.statistics import (
    common_accuracy_measure,
    compare_groups,
    compare_groups_with_first,
    count_test_images,
    error_bar_lengths,
    group_runs,
    settings_with_fresh_seeds,
    verdict_sentence,
)
from fvapp.core.runs import RunRecord, RunResult
from fvapp.core.settings import RunSettings
from fvapp.core.teaching import OwnExamples, TeachingRecord
from fvapp.core.wording import percentage_points_text
from verdict_sentences import GROUPS

NARROW = GROUPS["more"][0]
IMAGES = 6_000


def record(number, accuracy, *, state="done", epochs=5, epoch=5, **values):
    result = None if accuracy is None else RunResult(0.4, accuracy, 2.0)
    return RunRecord(
        f"r{number}",
        number,
        RunSettings(**values),
        state,
        epochs=epochs,
        epoch=epoch,
        result=result,
    )


@pytest.mark.parametrize(
    ("first", "second"),
    [pair for outcome, pair in GROUPS.items() if outcome not in ("single", "coarse")]
    + [((0.10, 0.11), (0.8, 0.9))],
)
def test_the_p_value_equals_scipys(first, second):
    trusted = scipy.stats.ttest_ind(first, second, equal_var=False).pvalue
    assert welch_p_value(first, second) == pytest.approx(trusted, rel=1e-9)


def test_groups_without_spread_that_differ_by_a_few_images_are_undecided():
    assert compare_groups((0.930, 0.930), (0.9305, 0.9305), IMAGES).outcome == "coarse"
    assert compare_groups((0.930, 0.930), (0.931, 0.931), IMAGES).outcome == "cannot_say"
    # A difference of 75 percentage points is real even without any spread within the groups.
    assert compare_groups((0.1, 0.1), (0.85, 0.85), IMAGES).outcome == "more"
    # Only the second group has any spread.
    assert compare_groups((0.1, 0.1), (0.88, 0.89), IMAGES).outcome == "more"
    # The groups differ by three images of a hundred.
    steady = (0.86, 0.861, 0.86)
    better = (0.89, 0.891, 0.89)
    assert compare_groups(steady, better, 100).outcome == "coarse"
    assert compare_groups(steady, better, 1_000).outcome == "more"


def test_several_comparisons_are_corrected_as_by_holm():
    assert holm_correction(()) == ()
    assert holm_correction((0.03,)) == (0.03,)
    # This is the example in R's manual: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm").
    assert holm_correction((0.01, 0.04, 0.03, 0.005)) == pytest.approx((0.03, 0.06, 0.06, 0.02))
    assert holm_correction((0.9, 0.8)) == (1.0, 1.0)


def numbers(runs):
    """Return the numbers of the runs in each group."""
    return [[run.number for run in group.runs] for group in group_runs(runs)]


def groups(*accuracies, **values):
    """Make up a group of three seeds for each triple of validation accuracies."""
    records = []
    validation = {}
    for width, triple in enumerate(accuracies, start=10):
        for seed, accuracy in enumerate(triple):
            one = record(len(records) + 1, 0.5, seed=seed, hidden=(width,), **values)
            records.append(one)
            validation[one.id] = accuracy
    return group_runs(records, validation)


def test_one_of_seven_comparisons_must_be_clearer_than_one_alone():
    first = (0.880, 0.884, 0.877)
    barely = (0.890, 0.894, 0.892)
    same = [(0.880 + 0.0001 * place, 0.883, 0.878) for place in range(6)]
    (alone,) = compare_groups_with_first(groups(first, barely), "val_accuracy")
    among, *_ = compare_groups_with_first(groups(first, barely, *same), "val_accuracy")
    assert alone.outcome == "more" and alone.p_value < 0.05
    assert among.outcome == "cannot_say"
    assert among.p_value == pytest.approx(min(1, 7 * alone.p_value))


def test_a_group_on_another_data_set_is_not_compared_and_does_not_count_for_the_correction():
    first, second = groups((0.880, 0.884, 0.877), (0.888, 0.890, 0.889))
    (other,) = groups((0.97, 0.98, 0.97), dataset="mnist")
    with_other, apart = compare_groups_with_first((first, second, other), "val_accuracy")
    (alone,) = compare_groups_with_first((first, second), "val_accuracy")
    assert with_other == alone and apart.p_value is None


@pytest.mark.parametrize("seed", range(20))
def test_bars_touch_exactly_where_there_is_no_difference(seed):
    random = np.random.default_rng(seed)
    made_up = groups(
        *(tuple(0.88 + 0.006 * random.normal() + 0.003 * random.normal(size=3)) for _ in range(5))
    )
    lengths = error_bar_lengths(made_up, "val_accuracy")
    first = made_up[0]
    for group, length, verdict in zip(
        made_up[1:], lengths[1:], compare_groups_with_first(made_up, "val_accuracy"), strict=True
    ):
        apart = (
            abs(group.mean_accuracy("val_accuracy") - first.mean_accuracy("val_accuracy"))
            > lengths[0] + length
        )
        assert length > 0 and apart == (verdict.p_value < 0.05)


def test_groups_are_compared_by_validation_accuracy_if_all_have_it_else_by_test_accuracy():
    some = groups(NARROW, NARROW)
    assert common_accuracy_measure(some) == "val_accuracy"
    assert count_test_images(some[0], "val_accuracy") == 6_000
    (without,) = group_runs([record(1, 0.88, validation_split=0.0)])
    assert common_accuracy_measure([*some, without]) == "test_accuracy"
    assert count_test_images(without, "test_accuracy") == 10_000
    assert count_test_images(groups(NARROW, train_images=1_000)[0], "val_accuracy") == 100


@pytest.mark.parametrize("outcome", GROUPS)
def test_made_up_groups_give_every_outcome_in_either_order(outcome):
    first, second = GROUPS[outcome]
    there = compare_groups(first, second, IMAGES)
    back = compare_groups(second, first, IMAGES)
    assert there.outcome == back.outcome == outcome
    assert there.mean_difference == pytest.approx(-back.mean_difference)


@pytest.mark.parametrize(
    ("values", "groups"),
    [
        *(
            (values, 1)
            for values in ({"rare_share": 0.5}, {"target_value": 0.7}, {"example_weight": 9})
        ),
        *(
            (values, 2)
            for values in (
                {"rare_class": 6},
                {"rare_class": 6, "rare_share": 0.5},
                {"examples": "added"},
            )
        ),
    ],
)
def test_a_setting_without_effect_makes_no_separate_group(values, groups):
    assert len(group_runs([record(1, 0.88, seed=1), record(2, 0.9, seed=2, **values)])) == groups


def test_different_examples_or_arithmetic_make_separate_groups_and_each_taught_run_is_alone():
    first = record(1, 0.88, seed=1, examples="added")
    runs = [
        *(replace(first, id=each, examples=OwnExamples(9, 3, each[:1])) for each in ("a1", "b1")),
        replace(
            record(2, 0.9, seed=2, examples="added"), id="a2", examples=OwnExamples(9, 3, "a", 7.0)
        ),
        *(
            replace(first, id=each, taught=TeachingRecord("a1", 1, ("x",), True))
            for each in ("t1", "t2")
        ),
    ]
    assert [[run.id for run in group.runs] for group in group_runs(runs)] == [
        ["a1", "a2"],
        ["b1"],
        ["t1"],
        ["t2"],
    ]
    coarse = replace(record(2, 0.9, seed=2, network="cnn"), arithmetic="bfloat16")
    assert len(group_runs([record(1, 0.9, seed=1, network="cnn"), coarse])) == 2


def test_runs_belong_together_when_only_their_seeds_differ():
    runs = [
        record(1, 0.88, seed=1),
        record(2, 0.89, seed=2),
        record(3, 0.90, seed=1, hidden=(512,)),
        record(4, None, seed=4),
        record(5, 0.91, seed=5, epochs=6, epoch=6),
        record(6, 0.80, seed=6, state="stopped", epoch=2),
        record(7, 0.88, epoch=4, patience=2, seed=1),
        record(8, 0.87, epoch=3, patience=2, seed=2),
    ]
    assert numbers(runs) == [
        [1, 2],
        [3],
        [5],
        [6],
        [7, 8],
    ]


def test_a_continued_run_is_repeated_with_as_many_epochs_and_its_repeats_join_it():
    longer = record(1, 0.88, seed=1, epochs=7, epoch=7)
    (again,) = settings_with_fresh_seeds(longer.final_settings, [longer], 1)
    assert (again.epochs, again.seed) == (7, 2)
    repeat = RunRecord("r2", 2, again, "done", epochs=7, epoch=7, result=RunResult(0.4, 0.89, 2.0))
    assert numbers([longer, repeat]) == [[1, 2]]
    assert settings_with_fresh_seeds(longer.final_settings, [longer, repeat], 1)[0].seed == 3


def test_of_runs_with_the_same_seed_the_one_counts_that_comes_first():
    twin = record(2, 0.88, seed=1)
    other = record(3, 0.89, seed=2)
    (group,) = group_runs([twin, record(1, 0.88, seed=1), twin, other, record(4, 0.90, seed=3)])
    assert [run.number for run in group.runs] == [2, 3, 4]
    assert group.accuracies("test_accuracy") == (0.88, 0.89, 0.90)
    assert group.mean_accuracy("test_accuracy") == pytest.approx(0.89)
    assert group.accuracy_standard_deviation("test_accuracy") == pytest.approx(0.01)


@pytest.mark.parametrize("values", [{"validation_split": 0.2}, {"train_images": 10_000}])
def test_accuracies_on_other_validation_images_are_not_compared(values):
    alike = groups(NARROW)[0]
    other = groups(NARROW, **values)[0]
    assert common_accuracy_measure([alike, alike]) == "val_accuracy"
    assert (
        common_accuracy_measure([alike, other])
        == common_accuracy_measure([other, alike])
        == "test_accuracy"
    )
    # This group is never compared with the others, because its data set differs.
    digits = groups(NARROW, dataset="mnist", **values)[0]
    assert common_accuracy_measure([alike, digits, alike]) == "val_accuracy"


def test_the_verdict_counts_the_images_of_the_group_with_fewer():
    few = groups(NARROW, train_images=1_000)[0]
    many = groups(NARROW)[0]
    for pair in ((few, many), (many, few)):
        assert compare_groups_with_first(pair, "val_accuracy")[0].image_count == 100


def test_small_differences_keep_two_digits():
    assert [percentage_points_text(share) for share in (0.0, 0.0012, 0.0123, 0.1225)] == [
        "0.0",
        "0.12",
        "1.2",
        "12.3",
    ]


def test_repeats_take_unused_seeds_and_wrap_around_after_the_largest():
    runs = [
        record(1, 0.88, seed=1),
        record(2, 0.89, seed=3),
        record(3, 0.90, seed=2, hidden=(512,)),
    ]
    again = settings_with_fresh_seeds(RunSettings(seed=1), runs, 3)
    assert [settings.seed for settings in again] == [2, 4, 5]
    assert {settings.with_values(seed=1) for settings in again} == {RunSettings(seed=1)}
    assert [
        settings.seed for settings in settings_with_fresh_seeds(RunSettings(seed=2**31 - 1), [], 2)
    ] == [0, 1]


def twice(**second):
    """Return the outcome of comparing two single runs; `second` changes the second record."""
    runs = [record(1, 0.88), replace(record(2, 0.90, hidden=(512,)), **second)]
    (verdict,) = compare_groups_with_first(group_runs(runs), "test_accuracy")
    return verdict.outcome


def test_two_teachings_of_a_network_are_not_called_before_and_after():
    network = record(1, 0.88).settings
    only, mixed = (
        replace(record(n, 0.9), settings=network, taught=TeachingRecord("r1", 1, ("a",), n == 3))
        for n in (2, 3)
    )
    for pair in ((record(1, 0.88), only), (only, mixed)):
        (verdict,) = compare_groups_with_first(group_runs(pair), "test_accuracy")
        assert verdict.outcome == "taught"
        for t in TRANSLATORS:
            said = t("compare.headline.taught") + verdict_sentence(verdict, "one", "two", t)
            assert not re.search("before|之前", said)


def test_repeating_is_not_advised_for_runs_that_cannot_be_repeated():
    same = record(2, 0.90).settings
    cnn = [
        replace(record(n, 0.9, network="cnn"), arithmetic=numbers)
        for n, numbers in ((1, "float32"), (2, "bfloat16"))
    ]
    assert twice() == "single"
    assert twice(state="stopped", epoch=2) == "alone"
    assert twice(settings=same, state="stopped", epoch=2) == "alone"
    assert twice(settings=same, taught=TeachingRecord("elsewhere", 7, ("a",), False)) == "alone"
    assert (
        twice(settings=same, taught=TeachingRecord(record(1, 0.88).id, 1, ("a",), False))
        == "taught"
    )
    assert compare_groups_with_first(group_runs(cnn), "test_accuracy")[0].outcome == "alone"
