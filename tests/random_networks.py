"""Networks with random weights, and images of random strokes or random pixels."""

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from fvapp.core.inspection.decoding import network_of_run
from fvapp.core.inspection.network import Network
from fvapp.core.settings import SETTINGS, RunSettings
from fvapp.core.stack import describe_layers


def varied_networks() -> list[RunSettings]:
    """Return each kind of network's default settings, and variants that differ in one setting."""
    found = []
    for network in SETTINGS["network"].choices:
        plain = RunSettings(network=network)
        found += [
            plain,
            *(plain.with_values(**{name: value}) for name, value in _values_of_networks()),
        ]
    return list(dict.fromkeys(found))


def _values_of_networks() -> Iterator[tuple[str, object]]:
    """Yield values other than the defaults for the settings that change layers.

    The setting Flatten is left out, because no network trains without a Flatten layer.
    """
    for row in SETTINGS.values():
        if row.form_topic != "network" or row.name in ("network", "flatten"):
            continue
        some = {
            "widths": [(), (12, 7)],
            "flag": [True],
            "number": [0.5],
            "whole": [12],
            "choice": row.choices,
        }
        yield from ((row.name, value) for value in some[row.kind])


def random_weights(settings: RunSettings, seed: int = 0) -> list[np.ndarray]:
    """Return random weights of about Glorot's size, in the shapes that Keras gives a network."""
    return [*weights_of_shapes(weight_shapes(settings), seed)]


def weight_shapes(settings: RunSettings) -> tuple[tuple[int, ...], ...]:
    """Return the shapes of a network's weights: the kernel and bias of each layer in turn."""
    layers = describe_layers(settings)
    return tuple(
        tuple(shape) for layer in layers if layer.parameter_count for shape in layer.weight_shapes
    )


@lru_cache(64)
def weights_of_shapes(shapes: tuple[tuple[int, ...], ...], seed: int) -> tuple[np.ndarray, ...]:
    """Return read-only random weights."""
    generator = np.random.default_rng(seed)
    weights = []
    for shape in shapes:
        size = np.sqrt(2 / np.prod(shape[:-1])) if len(shape) > 1 else 0.1
        weights.append(generator.normal(0, size, shape).astype(np.float32))
        weights[-1].setflags(write=False)
    return tuple(weights)


def random_network(seed: int = 0, temperature: float = 1.0, **settings: object) -> Network:
    chosen = RunSettings(**settings)
    return network_of_run(chosen, random_weights(chosen, seed), temperature)


def random_images(count: int, seed: int = 0) -> np.ndarray:
    """Return images with a few bright strokes on black, uint8 [n, 28, 28]."""
    generator = np.random.default_rng(seed)
    images = np.zeros((count, 28, 28), np.uint8)
    for image in images:
        for _ in range(3):
            row, column = generator.integers(4, 20, 2)
            length = generator.integers(3, 8)
            part = (
                image[row : row + length, column : column + 2] if generator.random() < 0.5 else None
            )
            part = image[row : row + 2, column : column + length] if part is None else part
            part[:] = generator.integers(100, 256, part.shape)
    return images


def random_pixels(seed: int) -> np.ndarray:
    """Return an image in which every pixel is random, different for each seed, uint8 [28, 28]."""
    return np.random.default_rng(seed).integers(0, 256, (28, 28), np.uint8)
