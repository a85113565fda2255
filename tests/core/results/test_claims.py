"""What the app says about random runs agrees with their numbers, in every language."""

import re
from itertools import pairwise
from math import ceil, isfinite
from statistics import fmean

import pytest
import scipy.stats
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from numpy.lib.stride_tricks import sliding_window_view

from claim_reader import (
    NUMBERS,
    RELATIONS,
    RULES,
    TRANSLATORS,
    named,
    number,
    read_result,
    read_says,
    read_verdict,
    read_words,
)
from fvapp.core.datasets import DATASETS
from fvapp.core.results.comparison import changes_of_runs, difference_sentence
from fvapp.core.results.overfitting import diagnose_fit, overfitting_sentences, untried_remedies
from fvapp.core.results.statistics import (
    common_accuracy_measure,
    compare_groups_with_first,
    group_runs,
    verdict_sentence,
)
from fvapp.core.settings import SETTINGS
from random_runs import curves, few_images, mission_runs, several_records
from verdict_sentences import CLAIMS

# The usual suite draws few cases to stay short; the long form draws 25 times as many.
QUICK = 200
LONG = 5_000
CASES = {
    "mission": mission_runs(),
    "fit": curves(),
    "comparison": several_records(),
    "few": few_images(),
}


def learned_nothing(dataset, accuracy, loss):
    return not isfinite(loss) or accuracy < 2 / len(DATASETS[dataset].class_names)


def scatters(*groups):
    return any(len(set(group)) > 1 for group in groups)


def read_mission(mission, trials):
    if not mission.can_judge_trials(trials):
        return
    for claim in (mission.id, *(name for name in CLAIMS if name.startswith(f"{mission.id}."))):
        row = CLAIMS[claim]
        verdict = row.judge(trials)
        assert verdict.outcome in (*row.outcomes, "broken"), verdict
        read_verdict(claim, verdict, trials)
        first = trials[0].settings
        result = trials[0].result
        if (
            result
            and not mission.fails_on_purpose
            and learned_nothing(first.dataset, result.test_accuracy, result.test_loss)
        ):
            # If the first network learned nothing, the verdict is always "broken".
            assert verdict.outcome == "broken", (claim, verdict)


def read_fit(points, run, result):
    fit = diagnose_fit(points, run, result)
    sentences = [overfitting_sentences(fit, t) for t in TRANSLATORS]
    assert len(set(sentences)) == len(sentences) and "{" not in "".join(sentences)
    read_says(fit.number_claims, fit.sentence_values)
    broke = None in (*points.loss, *(points.val_loss if points.has_validation else ()))
    assert (fit.fit_kind == "broken") == broke
    if broke:
        return
    nothing = result is not None and learned_nothing(
        run.dataset, result.test_accuracy, result.test_loss
    )
    assert (fit.fit_kind == "unlearned") == nothing
    if nothing:
        return
    assert (fit.fit_kind == "altered") == run.alters_training_data
    if run.alters_training_data:
        return
    assert not fit.overfits or all(remedy.settings != run for remedy in untried_remedies(run, fit))
    validated = round((run.train_images or 60_000) * run.validation_split)
    assert fit.fit_kind != "cannot_say" or len(points.epoch) < 4 or not validated
    if len(points.epoch) < 4 or not validated:
        return
    assert (fit.fit_kind == "few") == (validated < 100)
    if fit.fit_kind == "few":
        return
    for key in filter(None, (f"compare.fit.{fit.fit_kind}", fit.second_sentence_key)):
        read_words(key, fit.sentence_values)
    *earlier, last = (fmean(three) for three in sliding_window_view(points.val_loss, 3))
    assert fit.last_window_means.val_loss == pytest.approx(last)
    assert fit.best_window_means.val_loss == pytest.approx(min(*earlier, last))
    assert (fit.fit_kind == "falls") == (last < min(earlier))
    # With these kinds of fit, some final part of the validation curve must rise.
    if fit.fit_kind in ("overfits", "worse"):
        ends = [
            scipy.stats.spearmanr(points.val_loss[-n:], range(n)).statistic
            for n in range(4, len(points.epoch) + 1)
        ]
        assert max(ends) > 0.4 and last > min(earlier)
    if fit.second_sentence_key == "compare.fit.more":
        assert points.val_loss[-1] < max(points.val_loss)
        assert not (result and result.stopped_by == "patience")
        assert fit.last_window_means.loss >= fit.last_window_means.val_loss / 2


def read_few(run, result, points):
    reasons = read_result(run, result, len(points.epoch), points.accuracy[-1])
    fit = diagnose_fit(points, run, result)
    assert fit.fit_kind in ("broken", "unlearned", "altered", "cannot_say", "own")
    assert (
        reasons == ({fit.unlearned_message[0]} if fit.fit_kind == "unlearned" else set())
        or fit.fit_kind == "broken"
    )


def read_comparison(runs, validation):
    groups = group_runs(runs, validation)
    told = [run for run in runs if run.result is not None and isfinite(run.result.test_loss)]
    assert {run.id for group in groups for run in group.runs} <= {run.id for run in told}
    for before, after in pairwise(runs):
        read_difference(before, after)
    for run in told:
        read_classes(run)
    if len(groups) < 2:
        return
    measure = common_accuracy_measure(groups)
    first, *others = groups
    verdicts = compare_groups_with_first(groups, measure)
    tested = []
    for other in others:
        a = first.accuracies(measure)
        b = other.accuracies(measure)
        same = first.settings.dataset == other.settings.dataset
        if same and min(len(a), len(b)) > 1 and scatters(a, b):
            tested.append(scipy.stats.ttest_ind(a, b, equal_var=False).pvalue)
    for other, verdict in zip(others, verdicts, strict=True):
        read_pair(first, other, verdict, measure, len(tested))


def read_pair(first, other, verdict, measure, tested):
    """Check a verdict on two groups against their accuracies.

    Args:
        tested: how many comparisons were made at once.
    """
    changes = changes_of_runs(first.runs[0], other.runs[0])
    said = [verdict_sentence(verdict, "<one>", "<other>", t, changes) for t in TRANSLATORS]
    if first.settings.dataset != other.settings.dataset:
        assert said == [t("compare.verdict.other_data") for t in TRANSLATORS]
        return
    a = first.accuracies(measure)
    b = other.accuracies(measure)
    nothing = [
        all(
            learned_nothing(run.settings.dataset, run.result.test_accuracy, run.result.test_loss)
            for run in group.runs
        )
        for group in (first, other)
    ]
    assert (verdict.outcome == "unlearned") == any(nothing)
    if any(nothing):
        for name, is_one in zip(("<one>", "<other>"), nothing, strict=True):
            assert all((name in text) == is_one for text in said)
        return
    assert (verdict.outcome in ("single", "alone", "taught")) == (min(len(a), len(b)) == 1)
    # The advice is to repeat both runs, so it must be possible to repeat each run.
    if verdict.outcome == "single":
        assert all(
            run.state == "done" and run.taught is None for run in (first.runs[0], other.runs[0])
        )
    if verdict.outcome == "taught":
        ids = [
            {run.id, run.taught.parent if run.taught else run.id}
            for run in (first.runs[0], other.runs[0])
        ]
        assert ids[0] & ids[1]
    apart = abs(fmean(b) - fmean(a))
    for text in said:
        better = "<other>" if fmean(b) > fmean(a) else "<one>"
        if verdict.outcome in ("more", "cannot_say"):
            assert text.index(better) < (text + "<other><one>").index(
                "<one>" if better == "<other>" else "<other>"
            )
        for shown in re.findall(r"([\d.]+) (?:percentage points apart|个百分点|個百分點)", text)[
            :1
        ]:
            assert abs(float(shown) - 100 * apart) <= 0.011
    if verdict.outcome == "more":
        spread = scipy.stats.ttest_ind(a, b, equal_var=False).pvalue if scatters(a, b) else 0.0
        assert spread < 0.05 and apart * verdict.image_count > 4.4
    if verdict.outcome == "coarse":
        assert apart * verdict.image_count < 5.6
        assert float(verdict.difference_in_images) == pytest.approx(
            apart * verdict.image_count, rel=0.01
        )
    if (
        verdict.outcome in ("less", "cannot_say")
        and tested == 1
        and scatters(a, b)
        and len(a) == len(b)
    ):
        # This significance level holds for groups of equal size. For unequal sizes, the smaller
        # group determines the level.
        level = 0.0275 / max(1, ceil((len(a) - 1) / 3)) ** 1.5
        assert scipy.stats.ttest_ind(a, b, equal_var=False).pvalue >= level * (1 - 1e-9)


def read_difference(before, after):
    """Check the sentence about what changed between two runs against their settings."""
    changes = changes_of_runs(before, after)
    said = difference_sentence(changes, TRANSLATORS[0])
    for change in changes:
        if change.name in SETTINGS and change.name != "epochs":
            assert (change.before, change.after) == tuple(
                getattr(run.settings, change.name) for run in (before, after)
            )
        assert change.before != change.after
    names = [change.name for change in changes if change.name != "seed"]
    ends = [
        run.epoch if run.state in ("stopped", "lost") else run.epochs for run in (before, after)
    ]
    assert ("epochs" in names) == (ends[0] != ends[1])
    if found := re.match(r"(\d+) settings changed", said):
        assert int(found[1]) == len(names) > 1
    assert said.startswith("Nothing changed") == (not changes)
    assert said.startswith(("Only one setting", "One setting")) == (
        len(names) == 1 and "dataset" not in names
    )


def read_classes(run):
    """Check the sentences about a result, and about why nothing was learned, against the run."""
    nothing = learned_nothing(run.settings.dataset, run.result.test_accuracy, run.result.test_loss)
    assert bool(read_result(run.settings, run.result, run.epoch, run.accuracy)) == nothing


READERS = {"mission": read_mission, "fit": read_fit, "comparison": read_comparison, "few": read_few}
ANY = st.one_of(*(st.tuples(st.just(name), case) for name, case in CASES.items()))


# SciPy warns when accuracies differ only in their last bit.
@pytest.mark.filterwarnings("ignore:Precision loss")
@pytest.mark.parametrize("examples", [QUICK, pytest.param(LONG, marks=pytest.mark.long)])
def test_sentences_about_random_runs_agree_with_their_numbers(examples):
    phases = tuple(Phase) if examples == QUICK else (Phase.generate,)

    @settings(max_examples=examples, derandomize=examples == QUICK, deadline=None, phases=phases)
    @given(ANY)
    def each(case):
        name, drawn = case
        READERS[name](*drawn)

    each()


@pytest.mark.parametrize("claim", [claim for claim, row in CLAIMS.items() if row.judge])
def test_a_sentence_names_only_numbers_that_are_found_in_the_runs_again(claim):
    known = {
        *NUMBERS[claim],
        *RULES,
        *({"chosen", "test"} if claim in ("neurons", "layers") else {"last"}),
    }
    for outcome in CLAIMS[claim].outcomes:
        assert named(f"missions.{claim}.verdicts.{outcome}") <= known, outcome


def test_the_reader_detects_a_false_claim():
    assert number("1,234.50") == (1234.5, 0.01) and number("\N{MINUS SIGN}3%") == (-3, 1)
    for relation, pair in (
        ("rises", (2, 1)),
        ("falls", (1, 2)),
        ("level", (1, 2)),
        ("below", (2, 1)),
    ):
        assert not RELATIONS[relation](*pair, 0)
    with pytest.raises(AssertionError):
        read_words(
            "missions.wrong_labels.by_heart", {"short_train": "65.0%", "long_train": "55.0%"}
        )
    read_words("missions.wrong_labels.by_heart", {"short_train": "55.0%", "long_train": "65.0%"})
