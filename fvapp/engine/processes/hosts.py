"""Where training happens: in processes of this server, or on a scheduler elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fvapp.engine.processes.credentials import Credentials
from fvapp.engine.processes.machine import count_workers, starts_on_demand


@dataclass(frozen=True)
class Hosts:
    """Where training happens.

    Attributes:
        workers: how many to start on this machine; 0 where its memory holds none.
        scheduler: address of one elsewhere, which has its own workers; None to start everything here.
        credentials: for a scheduler elsewhere.
        on_demand: whether the one worker starts when it is needed.
    """

    workers: int
    scheduler: str | None = None
    credentials: Credentials | None = None
    on_demand: bool = False

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Hosts:
        """Read ``FVAPP_WORKERS`` and ``FVAPP_SCHEDULER``.

        Raises:
            EngineError: ``bad_limit``; ``no_certificate``, for a scheduler elsewhere.
        """
        scheduler = environ.get("FVAPP_SCHEDULER") or None
        credentials = Credentials.from_environ(environ) if scheduler else None
        return cls(count_workers(environ), scheduler, credentials, not scheduler and starts_on_demand(environ))
