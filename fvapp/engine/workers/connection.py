"""Holds the server's only connection to Dask's scheduler and workers."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from fvapp.core.errors import EngineError
from fvapp.engine.turns import yield_turn
from fvapp.engine.workers.protocol import HANDLER

if TYPE_CHECKING:
    from distributed import Client


class WorkerUnreachable(Exception):
    """Raised if a worker did not answer in time, or is gone."""


class WorkerConnection:
    """The connection shared by all parts of the server that communicate with workers.

    Args:
        timeout_factor: factor by which every time-out is multiplied, for slow machines.

    Attributes:
        client: Dask's client; None until it is connected, and after the scheduler has died.
    """

    def __init__(self, timeout_factor: float = 1.0) -> None:
        self.client: Client | None = None
        self._timeout_factor = timeout_factor

    def call_worker(
        self, address: str, command: str, *, seconds: float = 3.0, **values: object
    ) -> Any:
        """Send a command to the worker at an address, and return its answer.

        Args:
            seconds: how long to wait for the answer; on a slow machine, the wait is longer.
            values: the command's arguments.

        Raises:
            EngineError: the worker answered with an error, which is raised here.
            WorkerUnreachable: the worker is gone, or does not answer in time.
        """
        client = self.client
        if client is None:
            raise WorkerUnreachable(address)

        async def call_handler() -> Mapping[str, object]:
            handler = getattr(client.rpc(address), HANDLER)
            return await handler(command=command, **values)

        try:
            with yield_turn():
                answer = client.sync(call_handler, callback_timeout=self._timeout_factor * seconds)
        except (OSError, RuntimeError, AttributeError) as error:
            # CommClosedError and TimeoutError are OSErrors. A closing client raises a RuntimeError,
            # or an AttributeError because its scheduler is None. A worker without the handler
            # raises an AttributeError.
            raise WorkerUnreachable(address) from error
        if not isinstance(answer, Mapping):
            raise WorkerUnreachable(address)  # the answer is not from one of the app's workers
        if "error" in answer:
            code, details = answer["error"]
            raise EngineError(code, **details)
        return answer["answer"]
