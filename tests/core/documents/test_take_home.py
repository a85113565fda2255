"""The animated picture that a visitor takes home: it shows how a network learned."""

from dataclasses import replace
from io import BytesIO
from itertools import pairwise

import numpy as np
import pytest
from PIL import Image, ImageSequence

from fvapp.core.dataset_table import DATASETS
from fvapp.core.datasets import load_dataset
from fvapp.core.documents.take_home import can_draw_gif, learning_gif
from fvapp.core.inspection.frames import EPOCHS, FIRST_STEPS
from fvapp.core.places import AppFolders
from random_networks import random_network

LIMIT = 300_000  # the most bytes that the animated picture may have


@pytest.mark.parametrize("dataset", ["mnist", "fashion_mnist"])
def test_the_longest_film_stays_below_its_limit_and_ends_with_the_last_network(home, dataset):
    data = load_dataset(dataset, AppFolders(home))
    networks = [random_network(seed=seed) for seed in range(len(FIRST_STEPS) + len(EPOCHS))]
    content = learning_gif(data.x_test[0], data, networks)
    assert len(content) < LIMIT
    film = Image.open(BytesIO(content))
    frames = [frame.convert("RGB").copy() for frame in ImageSequence.Iterator(film)]
    assert len(frames) == len(networks)
    alone = Image.open(BytesIO(learning_gif(data.x_test[0], data, networks[-1:]))).convert("RGB")
    assert frames[-1].size == alone.size
    bars = (238, 40, 548, 182)
    assert frames[-1].crop(bars).tobytes() != frames[0].crop(bars).tobytes()


def test_a_part_of_a_data_set_without_the_twelve_images_has_the_bars_alone(mnist):
    part = replace(mnist, x_test=mnist.x_test[:50], y_test=mnist.y_test[:50])
    assert learning_gif(part.x_test[0], part, [random_network()]).startswith(b"GIF")


def test_of_text_ten_bars_and_the_line_are_drawn_where_the_font_has_its_signs(home):
    data = load_dataset("stories", AppFolders(home))
    network = random_network(dataset="stories")
    pictures = [
        Image.open(BytesIO(learning_gif(image, data, [network]))).convert("RGB")
        for image in (data.x_test[0], np.zeros_like(data.x_test[0]))
    ]
    line, bars = (20, 218, 238, 242), (238, 40, 548, 182)
    assert pictures[0].crop(line).tobytes() != pictures[1].crop(line).tobytes()
    columns = np.asarray(pictures[0].crop(bars))[-2].tolist()
    paper = columns[-1]
    starts = [pair for pair in pairwise([paper, *columns]) if pair[0] == paper and pair[1] != paper]
    assert len(starts) == 10
    drawable = {name for name, info in DATASETS.items() if can_draw_gif(info)}
    assert drawable == {"mnist", "fashion_mnist", "stories"}
