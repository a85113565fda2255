"""Prevents unpickling of messages from PCs that joined, because unpickling can run any code.

Dask unpickles fields of any message as it arrives, before it looks up a handler, and no setting
prevents this. So this module replaces the class of Dask's connections, and the function with which
Dask unpickles. A PC that joined is recognised by the name in its certificate
(:data:`fvapp.engine.processes.guard.WORKER`).
"""

from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any

from distributed.comm.tcp import TLS, TLSConnector, TLSListener
from distributed.protocol import pickle

from fvapp.engine.processes.guard import is_from_worker

_reads_of_worker = ContextVar("_reads_of_worker", default=False)
_unpickle: Any = pickle.loads


class GuardedTLS(TLS):
    """A Dask connection that refuses to unpickle anything that a joined PC sends.

    Attributes:
        hears_workers: whether to read messages from a PC that joined. False in a worker, so that
            no such PC can pose as its scheduler.
        unpickles: whether to unpickle messages from other processes. False in the server, to which
            the scheduler passes on workers' messages.
    """

    hears_workers = unpickles = True

    async def read(self, deserializers: Sequence[str] | None = None) -> object:
        of_worker = is_from_worker(self)
        if of_worker and not self.hears_workers:
            self.abort()
        self.deserialize &= self.unpickles and not of_worker
        before = _reads_of_worker.set(of_worker)
        try:
            connection: Any = super()
            return await connection.read(deserializers)
        finally:
            _reads_of_worker.reset(before)


def forbid_unpickling() -> None:
    """Make all future connections refuse to unpickle anything that a joined PC sends."""
    TLSListener.comm_class = TLSConnector.comm_class = GuardedTLS
    pickle.loads = _guarded_loads


def _guarded_loads(content: bytes, *, buffers: Sequence[object] = ()) -> object:
    if _reads_of_worker.get() or not GuardedTLS.unpickles:
        raise PermissionError("nothing is unpickled that comes from a PC that joined")
    return _unpickle(content, buffers=buffers)
