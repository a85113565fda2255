"""Where training happens: in processes of this server, and on PCs that join it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fvapp.core.places import AppFolders
from fvapp.engine.processes.machine import count_resident_workers, count_workers
from fvapp.engine.processes.room import FOLDER, JoinFile, read_teacher_file


@dataclass(frozen=True)
class Hosts:
    """Where training happens.

    Attributes:
        max_workers: maximum number of workers on this machine; 0 if it lacks the memory for one.
        resident_workers: how many workers keep running without visitors; 0 if even the first one
            starts on demand.
        room: certificates with which other PCs join; None if none may join.
    """

    max_workers: int
    resident_workers: int
    room: JoinFile | None = None

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Hosts:
        """Read ``FVAPP_WORKERS`` and ``FVAPP_LAB``.

        Raises:
            EngineError: ``bad_limit``; ``lab_none``, ``lab_expired``.
        """
        room = (
            read_teacher_file(AppFolders.from_environ(environ).data_folder / FOLDER)
            if environ.get("FVAPP_LAB")
            else None
        )
        return cls(count_workers(environ), count_resident_workers(environ), room)
