"""Where training happens: in processes of this server, and on PCs that join it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fvapp.core.places import Places
from fvapp.engine.processes.machine import count_workers, starts_on_demand
from fvapp.engine.processes.room import FOLDER, JoinFile, open_room


@dataclass(frozen=True)
class Hosts:
    """Where training happens.

    Attributes:
        workers: how many to start on this machine; 0 where its memory holds none.
        room: the certificates by which other PCs join; None: none can.
        on_demand: whether the one worker starts when it is needed.
    """

    workers: int
    room: JoinFile | None = None
    on_demand: bool = False

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Hosts:
        """Read ``FVAPP_WORKERS`` and ``FVAPP_LAB``.

        Raises:
            EngineError: ``bad_limit``; ``lab_none``, ``lab_expired``.
        """
        room = open_room(Places.from_environ(environ).home / FOLDER) if environ.get("FVAPP_LAB") else None
        return cls(count_workers(environ), room, starts_on_demand(environ))
