"""How the twelve test images are chosen, and what is measured for verdicts and of drawings."""

import json
import os
from argparse import Namespace

import numpy as np
import pytest

from fvapp.__main__ import main
from fvapp.build import repeats
from fvapp.build.twelve import choose, turning_moments
from fvapp.core.datasets import DATASETS, load_dataset
from fvapp.core.datasets.twelve import AMONG, twelve_images
from fvapp.core.places import Places
from fvapp.core.results.repeats import CHANGES, SEEDS, measured_repeats, read_repeats, write_repeats
from fvapp.i18n import Translator


def test_an_image_turns_right_when_most_networks_have_it_right_for_good():
    # Three networks, four moments, an image a row.
    right = np.array(
        [
            [[0, 1, 1, 1], [0, 1, 1, 1], [0, 0, 0, 1]],  # two of three from the second moment on
            [[1, 0, 1, 1], [1, 0, 1, 1], [1, 0, 0, 1]],  # right, wrong again, then for good
            [[1, 1, 1, 0], [1, 1, 1, 0], [1, 1, 1, 1]],  # forgotten in the end
            [[1, 1, 1, 1], [1, 1, 1, 1], [0, 0, 0, 0]],
        ],
        bool,
    ).transpose(1, 2, 0)
    assert turning_moments(right).tolist() == [1, 2, 4, 0]


def test_every_class_gives_one_and_the_last_two_to_turn_another():
    labels = np.tile(np.arange(10), 20)
    moments = np.clip(np.arange(200) // 10 % 16, 0, 15) + 0 * labels
    moments[labels >= 8] = np.maximum(moments[labels >= 8], 12)
    chosen = choose(moments, labels)
    assert [int(labels[image]) for image in chosen] == [0, 1, 2, 3, 4, 5, 6, 7, 8, 8, 9, 9]
    assert sorted(moments[list(chosen)].tolist())[-2:] == [15, 15]
    assert sorted(set(moments[list(chosen)].tolist()))[:3] == [3, 4, 5]


@pytest.mark.parametrize("name", DATASETS)
def test_the_table_has_all_ten_classes_in_their_order(name):
    dataset, numbers = load_dataset(name, Places.from_environ(os.environ)), DATASETS[name].twelve
    labels = np.asarray(dataset.y_test)[list(numbers)].tolist()
    assert len(set(numbers)) == len(numbers) == 12 and max(numbers) < AMONG
    assert labels == sorted(labels) and set(labels) == set(range(10))
    images = twelve_images(dataset)
    assert images.shape == (12, 28, 28) and images.dtype == np.uint8
    assert np.array_equal(images[3], dataset.x_test[numbers[3]])


def test_what_ships_was_asked_for_and_covers_every_change_on_few_images():
    grid = repeats.grid()
    assert len(set(grid)) == len(grid) and set(measured_repeats()) <= set(grid)
    few = [one for one in measured_repeats() if one.train_images == 1_000]
    assert len(few) >= 2 * len(CHANGES)  # those of a small CNN take long
    assert {len(runs) for runs in measured_repeats().values()} == {len(SEEDS)}


def test_only_what_is_missing_is_measured_when_that_is_asked_for(tmp_path, monkeypatch):
    shipped = measured_repeats()
    (first, runs), (second, others), *_ = shipped.items()
    out = tmp_path / "repeats.json"
    out.write_text(write_repeats({first: runs}, "2026-11-27", {}), encoding="utf-8")
    measured = iter(others)
    monkeypatch.setattr(repeats, "grid", lambda: [first, second])
    monkeypatch.setattr(repeats, "_repeat", lambda settings, dataset: next(measured))
    assert repeats.run(Namespace(out=out, missing=True), Translator("en")) == 0
    assert read_repeats(out.read_text(encoding="utf-8")) == {first: runs, second: others}
    assert next(measured, None) is None


STROKES = {1: [[[250, 60], [250, 440]]], 7: [[[120, 80], [380, 80], [220, 430]]]}


@pytest.mark.slow
def test_every_drawing_of_a_folder_is_answered_and_both_test_sets_are(tmp_path, capsys):
    digits = [{"label": label, "writer": 0, "strokes": strokes} for label, strokes in STROKES.items()]
    (tmp_path / "pen_digits_check.json").write_text(json.dumps(digits))
    main(["build", "recognition", str(tmp_path), "--epochs", "0", "--bitmaps", "2", "--json"])
    said = json.loads(capsys.readouterr().out)
    found = {measure["measure"]: measure["ours"] for measure in said["measures"]}
    assert found["pen digits of other writers, as strokes (of 2)"] == 100
    assert found["mnist, test images (of 10000)"] > 99 and found["fashion_mnist, test images (of 10000)"] > 92
