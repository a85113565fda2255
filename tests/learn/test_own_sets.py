"""Networks train on visitors' own sets of a few drawings; the app's claims about them are true."""

from dataclasses import replace
from html import escape
from random import Random

import numpy as np
import pytest

from claim_reader import TRANSLATORS, read_result
from fvapp.core.dataset_table import make_own_dataset_name
from fvapp.core.datasets.own import make_own_dataset
from fvapp.core.documents.report import write_report
from fvapp.core.examples import ExampleSet, make_example
from fvapp.core.results.by_class import result_sentences
from fvapp.core.results.comparison import changes_of_runs
from fvapp.core.results.curves import read_curves
from fvapp.core.results.overfitting import diagnose_fit
from fvapp.core.results.statistics import compare_groups_with_first, group_runs, verdict_sentence
from fvapp.core.runs import RunRecord
from fvapp.core.settings import RunSettings
from fvapp.learn.training import train
from random_networks import random_images
from random_settings import WORDS

SETS = 200
EACH = 50


def drawings_of(draw: Random, name: str, classes: int, seed: int) -> ExampleSet:
    """Return 4 to 12 drawings of each class.

    In three of four sets, the drawings of a class look alike; in the others, all are random.
    """
    alike = draw.random() < 0.75
    kept = []
    for label, pattern in enumerate(random_images(classes, seed)):
        for number in range(draw.randint(4, 12)):
            shift = draw.randint(-2, 2), draw.randint(-2, 2)
            image = (
                np.roll(pattern, shift, (0, 1))
                if alike
                else random_images(1, seed + 100 * number + label)[0]
            )
            kept.append(make_example(name, image, label, "drawing", float(len(kept)), kept))
    return ExampleSet.from_examples(kept)


def settings_of(draw: Random, name: str) -> RunSettings:
    values = {
        "hidden": draw.choice([(), (16,), (128,), (32, 32)]),
        "learning_rate": draw.choice([0.001, 0.001, 0.01, 1.0, 0.00001]),
        "epochs": draw.choice([1, 5, 10]),
        "wrong_labels": draw.choice([0.0, 0.0, 0.3, 0.9]),
        "validation_split": draw.choice([0.0, 0.2]),
        "normalisation": draw.random() < 0.7,
        "patience": draw.choice([0, 2]),
    }
    network = draw.choice(["dense"] * 9 + ["borrowed"])
    return RunSettings(
        name, network=network, **({"hidden": ()} if network != "dense" else {}) | values
    )


@pytest.mark.parametrize(
    "numbers",
    [
        range(2),
        *(
            pytest.param(range(at, at + EACH), marks=pytest.mark.long)
            for at in range(0, SETS, EACH)
        ),
    ],
    ids=str,
)
def test_no_sentence_about_a_small_own_set_is_against_its_numbers(numbers):
    reasons = [read_own_set(number) for number in numbers]
    assert len(numbers) < EACH or any(reasons)


def read_own_set(number: int) -> set[str]:
    """Train two networks on a visitor's own set, resume the second, and check the app's claims.

    Returns:
        The reasons given for networks that learned nothing.
    """
    draw = Random(number)
    words = draw.sample(WORDS, draw.randint(2, 6))
    examples = drawings_of(draw, make_own_dataset_name(words), len(words), number)
    data = make_own_dataset(make_own_dataset_name(words), examples)
    found = set()
    records = []
    for place in range(2):
        settings = settings_of(draw, make_own_dataset_name(words)).with_values(seed=place)
        events = []
        end = train(settings, data, emit=events.append)
        if place:
            more = settings.epochs + 5
            end = train(settings, data, epochs=more, checkpoint=end.checkpoint, emit=events.append)
        points = read_curves(tuple(events)).epoch_points
        last = points.epoch[-1]
        record = RunRecord(
            f"r{place}", place + 1, settings, "done", epochs=last, epoch=last, result=end.result
        )
        record = replace(record, accuracy=points.accuracy[-1])
        reasons = read_result(settings, end.result, last, record.accuracy)
        fit = diagnose_fit(points, settings, end.result)
        assert fit.fit_kind in ("broken", "unlearned", "altered", "cannot_say", "own")
        assert (
            reasons == ({fit.unlearned_message[0]} if fit.unlearned_message else set())
            or end.result.has_diverged
        )
        for t in TRANSLATORS:
            report = write_report(record, read_curves(tuple(events)), t)
            said = result_sentences(settings, end.result, last, t, record.accuracy)
            assert all(escape(sentence) in report for sentence in said)
        records.append(record)
        found |= reasons
    groups = group_runs(records)
    if len(groups) == 2:
        (verdict,) = compare_groups_with_first(groups, "test_accuracy")
        assert (verdict.outcome == "unlearned") == any(group.unlearned_message for group in groups)
        assert verdict.outcome in ("single", "alone", "unlearned")
        for t in TRANSLATORS:
            assert verdict_sentence(verdict, "<one>", "<other>", t, changes_of_runs(*records))
    return found
