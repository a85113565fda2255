"""What has gone missing between two starts, recorded beside the database until somebody says that they have read it."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from fvapp.core.schema import Whole, read
from fvapp.engine.store.folder_lock import owner_only_opener


@dataclass(frozen=True)
class Lost:
    """What is missing.

    Attributes:
        found, kept: number of runs and own examples now, and after the last recorded transaction; 0 where the database
            has lost nothing.
        models: number of checkpoint and frame files beside a new database.
        all: whether the old database is gone and this is a new one.
        missing: number of runs whose files are gone.
        read: whether somebody has said that they know.
    """

    found: Whole = 0
    kept: Whole = 0
    models: Whole = 0
    all: bool = False
    missing: Whole = 0
    read: bool = True


class LossFile:
    """The file beside the database; a damaged one counts as none."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> Lost:
        """Return what was missing last."""
        try:
            return read(Lost, json.loads(self._path.read_text(encoding="ascii")))
        except (OSError, ValueError, TypeError):
            return Lost()

    def write(self, lost: Lost) -> None:
        """Replace the record.

        Raises:
            OSError: the disk refuses.
        """
        new = self._path.with_suffix(".new")
        with open(new, "w", encoding="ascii", opener=owner_only_opener) as file:
            file.write(json.dumps(asdict(lost)))
        os.replace(new, self._path)

    def note_read(self) -> None:
        """Record that somebody knows; where the disk refuses they are told again after the next start."""
        with suppress(OSError):
            self.write(replace(self.read(), read=True))
