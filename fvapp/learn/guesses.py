"""What a network in training says of twelve test images and a drawing, after its first steps and every epoch."""

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
        drawing: uint8 [28, 28], of the visitor, or None.
    """

    def __init__(
        self,
        settings: RunSettings,
        session: Session,
        images: np.ndarray,
        drawing: np.ndarray | None,
        emit: Callable[[Event], None],
    ) -> None:
        self._settings = settings
        self._session = session
        self._emit = emit
        self._count = len(images)
        self._images = images if drawing is None else np.concatenate([images, drawing[None]])
        self._kept: list[tuple[int, *tuple[tuple[float | None, ...], ...]]] = []

    def until_next(self, iterations: int) -> int:
        """Return the number of steps from `iterations` to the next time to ask."""
        steps = self._session.plan.steps
        early = next((step for step in FIRST_STEPS if step > iterations), steps)
        return min(early, steps) - iterations if iterations < steps else steps - iterations % steps

    def ask_if_due(self) -> None:
        """Ask the network if this step is one at which it is asked."""
        iterations = self._session.iterations
        steps = self._session.plan.steps
        if self._count and (iterations % steps == 0 or (iterations < steps and iterations in FIRST_STEPS)):
            self._kept.append((iterations, *self._ask()))

    def tell(self) -> None:
        """Emit what was asked since the last time."""
        if self._kept:
            self._emit(Guesses(self._session.epoch, self._session.step, *zip(*self._kept, strict=True)))
            self._kept.clear()

    def _ask(self) -> tuple[tuple[float | None, ...], ...]:
        """Return labels and their shares, and all shares of the drawing if there is one."""
        with np.errstate(all="ignore"):  # a training that flies apart is no error here
            network = network_of_run(self._settings, [weight.numpy() for weight in self._session.weights])
            found = shares(network.logits(self._images))
        rows = [row if ok else None for row, ok in zip(found, np.isfinite(found).all(axis=1), strict=True)]
        labels = tuple(None if row is None else int(row.argmax()) for row in rows[: self._count])
        largest = tuple(None if row is None else _share(row.max()) for row in rows[: self._count])
        drawing = [(None,) * found.shape[1] if row is None else tuple(map(_share, row)) for row in rows[self._count :]]
        return labels, largest, *drawing


def _share(value: np.floating) -> float:
    return round(float(value), _DIGITS)
