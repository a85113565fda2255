"""Models with their compiled programs, kept from run to run: compiling one takes longer than an epoch."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from fvapp.core.layers import describe_layers
from fvapp.core.settings import RunSettings
from fvapp.learn.fitting import BlockModel

MOST_KEPT = 24
"""Idle models kept. Dropping them frees hardly any memory: compiled code stays in the process."""

_idle: dict[tuple, BlockModel] = {}


@contextmanager
def borrowed_model(settings: RunSettings) -> Iterator[BlockModel]:
    """Lend a model of the architecture of `settings`, compiled before if possible; its weights are anything.

    Two runs at once never share one: taking it out and putting it back are each one step of a dictionary.
    """
    key = _architecture(settings)
    model = _idle.pop(key, None) or BlockModel(settings)
    yield model
    # Not reached when the run raised: a model in an unknown state is not used again.
    model.session = None
    _idle[key] = model
    while len(_idle) > MOST_KEPT:
        _idle.pop(next(iter(_idle)), None)


def _architecture(settings: RunSettings) -> tuple:
    """Return all that a program is compiled for; what is missing here is a value it takes."""
    layers = tuple(replace(layer, rate=0.0) for layer in describe_layers(settings))
    return layers, settings.optimizer, settings.batch_size, settings.augmentation
