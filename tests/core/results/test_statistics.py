"""Groups of runs against scipy's own test, and the verdict for every outcome."""

from dataclasses import replace

import pytest
import scipy.stats

from fvapp.core.results.comparison import Change
from fvapp.core.results.statistics import compare_groups, fresh_seeds, group_runs, points, verdict_sentence, welch_p
from fvapp.core.runs import RunRecord, RunResult
from fvapp.core.settings import RunSettings
from fvapp.i18n import Translator, languages

t = Translator("en")
NARROW = (0.880, 0.882, 0.881)
MADE_UP = {
    "more": (NARROW, (0.890, 0.893, 0.891)),
    "less": ((0.880, 0.884, 0.877), (0.881, 0.879, 0.883)),
    "cannot_say": ((0.880, 0.890, 0.870), (0.888, 0.899, 0.886)),
    "single": ((0.88,), (0.89,)),
}


def record(number, accuracy, *, epochs=5, epoch=5, **values):
    result = None if accuracy is None else RunResult(0.4, accuracy, 2.0)
    return RunRecord(f"r{number}", number, RunSettings(**values), "done", epochs=epochs, epoch=epoch, result=result)


@pytest.mark.parametrize(
    ("first", "second"),
    [pair for outcome, pair in MADE_UP.items() if outcome != "single"]
    + [((0.10, 0.11), (0.8, 0.9)), (NARROW, (0.5, 0.9))],
)
def test_the_p_value_is_that_of_scipy(first, second):
    trusted = scipy.stats.ttest_ind(first, second, equal_var=False).pvalue
    assert welch_p(first, second) == pytest.approx(trusted, rel=1e-9)


@pytest.mark.parametrize("outcome", MADE_UP)
def test_made_up_groups_give_every_outcome(outcome):
    assert compare_groups(*MADE_UP[outcome]).outcome == outcome


def test_one_run_beside_a_group_cannot_tell():
    assert compare_groups((0.5,), NARROW).outcome == "single"
    assert compare_groups(NARROW, (0.5,)).outcome == "single"


def test_groups_without_any_spread_differ_only_when_their_numbers_do():
    assert compare_groups((0.1, 0.1), (0.1, 0.1)).outcome == "less"
    assert compare_groups((0.1, 0.1), (0.8, 0.8)).outcome == "more"


@pytest.mark.parametrize("outcome", MADE_UP)
def test_the_order_of_the_groups_does_not_change_the_outcome(outcome):
    first, second = MADE_UP[outcome]
    there, back = compare_groups(first, second), compare_groups(second, first)
    assert there.outcome == back.outcome
    assert there.difference == pytest.approx(-back.difference)


def test_mean_and_spread_are_those_of_the_sample():
    (group,) = group_runs([record(1, 0.88, seed=1), record(2, 0.90, seed=2), record(3, 0.89, seed=3)])
    assert group.mean == pytest.approx(0.89)
    assert group.spread == pytest.approx(0.01)


def test_runs_belong_together_when_only_their_seeds_differ():
    runs = [
        record(1, 0.88, seed=1),
        record(2, 0.89, seed=2),
        record(3, 0.90, seed=1, hidden=(512,)),
        record(4, None, seed=4),
        record(5, 0.91, seed=5, epochs=6, epoch=6),
        record(6, 0.80, seed=6, epoch=2),
    ]
    assert [[run.number for run in group.runs] for group in group_runs(runs)] == [[1, 2], [3], [5], [6]]


def test_the_same_seed_twice_counts_once():
    (group,) = group_runs([record(1, 0.88, seed=1), record(2, 0.88, seed=1), record(3, 0.89, seed=2)])
    assert [run.number for run in group.runs] == [1, 3]
    assert group.accuracies == (0.88, 0.89)


def test_a_result_that_is_no_number_belongs_to_no_group():
    broken = record(1, 0.5)
    assert group_runs([replace(broken, result=replace(broken.result, test_accuracy=float("nan")))]) == ()


@pytest.mark.parametrize("language", languages())
def test_every_outcome_has_its_own_sentence(language):
    words = Translator(language)
    sentences = {verdict_sentence(compare_groups(*groups), "Run 1", "Run 2", words) for groups in MADE_UP.values()} | {
        verdict_sentence(compare_groups(*MADE_UP["more"]), "1", "2", words, [Change("dataset", "a", "b")])
    }
    assert len(sentences) == 5


def test_the_verdict_names_the_better_group_and_the_numbers():
    first, second = MADE_UP["more"]
    for groups, names in (((first, second), ("A", "B")), ((second, first), ("B", "A"))):
        sentence = verdict_sentence(compare_groups(*groups), *names, t)
        assert sentence.startswith("Probably a real difference")
        assert sentence.index("B") < sentence.index("A", 5)
        assert "1.0 percentage points" in sentence


def test_two_single_runs_are_said_to_tell_nothing():
    sentence = verdict_sentence(compare_groups((0.88,), (0.89,)), "Run 1", "Run 2", t)
    assert "Too early to say" in sentence


def test_small_differences_keep_two_digits():
    assert [points(share) for share in (0.0, 0.0012, 0.0123, 0.25)] == ["0.0", "0.12", "1.2", "25.0"]


def test_repeats_take_seeds_that_were_not_used_yet():
    runs = [record(1, 0.88, seed=1), record(2, 0.89, seed=3), record(3, 0.90, seed=2, hidden=(512,))]
    again = fresh_seeds(RunSettings(seed=1), runs, 3)
    assert [settings.seed for settings in again] == [2, 4, 5]
    assert {settings.with_values(seed=1) for settings in again} == {RunSettings(seed=1)}


def test_after_the_last_seed_comes_the_first():
    assert [settings.seed for settings in fresh_seeds(RunSettings(seed=2**31 - 1), [], 2)] == [0, 1]
