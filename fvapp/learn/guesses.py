"""What a network in training says of the twelve test images, after its first steps and after every epoch."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from fvapp.core.answers import shares
from fvapp.core.events import Event, Guesses
from fvapp.core.inspection.decoding import network_of_run
from fvapp.core.inspection.frames import FIRST_STEPS
from fvapp.core.settings import RunSettings
from fvapp.learn.fitting import Session

_DIGITS = 3  # of shares


class Guesser:
    """Ask whenever a planned step is reached, and tell when it is time to.

    NumPy answers: twelve images of Dense 128 take it 0.1 ms, those of the small CNN 2 ms.

    Args:
        images: uint8 [n, 28, 28]; without any there are no guesses.
    """

    def __init__(
        self, settings: RunSettings, session: Session, images: np.ndarray, emit: Callable[[Event], None]
    ) -> None:
        self._settings, self._session, self._images, self._emit = settings, session, images, emit
        self._kept: list[tuple[int, tuple[int | None, ...], tuple[float | None, ...]]] = []

    def until_next(self, iterations: int) -> int:
        """Return the number of steps from `iterations` to the next time to ask."""
        steps = self._session.plan.steps
        early = next((step for step in FIRST_STEPS if step > iterations), steps)
        return min(early, steps) - iterations if iterations < steps else steps - iterations % steps

    def ask_if_due(self) -> None:
        """Ask the network if this step is one at which it is asked."""
        iterations, steps = self._session.iterations, self._session.plan.steps
        if len(self._images) and (iterations % steps == 0 or (iterations < steps and iterations in FIRST_STEPS)):
            labels, found = self._ask()
            self._kept.append((iterations, labels, found))

    def tell(self) -> None:
        """Emit what was asked since the last time."""
        if self._kept:
            self._emit(Guesses(self._session.epoch, self._session.step, *zip(*self._kept, strict=True)))
            self._kept.clear()

    def _ask(self) -> tuple[tuple[int | None, ...], tuple[float | None, ...]]:
        with np.errstate(all="ignore"):  # a training that flies apart is no error here
            network = network_of_run(self._settings, [weight.numpy() for weight in self._session.weights])
            found = shares(network.logits(self._images))
        known = np.isfinite(found).all(axis=1)
        labels = tuple(int(row.argmax()) if ok else None for row, ok in zip(found, known, strict=True))
        largest = tuple(round(float(row.max()), _DIGITS) if ok else None for row, ok in zip(found, known, strict=True))
        return labels, largest
