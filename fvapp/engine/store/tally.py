"""What the database should contain, recorded beside it: a database that has lost something cannot tell.

A damaged or missing WAL takes the last transactions with it, and SQLite opens what is left as if nothing had been; a
damaged page may hide rows. So each transaction is numbered, and what there is of workspaces, tokens, runs and notes is
counted and summed up in a file of its own.
"""

from __future__ import annotations

import json
import os
import sqlite3
import zlib
from dataclasses import asdict, dataclass, replace
from pathlib import Path

_COUNTED = {
    "workspaces": ("id",),
    "tokens": ("hash", "workspace"),
    "runs": ("id", "workspace"),
    "notes": ("workspace", "name"),
}
"""Tables, and the columns that identify a row."""

_LENGTH = 512  # bytes of the file: two tallies, and spaces


@dataclass(frozen=True)
class Tally:
    """What a database contains after a transaction.

    Attributes:
        transactions: how many there were.
        runs: how many runs.
        checksum: CRC-32 of what each row is found by, summed over the rows of all four tables.
    """

    transactions: int
    runs: int
    checksum: int


class Counter:
    """Count what the database of a connection contains, and keep counting as it changes.

    Attributes:
        tally: includes the changes of the current transaction.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self.tally = Tally(db.execute("SELECT transactions FROM counted").fetchone()[0], 0, 0)
        for table, columns in _COUNTED.items():
            # As bytes, because damaged characters do not decode to the same text twice.
            for row in db.execute(f"SELECT {', '.join(f'CAST({column} AS BLOB)' for column in columns)} FROM {table}"):
                self._count(1, table, *row)
        db.create_function("count_row", -1, self._count)
        db.execute("PRAGMA recursive_triggers = ON")  # otherwise replaced rows are not reported
        for table, columns in _COUNTED.items():
            came, went = (", ".join(f"CAST({row}.{name} AS BLOB)" for name in columns) for row in ("NEW", "OLD"))
            for what, tells in (
                ("INSERT", ((1, came),)),
                ("DELETE", ((-1, went),)),
                ("UPDATE", ((-1, went), (1, came))),
            ):
                told = "".join(f"SELECT count_row({sign}, '{table}', {values});" for sign, values in tells)
                db.execute(f"CREATE TEMP TRIGGER {table}_{what} AFTER {what} ON main.{table} BEGIN {told} END")

    def next_transaction(self) -> None:
        """Count the current transaction."""
        self._db.execute("UPDATE counted SET transactions = transactions + 1")
        self.tally = replace(self.tally, transactions=self.tally.transactions + 1)

    def _count(self, sign: int, table: str, *found_by: object) -> None:
        tally = self.tally
        checksum = tally.checksum + sign * zlib.crc32(repr((table, *found_by)).encode())
        self.tally = Tally(tally.transactions, tally.runs + sign * (table == "runs"), checksum)


class TallyFile:
    """The file beside the database.

    It is not synced: after a power cut it may be older than the database, never newer. It is written in place, which
    is much faster than replacing the file; a torn write is not valid JSON and counts as no tally.

    Raises:
        OSError: the disk refuses.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)

    def read(self) -> tuple[Tally, ...]:
        """Return what the database should contain: two tallies if a transaction was in progress, or none."""
        os.lseek(self._file, 0, os.SEEK_SET)
        try:
            return tuple(Tally(**values) for values in json.loads(os.read(self._file, _LENGTH)))
        except (OSError, ValueError, TypeError):
            return ()

    def write(self, *tallies: Tally) -> None:
        """Overwrite the tallies.

        Raises:
            OSError: the disk refuses.
        """
        os.lseek(self._file, 0, os.SEEK_SET)
        os.write(self._file, json.dumps([asdict(tally) for tally in tallies]).encode().ljust(_LENGTH))

    def close(self) -> None:
        os.close(self._file)


def is_whole(found: Tally, expected: tuple[Tally, ...]) -> bool:
    """Return whether a database contains what it should, as far as that is known."""
    newer = all(found.transactions > tally.transactions for tally in expected)
    return newer or found in expected


def only_ours(path: str, flags: int) -> int:
    """Open for ``open(opener=...)`` so that no other account may read what is new."""
    return os.open(path, flags, 0o600)
