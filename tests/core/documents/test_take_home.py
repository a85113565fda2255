"""The picture to take home."""

from dataclasses import replace
from io import BytesIO

import pytest
from PIL import Image, ImageSequence

from fvapp.core.datasets import load_dataset
from fvapp.core.documents.take_home import learning_gif
from fvapp.core.inspection.frames import EPOCHS, FIRST_STEPS
from fvapp.core.places import Places
from random_networks import random_network

LIMIT = 300_000  # bytes


@pytest.mark.parametrize("dataset", ["mnist", "fashion_mnist"])
def test_the_longest_film_stays_below_its_limit_and_ends_with_the_last_network(home, dataset):
    data = load_dataset(dataset, Places(home))
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
