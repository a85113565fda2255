"""Keeps two copies of the database, an hour and a day old, in case it is damaged or lost."""

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from fvapp.engine.store.calendar import DAY, HOUR
from fvapp.engine.store.folder_lock import owner_only_opener


class DatabaseCopies:
    """Two copies of the database, kept in a folder: an hourly and a daily copy.

    Args:
        folder: folder of the copies.
        database: the database file that is copied.
    """

    def __init__(self, folder: Path, database: Path) -> None:
        self._folder = folder
        self._database = database
        self._hourly_copy = folder / "hour.sqlite3"
        self._daily_copy = folder / "day.sqlite3"

    def is_database_copy_due(self, now: float) -> bool:
        """Return whether the hourly copy is missing or too old; `now` is in seconds since 1970."""
        return _is_file_old(self._hourly_copy, HOUR, now)

    def find_database_copies_aside(self) -> list[Path]:
        """Return all copies that were set aside, newest last; they still contain deleted data."""
        return sorted(self._folder.glob("before-*.sqlite3"), key=_file_modification_time)

    def make_hourly_database_copy(self, now: float) -> None:
        """Make an hourly copy of the database, which may be in use.

        If the daily copy is a day old, the previous hourly copy replaces it.

        Raises:
            OSError, sqlite3.Error: the copy cannot be written; the previous copies are kept.
        """
        self._folder.mkdir(mode=0o700, exist_ok=True)
        new = self._folder / "new.sqlite3"
        open(new, "wb", opener=owner_only_opener).close()
        with (
            closing(sqlite3.connect(self._database)) as source,
            closing(sqlite3.connect(new)) as target,
        ):
            source.backup(target)
        if self._hourly_copy.exists() and _is_file_old(self._daily_copy, DAY, now):
            os.replace(self._hourly_copy, self._daily_copy)
        os.replace(new, self._hourly_copy)

    def renew_database_copies(self, now: float) -> None:
        """Replace both copies with one new copy, because the old copies contain deleted data.

        Raises:
            OSError, sqlite3.Error: the copy cannot be written; the previous copies are kept.
        """
        self.make_hourly_database_copy(now)
        self._daily_copy.unlink(missing_ok=True)

    def set_database_copies_aside(self) -> None:
        """Rename the existing copies so that they are kept, because the database has lost data."""
        for copy in (self._daily_copy, self._hourly_copy):
            if copy.exists():
                copy.rename(
                    self._folder
                    / time.strftime(
                        "before-%Y%m%d-%H%M%S.sqlite3",
                        time.localtime(_file_modification_time(copy)),
                    )
                )


def _is_file_old(file: Path, seconds: float, now: float) -> bool:
    """Return whether a file's date is at least `seconds` in the past, or in the future."""
    return abs(now - _file_modification_time(file)) >= seconds


def _file_modification_time(file: Path) -> float:
    """Return when a file was last written, in seconds since 1970, or 0 for a missing file."""
    try:
        return file.stat().st_mtime
    except OSError:
        return 0.0
