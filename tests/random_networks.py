"""Networks with weights of chance, and images with strokes of chance."""

from collections.abc import Iterator

import numpy as np

from fvapp.core.inspection.decoding import network_of_run
from fvapp.core.inspection.network import Network
from fvapp.core.settings import SETTINGS, RunSettings
from fvapp.core.stack import describe_layers


def varied_networks() -> list[RunSettings]:
    """Return settings of each kind of network, alone and with each other value of a setting beside
    it.
    """
    found = []
    for network in SETTINGS["network"].choices:
        plain = RunSettings(network=network)
        found += [
            plain,
            *(plain.with_values(**{name: value}) for name, value in _values_of_networks()),
        ]
    return list(dict.fromkeys(found))


def _values_of_networks() -> Iterator[tuple[str, object]]:
    """Yield other values of the settings that change layers; without Flatten no network trains."""
    for row in SETTINGS.values():
        if row.topic != "network" or row.name in ("network", "flatten"):
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
    """Return weights in the shapes that Keras gives the network of `settings`, of about Glorot's
    size.
    """
    generator = np.random.default_rng(seed)
    weights = []
    for layer in describe_layers(settings):
        if layer.parameters:
            kernel, bias = layer.weights
            size = np.sqrt(2 / np.prod(kernel[:-1]))
            weights.append(generator.normal(0, size, kernel).astype(np.float32))
            weights.append(generator.normal(0, 0.1, bias).astype(np.float32))
    return weights


def random_network(seed: int = 0, temperature: float = 1.0, **settings: object) -> Network:
    chosen = RunSettings(**settings)
    return network_of_run(chosen, random_weights(chosen, seed), temperature)


def random_images(count: int, seed: int = 0) -> np.ndarray:
    """Return images of a few bright strokes on black, uint8 [n, 28, 28]."""
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
