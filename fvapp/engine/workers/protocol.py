"""What server and workers say to each other. Imported by both, so it imports neither.

- Server to worker: the handler ``fvapp`` of a worker, called directly (not through the scheduler), always with a
  time-out: ``hello``, ``wish``, ``bring``, ``checkpoint``, ``classify``, ``model_file``, ``weights`` of a run that
  trains, ``start_kernel``, ``inspect``.
- Worker to server: events on one topic, as the tuples ``(address, kind, run, attempt, body)``.
- The training itself: one Dask task on one chosen worker.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from fvapp.core.errors import EngineError, FvappError

if TYPE_CHECKING:
    from distributed import Client

HANDLER = "fvapp"
TOPIC = "fvapp"

Wish = Literal["run", "stop", "pause", "yield"]
Kind = Literal["event", "saved"]


class Unreachable(Exception):
    """A worker that did not answer in time, or is gone."""


def run_training(order: Mapping[str, object]) -> dict[str, object]:
    """Train in the worker that Dask calls this in; see ``Desk.train`` for order and return value."""
    from distributed import get_worker

    return get_worker().fvapp.train(order)


def call(client: Client, address: str, command: str, *, seconds: float = 3.0, **values: object) -> object:
    """Call the handler of one worker and return what it answers.

    Raises:
        EngineError: what the worker says about the wish.
        Unreachable: it does not answer within `seconds`, or is gone.
    """

    async def ask() -> Mapping[str, object]:
        handler = getattr(client.rpc(address), HANDLER)
        return await handler(command=command, **values)

    try:
        answer = client.sync(ask, callback_timeout=seconds)
    except (TimeoutError, OSError, RuntimeError, AttributeError) as error:
        # CommClosedError is an OSError. A closing client or loop raises RuntimeError, and its scheduler connection
        # is None by then; a worker without the handler raises AttributeError on its side.
        raise Unreachable(address) from error
    if "error" in answer:
        code, details = answer["error"]
        raise EngineError(code, **details)
    return answer["answer"]


def told(answer: object) -> dict[str, object]:
    return {"answer": answer}


def refused(error: FvappError) -> dict[str, object]:
    """Return an error as plain data: its values may be terms, which travel as texts."""
    return {"error": [error.code, {name: str(value) for name, value in error.values.items()}]}
