"""Records beside the database how many rows it should contain, so that losses are noticed.

If the WAL is damaged or missing, the last transactions are lost, but SQLite opens the rest of the
database without an error. SQLite's integrity check, which compares rows with indices, finds only
damage in the database file itself.
"""

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

from fvapp.core.schema import Whole, read_as_type

_LENGTH = 512  # size of the file in bytes: a tally, padded with spaces


@dataclass(frozen=True, order=True)
class RowTally:
    """The number of transactions made in a database, and the numbers of runs and examples in it.

    Attributes:
        examples: number of visitors' own examples and of drawings that classes have kept.
    """

    transactions: Whole = 0
    runs: Whole = 0
    examples: Whole = 0

    @property
    def rows(self) -> int:
        return self.runs + self.examples


class TallyFile:
    """The file beside the database that holds the tally.

    The file is written after each transaction, but not synced. So the tally may be older than the
    database, but never newer. The file is overwritten in place, which is much faster than replacing
    it. If a write is interrupted, the file is not valid JSON, and counts as damaged.

    Raises:
        OSError: the file cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._is_new = not path.exists()
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)

    def read_tally(self) -> RowTally | None:
        """Return the tally, a lower bound for the database's rows; None if the file is damaged."""
        os.lseek(self._file, 0, os.SEEK_SET)
        try:
            return max(
                read_as_type(tuple[RowTally, ...], json.loads(os.read(self._file, _LENGTH))),
                default=None,
            )
        except (OSError, ValueError):
            return RowTally() if self._is_new else None

    def write_tally(self, tally: RowTally) -> None:
        """Overwrite the tally in the file.

        Raises:
            OSError: the file cannot be written.
        """
        os.lseek(self._file, 0, os.SEEK_SET)
        os.write(self._file, json.dumps([asdict(tally)]).encode().ljust(_LENGTH))

    def close_tally_file(self) -> None:
        os.close(self._file)
