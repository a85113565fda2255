"""Limits what PCs that joined may request from the scheduler and the workers.

Dask does not distinguish workers from clients: anyone with a certificate can submit code. Here a
certificate with the name :data:`WORKER` permits only the requests that a worker needs to send. (On
a worker's stream, Dask itself accepts no client commands: it adds an argument with the stream's
owner, which the handlers of client commands do not take.)

Nothing that a PC with such a certificate sends is unpickled, either: see
:mod:`fvapp.engine.processes.unpickling`, and :func:`_withhold_pickles` for what a Dask client
unpickles.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import Parameter, Signature, isawaitable, signature
from typing import TYPE_CHECKING, Any

from fvapp.engine.workers.protocol import TOPIC

Handler = Callable[..., Any]

if TYPE_CHECKING:
    from distributed import Scheduler, Worker
    from distributed.comm import Comm

WORKER = "fvapp worker"
"""Common name in the certificate of a PC that has joined the app to train networks."""

_WORKERS_MAY = frozenset({"register-worker", "heartbeat_worker", "unregister", "echo", "identity"})


def guard_server(server: Scheduler | Worker, is_scheduler: bool) -> None:
    """Make a Dask server refuse requests that the worker of another PC may not send.

    Dask documents ``handlers`` as the table in which a server looks up requests. The table that
    replaces it here also guards handlers that are added later, by the app's plugin and by Dask's
    extensions. Call this function before the server starts: a server reads no request before its
    start, so every request is checked.
    """
    server.handlers = _GuardedHandlers(
        server.handlers, _WORKERS_MAY if is_scheduler else frozenset()
    )
    if is_scheduler:
        _withhold_pickles(server.stream_handlers)


def is_from_worker(comm: Comm) -> bool:
    """Return whether the other side of a connection has the certificate of a PC that joined."""
    return (("commonName", WORKER),) in comm.extra_info.get("peercert", {}).get("subject", ())


def _withhold_pickles(handlers: dict[str, Handler]) -> None:
    """Make the scheduler withhold what the app would unpickle: result types, errors, warnings."""
    finished = handlers["task-finished"]
    erred = handlers["task-erred"]
    log = handlers["log-event"]

    def log_only_our_topic(topic: object = None, **rest: object) -> None:
        if topic == TOPIC:
            log(topic=topic, **rest)

    handlers["task-finished"] = lambda **rest: finished(**rest | {"type": None})
    handlers["task-erred"] = lambda **rest: erred(**rest | {"exception": None, "traceback": None})
    handlers["log-event"] = log_only_our_topic


class _GuardedHandlers(dict[str, Handler]):
    """Handlers by name; each is wrapped in a check of the certificate when Dask looks it up."""

    def __init__(self, handlers: Mapping[str, Handler], open_to_workers: frozenset[str]) -> None:
        super().__init__(handlers)
        self._names_open_to_workers = open_to_workers

    def __getitem__(self, name: str) -> Handler:
        handler = super().__getitem__(name)
        return handler if name in self._names_open_to_workers else _guard_handler(handler)


def _guard_handler(handler: Handler) -> Handler:
    parameters = list(signature(handler).parameters.values())
    takes_comm = bool(parameters) and parameters[0].name == "comm"

    async def guarded_handler(comm: Comm, **values: object) -> object:
        if is_from_worker(comm):
            raise PermissionError("not for a worker's certificate")
        answer = handler(comm, **values) if takes_comm else handler(**values)
        return await answer if isawaitable(answer) else answer

    # Dask reads from a handler's signature which arguments to pass.
    comm = Parameter("comm", Parameter.POSITIONAL_ONLY)
    passed_on = Signature([comm, *parameters[takes_comm:]], __validate_parameters__=False)
    vars(guarded_handler)["__signature__"] = passed_on
    return guarded_handler
