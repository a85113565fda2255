"""The server's only connection to scheduler and workers, which the supervisor opens and drops."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fvapp.core.errors import EngineError
from fvapp.engine.turns import yield_turn
from fvapp.engine.workers.protocol import HANDLER

if TYPE_CHECKING:
    from distributed import Client


class WorkerUnreachable(Exception):
    """A worker that did not answer in time, or is gone."""


class Connection:
    """The connection shared by everything that talks to workers.

    Args:
        patience: factor by which every time-out is multiplied, for slow machines.

    Attributes:
        client: Dask's client; None before it is connected and after the scheduler has died.
    """

    def __init__(self, patience: float = 1.0) -> None:
        self.client: Client | None = None
        self._patience = patience

    def call_worker(
        self, address: str, command: str, *, seconds: float = 3.0, **values: object
    ) -> Any:
        """Call the handler of one worker and return its answer.

        Raises:
            EngineError: the worker answered with this error.
            WorkerUnreachable: the worker is gone, or does not answer within `seconds` (more on a
                slow machine).
        """
        client = self.client
        if client is None:
            raise WorkerUnreachable(address)

        async def call_handler() -> Mapping[str, object]:
            handler = getattr(client.rpc(address), HANDLER)
            return await handler(command=command, **values)

        try:
            with yield_turn():
                answer = client.sync(call_handler, callback_timeout=self._patience * seconds)
        except (TimeoutError, OSError, RuntimeError, AttributeError) as error:
            # CommClosedError is an OSError. A closing client or loop raises RuntimeError, and its
            # scheduler connection is None by then; a worker without the handler raises
            # AttributeError on its side.
            raise WorkerUnreachable(address) from error
        if not isinstance(answer, Mapping):
            raise WorkerUnreachable(address)  # another program answered
        if "error" in answer:
            code, details = answer["error"]
            raise EngineError(code, **details)
        return answer["answer"]
