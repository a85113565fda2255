"""Cases whose truth is built in and clear: how many get a definite and right verdict, so that caution is no way out."""

from collections.abc import Iterator
from itertools import product
from math import nan

import numpy as np
import pytest

from fvapp.core.results.curves import EpochPoints
from fvapp.core.results.overfitting import judge_fit
from fvapp.core.results.statistics import common_measure, compare_with_first, group_runs
from fvapp.core.runs import RunRecord, RunResult
from fvapp.core.settings import RunSettings

SIZES = (1_000, 5_000, 10_000, None)
DATASETS = ("fashion_mnist", "mnist")
SEEDS = range(4)

Case = tuple[str, object, set]
"""What it is, what was said, and what would be right."""


def fits() -> Iterator[Case]:
    """Yield courses of thirty epochs, with as much noise as the ten runs of the notebook's network had."""
    falling = 0.3 + 0.4 * np.exp(-np.arange(30) / 8)
    turning = np.concatenate([np.linspace(0.6, 0.35, 8), np.linspace(0.35, 0.8, 22)])
    shapes = {
        "overfits": (np.linspace(0.5, 0.05, 30), turning, {"overfits"}),
        "falls": (falling, falling + 0.05, {"falls", "level"}),
        "worse": (np.linspace(0.3, 1.2, 30), turning, {"worse"}),
        "broken": (np.where(np.arange(30) < 10, falling, nan), np.where(np.arange(30) < 10, falling, nan), {"broken"}),
    }
    kinds = [{}, {"batch_size": 128}, {"hidden": (512,)}, {"dropout": 0.2}, {"epochs": 30, "activation": "tanh"}]
    for dataset, (images, seed), changes in product(DATASETS, zip(SIZES, SEEDS, strict=True), kinds):
        random = np.random.default_rng(seed)
        for name, (loss, val_loss, right) in shapes.items():
            noisy = [tuple(map(float, line * (1 + 0.015 * random.normal(size=30)))) for line in (loss, val_loss)]
            points = EpochPoints(tuple(range(1, 31)), noisy[0], (0.95,) * 30, noisy[1], (0.88,) * 30, (1.0,) * 30)
            fit = judge_fit(points, RunSettings(dataset, images, **changes))
            yield f"fit {name} {dataset} {images} {changes}", fit.kind, right


def groups() -> Iterator[Case]:
    """Yield two networks of which one is better by far, or that are equally good though seen with other images."""
    for dataset, count, (images, seed) in product(DATASETS, (3, 5), zip(SIZES, SEEDS, strict=True)):
        random = np.random.default_rng(seed)
        noise = 0.004 * random.normal(size=(2, count))
        for name, (a, b), easier, early, changes in (
            ("better", (0.80, 0.88), 0.0, False, {}),
            ("worse", (0.88, 0.80), 0.0, False, {}),
            ("hopeless", (0.1, 0.85), 0.0, False, {}),
            ("ended early", (0.80, 0.88), 0.0, True, {}),
            ("equal, easier images", (0.87, 0.87), 0.03, False, {"validation_split": 0.2}),
            ("better, harder images", (0.80, 0.88), -0.12, False, {"validation_split": 0.2}),
        ):
            runs, validation = [], {}
            for place, (mean, width) in enumerate(((a, 128), (b, 512))):
                for number in range(count):
                    accuracy = mean + (0 if name == "hopeless" else float(noise[place, number]))
                    settings = RunSettings(dataset, images, hidden=(width,), seed=number, **(changes if place else {}))
                    epoch = 3 + number % 3 if early else 5
                    ends = {"epochs": 5, "epoch": epoch, "result": RunResult(0.4, accuracy, 1.0)}
                    one = RunRecord(f"{place}{number}", len(runs) + 1, settings, "done", **ends)
                    runs.append(one)
                    validation[one.id] = accuracy + (easier if place else 0)
            found = group_runs(runs, validation)
            verdicts = compare_with_first(found, common_measure(found))
            sign = np.sign(b - a)
            said = [(verdict.outcome, float(np.sign(verdict.difference))) for verdict in verdicts]
            right = (
                {("unlearned" if name == "hopeless" else "more", float(sign))}
                if sign
                else {(kind, way) for kind in ("less", "cannot_say") for way in (-1.0, 1.0)}
            )
            yield f"groups {name} {dataset} {images} {count}", said[0] if len(said) == 1 else len(said), right


@pytest.mark.parametrize("cases", [fits, groups])
def test_of_clear_cases_nearly_all_get_a_definite_and_right_verdict(cases):
    found = list(cases())
    wrong = [case for case in found if case[1] not in case[2]]
    assert len(wrong) <= 0.05 * len(found), (f"{len(found) - len(wrong)} of {len(found)}", wrong[:10])
