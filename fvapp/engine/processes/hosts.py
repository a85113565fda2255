"""Defines where networks are trained: in processes of this server, and on PCs that join it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fvapp.core.places import AppFolders
from fvapp.engine.processes.machine import count_resident_workers, count_workers
from fvapp.engine.processes.room import FOLDER, JoinFile, read_teacher_file


@dataclass(frozen=True)
class TrainingHosts:
    """Where networks are trained: on this machine, and on other PCs that may join.

    Attributes:
        max_workers: maximum number of workers on this machine; 0 if it lacks memory for a worker.
        resident_workers: number of workers that keep running without visitors; 0 if all workers
            start on demand.
        lab_join_file: this PC's certificates for a room that other PCs can join; None if no PC may
            join.
    """

    max_workers: int
    resident_workers: int
    lab_join_file: JoinFile | None = None

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> TrainingHosts:
        """Read from ``FVAPP_WORKERS`` and ``FVAPP_LAB`` where networks may be trained.

        Raises:
            EngineError: ``bad_limit``: ``FVAPP_WORKERS`` is not a whole number from 1 to 64;
                ``lab_none``: the certificates are missing or damaged; ``lab_expired``: they have
                expired.
        """
        room = (
            read_teacher_file(AppFolders.from_environ(environ).data_folder / FOLDER)
            if environ.get("FVAPP_LAB")
            else None
        )
        return cls(count_workers(environ), count_resident_workers(environ), room)
