"""The models a worker can answer with: the shipped ones, those sent by the server, and the one being trained.

This knows nothing about Keras: the functions that turn weights into an answerer are passed in.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import asdict

import numpy as np

from fvapp.core.answers import Answer
from fvapp.core.layers import IMAGE_SHAPE
from fvapp.core.settings import RunSettings

MOST_KEPT = 40  # enough for a class that draws; 0.4 MB each for Dense 128

Answerer = Callable[[np.ndarray], Sequence[Answer]]  # from uint8 [images, 28, 28]
Weights = Sequence[np.ndarray]


class Models:
    """Answer with any of the models; safe to call from several threads.

    Args:
        from_weights: makes the answerer for a run, from its settings, weights and temperature.
        shipped: makes the answerer for a data set.
    """

    def __init__(
        self, from_weights: Callable[[RunSettings, Weights, float], Answerer], shipped: Callable[[str], Answerer]
    ) -> None:
        self._from_weights, self._shipped = from_weights, shipped
        self._kept: OrderedDict[tuple[str, str], Answerer] = OrderedDict()  # by model and version
        self._live: dict[str, tuple[RunSettings, Weights]] = {}
        self._lock = threading.Lock()

    def show_live(self, run: str, settings: RunSettings, weights: Weights) -> None:
        """Take the current weights of the run being trained."""
        self._live[run] = (settings, weights)

    def live_weights(self, run: str) -> Weights | None:
        """Return the weights of a run that trains, or None where it does not train here or has none yet."""
        live = self._live.get(run)
        return live[1] if live else None

    def drop_live(self, run: str) -> None:
        self._live.pop(run, None)

    def keep(self, run: str, version: str, settings: RunSettings, weights: Weights, temperature: float) -> None:
        """Keep the weights of a run for later questions."""
        self._put((run, version), self._from_weights(settings, weights, temperature))

    def classify(self, model: str, version: str, pixels: bytes) -> list[dict[str, object]] | None:
        """Answer for images, or return None if the weights are not here.

        Args:
            model: id of a run, or name of a data set.
            version: of the run's weights; "live" while it is being trained, "shipped" for a data set.
        """
        answerer = self._find(model, version)
        if answerer is None:
            return None
        images = np.frombuffer(pixels, np.uint8).reshape(-1, *IMAGE_SHAPE)
        return [asdict(answer) for answer in answerer(images)]

    def _find(self, model: str, version: str) -> Answerer | None:
        if version == "live":
            live = self._live.get(model)
            return self._from_weights(*live, 1.0) if live else None
        with self._lock:
            answerer = self._kept.get((model, version))
            if answerer is not None:
                self._kept.move_to_end((model, version))
        if answerer is None and version == "shipped":
            answerer = self._shipped(model)
            self._put((model, version), answerer)
        return answerer

    def _put(self, key: tuple[str, str], answerer: Answerer) -> None:
        with self._lock:
            self._kept[key] = answerer
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
