"""What a run tells the server while it is being trained."""

from __future__ import annotations

from collections.abc import Callable

from fvapp.core.events import EpochEnded, Event, RunEnded, event_to_json
from fvapp.engine.workers.protocol import Order
from fvapp.worker.thinning import Thinner


class RunReporter:
    """Tells the server of one run.

    Args:
        tell: posts to the engine's inbox.
    """

    def __init__(self, tell: Callable[..., None], order: Order) -> None:
        self._tell, self.run, self.attempt = tell, order.run, order.attempt
        self.epoch = 0  # the last completed one
        self.emit = Thinner(self._emit, order.at.step if order.at else 0)

    def _emit(self, event: Event) -> None:
        if isinstance(event, RunEnded):
            return  # it is returned with the checkpoint: a result must not be seen before it is stored
        if isinstance(event, EpochEnded):
            self.epoch = event.epoch
        self._tell("event_told", self.run, self.attempt, event_to_json(event))
