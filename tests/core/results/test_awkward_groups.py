"""Runs and groups of runs that ended in every way: what is said of two of them must agree with their numbers."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import product

import pytest

from fvapp.core.results.comparison import changes_of_runs, difference_sentence
from fvapp.core.results.statistics import (
    common_measure,
    compare_with_first,
    fresh_seeds,
    group_key,
    group_runs,
    verdict_sentence,
)
from fvapp.core.runs import RunRecord, RunResult
from fvapp.core.settings import RunSettings
from fvapp.core.wording import percent
from fvapp.i18n import Translator

EN = Translator("en")
STATES = ("done", "ended early", "stopped", "stopped within", "continued", "failed", "queued", "brought back")


def record(number, state, accuracy, **values):
    """Make up a run at one kind of end."""
    settings = RunSettings(**values)
    result = RunResult(0.4, accuracy, 2.0) if state not in ("failed", "queued") else None
    kept = {
        "done": {"epoch": 5},
        "ended early": {"epoch": 3},
        "stopped": {"state": "stopped", "epoch": 2},
        "stopped within": {"state": "stopped", "epoch": 2, "step": 7},
        "continued": {"epochs": 7, "epoch": 7},
        "failed": {"state": "failed"},
        "queued": {"state": "queued"},
        "brought back": {"epoch": 5, "can_continue": False},
    }[state]
    return RunRecord(f"r{number}", number, settings, **{"state": "done", "epochs": 5, **kept}, result=result)


def test_two_runs_of_any_ends_differ_in_what_is_said():
    for one, other in list(product(STATES, repeat=2)):
        for changes in ({}, {"seed": 2}, {"hidden": (512,)}, {"dropout": 0.2, "seed": 2}):
            first, second = record(1, one, 0.88), record(2, other, 0.88, **changes)
            said = difference_sentence(changes_of_runs(first, second), EN)
            ends = [run.epoch if run.state == "stopped" else run.epochs for run in (first, second)]
            assert ("epochs from" in said) == (ends[0] != ends[1]), (one, other)
            assert said.startswith("Nothing changed") == (not changes and ends[0] == ends[1]), (one, other)
            if said.startswith("Only one setting"):
                assert len(set(changes) - {"seed"}) + (ends[0] != ends[1]) == 1, (one, other)


@pytest.mark.parametrize("state", STATES)
def test_repeats_of_a_run_of_any_end_that_ended_by_itself_join_it(state):
    first = record(1, state, 0.88)
    (again,) = fresh_seeds(first.trained, [first], 1)
    repeat = replace(first, id="r2", number=2, settings=again, epoch=4)
    assert (group_key(first) == group_key(repeat)) == (first.state == "done")


SPLITS = ({}, {"validation_split": 0.2}, {"train_images": 1_000}, {"validation_split": 0.0}, {"dataset": "mnist"})
MEANS = ((0.875, 0.875), (0.1, 0.875), (0.875, 0.8744), (0.8744, 0.8894))
SCATTER = {
    "one": (0.0,),
    "five": (0.0, 0.003, -0.003, 0.001, -0.002),
    "three": (0.0, 0.004, -0.002),
    "no spread": (0.0, 0.0, 0.0),
    "two": (0.0, 0.001),
}


@pytest.mark.parametrize(("first", "second"), list(product(SCATTER, repeat=2)))
def test_two_groups_of_any_sizes_ends_and_splits_are_compared_truly(first, second):
    for number, ((a, b), changes) in enumerate(product(MEANS, SPLITS)):
        runs, validation = [], {}
        for hidden, mean, scatter, more in ((128, a, first, {}), (512, b, second, changes)):
            for seed, away in enumerate(SCATTER[scatter], start=1):
                state = "ended early" if seed % 2 else "done"
                run = record(len(runs) + 1, state, mean + away, hidden=(hidden,), seed=seed, **more)
                runs.append(run)
                # The validation images of the second group are easier where they are others.
                validation[run.id] = mean + away + (0.006 if more else 0.0)
                if not run.settings.validation_split:
                    del validation[run.id]
        order = runs[:: 1 if number % 2 else -1]
        groups = group_runs(order, validation)
        assert len(groups) == 2
        measure = common_measure(groups)
        assert measure == ("test_accuracy" if changes and "dataset" not in changes else "val_accuracy")
        (verdict,) = compare_with_first(groups, measure)
        differ = changes_of_runs(groups[0].runs[0], groups[1].runs[0])
        said = verdict_sentence(verdict, "first", "second", EN, differ)
        if "dataset" in changes:
            assert said == EN("compare.verdict.other_data")
            continue
        assert (verdict.outcome == "unlearned") == (a < 0.2)
        if a < 0.2:
            assert ("second" if number % 2 == 0 else "first") in said.partition(":")[2], said
            continue
        assert (verdict.outcome == "single") == (1 in (len(SCATTER[first]), len(SCATTER[second])))
        means = [float(percent(group.mean(measure), 2).strip("%")) for group in groups]
        better = "second" if means[1] > means[0] else "first"
        if found := re.search(r"([\d.]+) percentage points", said):
            assert float(found[1]) == round(abs(means[1] - means[0]), 2), said
        if verdict.outcome in ("more", "cannot_say"):
            assert f"{better} is" in said
        if verdict.outcome == "coarse":
            assert abs(verdict.difference) * verdict.images < 5.5, said
        if a == b:
            assert verdict.outcome != "more", said
        elif abs(a - b) > 0.5 and verdict.outcome != "single":
            assert verdict.outcome == "more", said
