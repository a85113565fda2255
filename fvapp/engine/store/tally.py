"""Records beside the database how much it should contain, so that a start notices losses.

If the WAL is damaged or missing, the last transactions are lost, but SQLite opens the rest as if
nothing had happened. Damage within the database itself shows when SQLite compares its rows with its
indices.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from fvapp.core.schema import Whole, read_as

_LENGTH = 512  # bytes of the file: a tally, padded with spaces


@dataclass(frozen=True, order=True)
class RowTally:
    """What a database contains: the numbers of transactions, runs, and examples plus drawings."""

    transactions: Whole = 0
    runs: Whole = 0
    examples: Whole = 0

    @property
    def rows(self) -> int:
        return self.runs + self.examples


class TallyFile:
    """The file beside the database that holds the tally.

    It is written after each transaction and not synced, so it may be older than the database, never
    newer. It is written in place, which is much faster than replacing the file. After a torn write
    it is not valid JSON, and counts as damaged.

    Raises:
        OSError: the file cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._is_new = not path.exists()
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)

    def read_tally(self) -> RowTally | None:
        """Return the least that the database should contain, or None if the file is damaged."""
        os.lseek(self._file, 0, os.SEEK_SET)
        try:
            return max(
                read_as(tuple[RowTally, ...], json.loads(os.read(self._file, _LENGTH))),
                default=None,
            )
        except (OSError, ValueError):
            return RowTally() if self._is_new else None

    def write_tally(self, tally: RowTally) -> None:
        """Overwrite the tally.

        Raises:
            OSError: the file cannot be written.
        """
        os.lseek(self._file, 0, os.SEEK_SET)
        os.write(self._file, json.dumps([asdict(tally)]).encode().ljust(_LENGTH))

    def close(self) -> None:
        os.close(self._file)
