"""How the twelve test images are chosen."""

from __future__ import annotations

import os

import numpy as np
import pytest

from fvapp.build.twelve import choose, turning_moments
from fvapp.core.datasets import DATASETS, load_dataset
from fvapp.core.datasets.twelve import AMONG, twelve_images
from fvapp.core.places import Places


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
