"""The choice of the twelve test images, and the measurements for verdicts and on drawings."""

import json
import os

import numpy as np
import pytest

from fvapp.__main__ import main
from fvapp.build import repeats
from fvapp.core.datasets import DATASETS, PICTURED, load_dataset
from fvapp.core.datasets.twelve import FIRST_IMAGES, twelve_images
from fvapp.core.places import AppFolders
from fvapp.core.results.repeats import CHANGES, SEEDS, shipped_measured_runs


@pytest.mark.parametrize("name", PICTURED)
def test_the_table_has_all_ten_classes_in_their_order(name):
    dataset = load_dataset(name, AppFolders.from_environ(os.environ))
    numbers = DATASETS[name].twelve
    labels = np.asarray(dataset.y_test)[list(numbers)].tolist()
    assert len(set(numbers)) == len(numbers) == 12 and max(numbers) < FIRST_IMAGES
    assert labels == sorted(labels) and set(labels) == set(range(10))
    images = twelve_images(dataset)
    assert images.shape == (12, 28, 28) and images.dtype == np.uint8
    assert np.array_equal(images[3], dataset.x_test[numbers[3]])


def test_shipped_measurements_were_requested_and_cover_every_change_on_few_images():
    grid = repeats.settings_to_measure()
    assert len(set(grid)) == len(grid) and set(shipped_measured_runs()) <= set(grid)
    few = [one for one in shipped_measured_runs() if one.train_images == 1_000]
    # Some runs are missing, because repeats of a small CNN take too long to measure.
    assert len(few) >= 2 * len(CHANGES)
    assert {len(runs) for runs in shipped_measured_runs().values()} == {len(SEEDS)}


STROKES = {1: [[[250, 60], [250, 440]]], 7: [[[120, 80], [380, 80], [220, 430]]]}


@pytest.mark.slow
def test_every_drawing_of_a_folder_is_answered_and_both_test_sets_are(tmp_path, capsys):
    digits = [
        {"label": label, "writer": 0, "strokes": strokes} for label, strokes in STROKES.items()
    ]
    (tmp_path / "pen_digits_check.json").write_text(json.dumps(digits))
    main(["build", "recognition", str(tmp_path), "--epochs", "0", "--bitmaps", "2", "--json"])
    said = json.loads(capsys.readouterr().out)
    found = {measure["measure"]: measure["ours"] for measure in said["measures"]}
    assert found["pen digits of other writers, as strokes (of 2)"] == 100
    assert found["mnist, test images (of 10000)"] > 99
    assert found["fashion_mnist, test images (of 10000)"] > 92
