"""Stores all data that must outlive the server, in SQLite and in files of networks' weights.

All files are in ``FVAPP_HOME``. The database is in WAL mode and every transaction is synced, so
data that was written survives ``kill -9`` at any moment, and a power cut. A checkpoint is first
written to a new file, and becomes valid with the database row that names the file. A file that no
row names is set aside at the next start, because the database may have been lost; the file is
restored if a row names it again.

Secrets are not stored in the clear: tokens and recovery codes are stored as SHA-256 hashes. A slow
hash is not needed, because tokens have 256 random bits and recovery codes have 80.
"""

import os
import sqlite3
import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from fvapp.core.errors import EngineError
from fvapp.core.events import Event
from fvapp.core.examples import Example
from fvapp.core.runs import RunPosition, RunRecord
from fvapp.engine.api import ENDED, GONE, TAKEN
from fvapp.engine.store.files import CheckpointFiles
from fvapp.engine.store.folder_lock import deny_others_access, owner_only_opener
from fvapp.engine.store.kept_file import ValuesFile
from fvapp.engine.store.losses import DataLossReport
from fvapp.engine.store.records import parse_run_record, read_events, read_example
from fvapp.engine.store.refusals import translate_disk_errors
from fvapp.engine.store.schema import (
    ALL_FILES,
    COUNTED,
    DRAWING,
    FILE_TABLES,
    FORMAT,
    STEPS,
    STORED_RUNS,
    WORKSPACE,
)
from fvapp.engine.store.tally import RowTally, TallyFile
from fvapp.engine.store.writes import StoreChange, upsert_statement

DATABASE = "fvapp.sqlite3"
_BUSY_SECONDS = 1.0  # seconds to wait for a database that another process has locked
_LARGEST_FILE = 10**9  # maximum bytes of a file; a row that states a larger size is damaged


StoredRun = tuple[str, RunRecord | None, RunPosition | None, int, int]
"""A run: id, record, position of the checkpoint, bytes of the checkpoint, and bytes of the frames.

The record is None if it is damaged. The position is None if there is no checkpoint.
"""


class Store:
    """The store on disk; every method may raise the ``EngineError`` of `translate_disk_errors`.

    Attributes:
        newest_run_at: when the latest stored run was created, in seconds since 1970.
        data_loss_report: the report of lost data, until somebody confirms having read it; else
            None.
        has_lost_rows: whether rows were missing from the database when it was opened.

    Args:
        home: the store's folder, created if necessary; if None, data is kept only in memory.
    """

    def __init__(self, home: Path | None) -> None:
        self._files = CheckpointFiles(home / "checkpoints" if home else None)
        self._tally_file: TallyFile | None = None
        self._data_loss_file: ValuesFile[DataLossReport] | None = None
        self.data_loss_report: DataLossReport | None = None
        self.has_lost_rows = False
        self._lock = threading.RLock()
        self._read_lock = threading.RLock() if home else self._lock
        with translate_disk_errors():
            if home:
                home.mkdir(parents=True, exist_ok=True)
                self._files.make_folder()
                self._create_private_database(home / DATABASE)
                self._tally_file = TallyFile(home / "fvapp.tally")
                self._data_loss_file = ValuesFile(home / "fvapp.lost", DataLossReport)
            path = str(home / DATABASE) if home else ":memory:"
            self._db = self._read_connection = _connect_database(path)
        try:
            self._prepare_database()
            if home:  # a second connection, which in WAL mode can read during a slow write
                with translate_disk_errors():
                    self._read_connection = _connect_database(path)
        except EngineError:
            self.close()
            raise

    def close(self) -> None:
        with self._lock, self._read_lock:
            self._read_connection.close()
            self._db.close()
            if self._tally_file:
                self._tally_file.close_tally_file()
                self._tally_file = None

    # Methods that read from the store

    def find_access_by_token(self, token_hash: str) -> tuple[str, bytes | None, str] | None:
        """Return a token's workspace id, encrypted recovery code and scope, or None if unknown."""
        return self._query_first_row(
            "SELECT workspace, sealed_code, scope FROM tokens WHERE hash = ?", token_hash
        )

    def token_hashes_of(self, workspace: str) -> set[str]:
        """Return the hashes of the tokens that open a workspace."""
        return {
            token
            for (token,) in self._query_all_rows(
                "SELECT hash FROM tokens WHERE workspace = ?", workspace
            )
        }

    def revocation_error_code(self, token_hash: str) -> str | None:
        """Return the error code of a token that was revoked; None for any other token."""
        taken = self._query_single_value(
            "SELECT taken FROM dropped_tokens WHERE hash = ?", token_hash
        )
        return None if taken is None else {1: TAKEN, 2: ENDED}.get(taken, GONE)

    def find_workspace_by_code(self, code_hash: str) -> str | None:
        return self._query_single_value("SELECT id FROM workspaces WHERE code = ?", code_hash)

    def read_workspace(self, workspace: str) -> tuple[float, str | None, int, int]:
        """Return a workspace's creation time, code hash, highest run number, and number of tokens.

        Raises:
            EngineError: ``unknown_workspace``: the workspace does not exist.
        """
        row = self._query_first_row(WORKSPACE, workspace)
        if row is None:
            raise EngineError("unknown_workspace")
        created, code, numbers, runs, tokens = row
        # Damaged values are replaced, so that visitors can still open their runs.
        created = created if isinstance(created, float) else 0.0
        return created, code, max(numbers, runs) if isinstance(numbers, int) else runs, tokens

    def read_runs(self, workspace: str) -> tuple[StoredRun, ...]:
        return tuple(
            _parse_stored_run(*row) for row in self._query_all_rows(STORED_RUNS, workspace)
        )

    def read_raw_run_rows(self, run: str) -> dict[str, list[list[object]]]:
        """Return all rows that are stored for a run, by table, without checking their values."""
        tables = {"runs": "id", "events": "run", "checkpoints": "run", "frames": "run"}
        return {
            table: [
                list(row)
                for row in self._query_all_rows(f"SELECT * FROM {table} WHERE {column} = ?", run)
            ]
            for table, column in tables.items()
        }

    def read_events(self, run: str) -> list[Event]:
        """Return the events of a run.

        Raises:
            EngineError: ``run_damaged``: the events cannot be read.
        """
        rows = self._query_all_rows("SELECT body FROM events WHERE run = ? ORDER BY first", run)
        return [event for (body,) in rows for event in read_events(body)]

    def read_stored_file(self, table: str, run: str) -> bytes | None:
        """Return the contents of a run's file of the given kind, or None if it has no such file.

        Args:
            table: "checkpoints" or "frames".

        Raises:
            EngineError: ``run_damaged``: the file is gone or damaged.
        """
        row = self._find_file_row(table, run)
        before: tuple[str, int] | None = ("", 0)  # no row has this value, so the loop begins
        while row != before:
            try:
                return None if row is None else self._files.read_file(*row)
            except EngineError:  # read again in case the file was replaced meanwhile
                row, before = self._find_file_row(table, run), row
        raise EngineError("run_damaged")

    def read_notes(self, workspace: str) -> dict[str, str]:
        return dict(
            self._query_all_rows("SELECT name, body FROM notes WHERE workspace = ?", workspace)
        )

    def read_examples(self, workspace: str) -> list[Example | None]:
        """Return the visitor's own examples, oldest first; None stands for a damaged example."""
        columns = "id, dataset, label, source, kept, place, pixels, classroom"
        rows = self._query_all_rows(
            f"SELECT {columns} FROM examples WHERE workspace = ? ORDER BY kept", workspace
        )
        return [read_example(*row) for row in rows]

    def read_examples_copy(self, run: str) -> bytes | None:
        return self._query_single_value("SELECT body FROM held_examples WHERE run = ?", run)

    def read_classes(self) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        """Return the rows (id, body) of school classes, and the rows (class, body) of students."""
        return self._query_all_rows("SELECT id, body FROM classes"), self._query_all_rows(
            "SELECT class, body FROM members"
        )

    def read_drawings(self, classroom: str) -> list[dict[str, object]]:
        """Return the drawings that a class has kept, each as a dict of `RoundDrawing`'s fields."""
        rows = self._query_all_rows(
            f"SELECT {', '.join(DRAWING)} FROM drawings WHERE class = ? ORDER BY round, seat",
            classroom,
        )
        return [dict(zip(DRAWING, row, strict=True)) for row in rows]

    def workspaces_with_run_states(self, states: Iterable[str]) -> set[str]:
        """Return the ids of the workspaces that have a run in one of these states."""
        states = tuple(states)
        statement = (
            f"SELECT DISTINCT workspace FROM runs WHERE state IN ({', '.join('?' * len(states))})"
        )
        return {workspace for (workspace,) in self._query_all_rows(statement, *states)}

    def count_used_bytes(self) -> int:
        """Return the total bytes of the database, checkpoints and frames (saved weights)."""
        sound = f"typeof(bytes) = 'integer' AND bytes BETWEEN 0 AND {_LARGEST_FILE}"
        files = f"SELECT coalesce(sum(bytes), 0) FROM ({ALL_FILES.format('bytes')}) WHERE {sound}"
        return self._query_single_value(
            f"SELECT ({files}) + page_count * page_size FROM pragma_page_count, pragma_page_size"
        )

    # Methods that write to the store

    def write_changes(self, changes: Iterable[StoreChange]) -> None:
        """Make all changes in order, in one transaction; if any change fails, make none."""
        obsolete: list[str] = []
        with self._lock:
            with translate_disk_errors():
                self._db.execute("BEGIN IMMEDIATE")
                try:
                    for change in changes:
                        obsolete += self._execute_change(change)
                    self._db.execute("UPDATE counted SET transactions = transactions + 1")
                    self._db.execute("COMMIT")
                # roll back after any error: an open transaction would block later transactions
                except Exception:
                    if self._db.in_transaction:
                        self._db.execute("ROLLBACK")
                    raise
            # Ignore errors: the data is stored, and the next transaction rewrites the tally of
            # rows.
            with suppress(sqlite3.Error, OSError):
                self._write_tally(self._count_rows())
            for file in obsolete:
                self._files.remove_file(file)

    def _execute_change(self, change: StoreChange) -> list[str]:
        """Make one change; return the names of the files to remove after the transaction."""
        obsolete = [
            file
            for run in change.freed_run_ids
            for table in FILE_TABLES
            for file in self._file_names_of_run(table, run)
        ]
        for statement in change.statements:
            self._db.execute(*statement)
        if change.new_file:
            new = change.new_file
            row = self._files.write_file(
                "-".join(map(str, (new.run_id, *(new.checkpoint_position or ("frames",))))),
                new.content,
            )
            obsolete += [
                old for old in self._file_names_of_run(new.table_name, new.run_id) if old != row[0]
            ]
            self._db.execute(
                *upsert_statement(new.table_name, new.run_id, *row, *new.checkpoint_position)
            )
        return obsolete

    def _file_names_of_run(self, table: str, run: str) -> list[str]:
        return [
            file for (file,) in self._db.execute(f"SELECT file FROM {table} WHERE run = ?", (run,))
        ]

    def record_data_loss_report_read(self) -> None:
        """Stop reporting the data losses known so far, even after the server has restarted."""
        if self.data_loss_report and self._data_loss_file:
            with suppress(OSError):  # if writing fails, the next start reports the loss again
                self._data_loss_file.write_values(
                    replace(self._data_loss_file.read_values(), read=True)
                )
        self.data_loss_report = None

    def checkpoint_wal(self) -> None:
        """Move the WAL's contents into the database file, so that no data depends on the WAL."""
        with self._lock, translate_disk_errors():
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()

    # Private methods

    def _create_private_database(self, path: Path) -> None:
        """Create the database file, if missing, and let only this account read it.

        A WAL file whose database is missing is set aside, because SQLite would delete it.
        """
        wal = path.with_name(path.name + "-wal")
        if wal.exists() and (not path.exists() or not path.stat().st_size):
            os.replace(wal, wal.with_name(wal.name + ".aside"))
        open(path, "ab", opener=owner_only_opener).close()
        deny_others_access(path)

    def _count_rows(self) -> RowTally:
        return RowTally(*self._db.execute(COUNTED).fetchone())

    def _write_tally(self, tally: RowTally) -> None:
        if self._tally_file:
            self._tally_file.write_tally(tally)

    def _prepare_database(self) -> None:
        with translate_disk_errors():
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            # overwrite deleted data, which would otherwise stay readable in the file
            self._db.execute("PRAGMA secure_delete = ON")
            if self._query_single_value("PRAGMA integrity_check(1)") != "ok":
                raise EngineError("store_damaged")
            version = self._query_single_value("PRAGMA user_version")
            if version > FORMAT:
                raise EngineError("store_newer")
            if version < FORMAT:
                steps = "".join(STEPS[version:])
                self._db.executescript(
                    f"BEGIN IMMEDIATE; {steps} PRAGMA user_version = {FORMAT}; COMMIT;"
                )
            named = self._db.execute(ALL_FILES.format("run, file")).fetchall()
            strays = self._files.set_stray_files_aside({file for _, file in named})
            missing = len({run for run, file in named if not self._files.file_exists(file)})
            found = self._count_rows()
            kept = self._tally_file.read_tally() if self._tally_file else RowTally()
            unsure = kept is None
            kept = kept or RowTally()
            if version:  # in an existing database, stray files do not mean lost data
                strays = 0
            self.has_lost_rows = found < kept or strays > 0 or unsure
            before = (
                self._data_loss_file.read_values() if self._data_loss_file else DataLossReport()
            )
            if self.has_lost_rows:
                gone = not found.transactions and bool(kept.transactions or strays)
                lost = DataLossReport(
                    found.rows,
                    kept.rows,
                    strays,
                    gone,
                    missing,
                    found.rows >= kept.rows,
                    read=False,
                )
            elif missing > before.missing:
                lost = replace(
                    DataLossReport() if before.read else before, missing=missing, read=False
                )
            else:
                lost = replace(before, missing=missing)
            if self._data_loss_file and lost != before:
                self._data_loss_file.write_values(lost)
            self.data_loss_report = (
                None if lost.read or lost == DataLossReport(read=False) else lost
            )
            self._write_tally(found)
            # The condition skips damaged dates: SQLite sorts text after numbers, and 1e11 seconds
            # is the year 5138.
            self.newest_run_at = self._query_single_value(
                "SELECT coalesce(max(created), 0.0) FROM runs WHERE created < 1e11"
            )

    def _find_file_row(self, table: str, run: str) -> tuple[str, int] | None:
        return self._query_first_row(f"SELECT file, crc FROM {table} WHERE run = ?", run)

    def _query_all_rows(self, statement: str, *values: object) -> list[Any]:
        with self._read_lock, translate_disk_errors():
            return self._read_connection.execute(statement, values).fetchall()

    def _query_first_row(self, statement: str, *values: object) -> Any:
        # fetch all rows, because an unfinished read would prevent checkpoints of the WAL
        rows = self._query_all_rows(statement, *values)
        return rows[0] if rows else None

    def _query_single_value(self, statement: str, *values: object) -> Any:
        row = self._query_first_row(statement, *values)
        return row and row[0]


def _connect_database(path: str) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=_BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    # Replace damaged characters, so that the rest of a row can be read.
    db.text_factory = lambda text: text.decode(errors="replace")
    return db


def _parse_stored_run(
    run: str, body: str, epoch: int | None, step: int | None, *sizes: int
) -> StoredRun:
    numbers = [0 if number is None else number for number in (epoch, step, *sizes)]
    try:
        if not all(isinstance(number, int) and 0 <= number <= _LARGEST_FILE for number in numbers):
            raise EngineError("run_damaged")
        record = parse_run_record(run, body, has_checkpoint=epoch is not None)
    except EngineError:
        return run, None, None, 0, 0
    size, frames = sizes
    return run, record, None if epoch is None else RunPosition(epoch, step or 0), size, frames
