"""What outlives the server: one SQLite file, and a file for each checkpoint, in ``FVAPP_HOME``.

The database is in WAL mode and every transaction is synced, so what was written survives ``kill -9`` at any moment and
a power cut. A checkpoint is written to a new file first; the row that names it makes it valid. A file that no row
names is removed at the next start.

Secrets are not kept: tokens and recovery codes are stored as SHA-256 hashes; a token has 256 random bits and a code
80, which needs no slow hash.
"""

from __future__ import annotations

import errno
import os
import sqlite3
import threading
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fvapp.core.errors import EngineError
from fvapp.core.runs import Event
from fvapp.engine.store.records import read_json
from fvapp.engine.store.writes import Change, CheckpointFile

FORMAT = 1

# Beside the schema: an older version of the app opens such a store too, and takes no notice of it.
_DROPPED = "CREATE TABLE IF NOT EXISTS dropped_tokens (hash TEXT PRIMARY KEY) WITHOUT ROWID"

_SCHEMA = """
CREATE TABLE workspaces (id TEXT PRIMARY KEY, created REAL NOT NULL, code TEXT UNIQUE, numbers INTEGER NOT NULL);
CREATE TABLE tokens (hash TEXT PRIMARY KEY, workspace TEXT NOT NULL, sealed_code BLOB);
CREATE TABLE runs (id TEXT PRIMARY KEY, workspace TEXT NOT NULL, number INTEGER NOT NULL,
                   state TEXT NOT NULL, created REAL NOT NULL, body TEXT NOT NULL);
CREATE TABLE events (run TEXT, first INTEGER, body TEXT NOT NULL, PRIMARY KEY (run, first)) WITHOUT ROWID;
CREATE TABLE checkpoints (run TEXT PRIMARY KEY, file TEXT NOT NULL, bytes INTEGER NOT NULL, crc INTEGER NOT NULL,
                          epoch INTEGER NOT NULL, step INTEGER NOT NULL);
CREATE TABLE notes (workspace TEXT, name TEXT, body TEXT NOT NULL, PRIMARY KEY (workspace, name)) WITHOUT ROWID;
CREATE INDEX runs_of_workspace ON runs (workspace);
CREATE INDEX tokens_of_workspace ON tokens (workspace);
"""


@dataclass(frozen=True)
class StoredWorkspace:
    id: str
    created: float
    code: str | None  # hash
    numbers: int  # the highest number of a run so far
    tokens: int  # browsers that can open it


@dataclass(frozen=True)
class StoredRun:
    """A row of a run: the record as JSON text, its events counted, its checkpoint's place and size, or None and 0."""

    id: str
    body: str
    at: tuple[int, int] | None
    bytes: int


class Store:
    """Read and write; every method raises ``EngineError`` with one of the codes of :func:`named`.

    Attributes:
        newest: the latest time at which a run was made before, in seconds since 1970.

    Args:
        home: folder, made when it is not there; None keeps everything in memory, with the same behaviour.
        busy_seconds: how long to wait for a database that another process has locked.
    """

    def __init__(self, home: Path | None, busy_seconds: float = 1.0) -> None:
        self._files = home / "checkpoints" if home else None
        self._memory: dict[str, bytes] = {}  # checkpoints, where there are no files
        self._lock = threading.RLock()
        with named():
            if home:
                home.mkdir(parents=True, exist_ok=True)
                self._files.mkdir(exist_ok=True)
            path = str(home / "fvapp.sqlite3") if home else ":memory:"
            self._db = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None, check_same_thread=False)
            # Of a row with damaged letters the others can still be read.
            self._db.text_factory = lambda text: text.decode(errors="replace")
        try:
            self._prepare()
        except EngineError:
            self._db.close()
            raise

    def close(self) -> None:
        with self._lock:
            self._db.close()

    # Reading

    def find_token(self, token_hash: str) -> tuple[str, bytes | None] | None:
        """Return the workspace that a token opens, and its sealed recovery code."""
        return self._row("SELECT workspace, sealed_code FROM tokens WHERE hash = ?", token_hash)

    def is_dropped(self, token_hash: str) -> bool:
        """Return whether a token once opened a workspace and was left, or deleted with it."""
        return self._row("SELECT 1 FROM dropped_tokens WHERE hash = ?", token_hash) is not None

    def find_code(self, code_hash: str) -> str | None:
        row = self._row("SELECT id FROM workspaces WHERE code = ?", code_hash)
        return row[0] if row else None

    def read_workspace(self, workspace: str) -> StoredWorkspace:
        """Return the row of a workspace.

        Raises:
            EngineError: ``unknown_workspace``, where there is none.
        """
        with self._lock:
            row = self._row("SELECT created, code, numbers FROM workspaces WHERE id = ?", workspace)
            if row is None:
                raise EngineError("unknown_workspace")
            created, code, numbers = row
            (tokens,) = self._row("SELECT count(*) FROM tokens WHERE workspace = ?", workspace)
        return StoredWorkspace(workspace, created, code, numbers, tokens)

    def read_runs(self, workspace: str) -> tuple[StoredRun, ...]:
        rows = self._rows(
            "SELECT runs.id, body, epoch, step, bytes FROM runs LEFT JOIN checkpoints ON runs.id = run "
            "WHERE workspace = ? ORDER BY number",
            workspace,
        )
        return tuple(_stored_run(*row) for row in rows)

    def read_events(self, run: str) -> list[Event]:
        """Return the events of a run.

        Raises:
            EngineError: ``run_damaged``.
        """
        rows = self._rows("SELECT body FROM events WHERE run = ? ORDER BY first", run)
        return [event for (body,) in rows for event in read_json(body)]

    def read_checkpoint(self, run: str) -> bytes | None:
        """Return the bytes of a checkpoint, or None where there is none.

        Raises:
            EngineError: ``run_damaged``, when the file is gone or is not what was written.
        """
        with self._lock:
            row = self._row("SELECT file, crc FROM checkpoints WHERE run = ?", run)
            if row is None:
                return None
            file, crc = row
            try:
                content = (self._files / file).read_bytes() if self._files else self._memory[file]
            except OSError as error:
                raise EngineError("run_damaged") from error
        if zlib.crc32(content) != crc:
            raise EngineError("run_damaged")
        return content

    def read_notes(self, workspace: str) -> dict[str, str]:
        return dict(self._rows("SELECT name, body FROM notes WHERE workspace = ?", workspace))

    def used_bytes(self) -> int:
        """Return the size of database and checkpoints."""
        with self._lock:
            (checkpoints,) = self._row("SELECT coalesce(sum(bytes), 0) FROM checkpoints")
            (pages,), (size,) = self._row("PRAGMA page_count"), self._row("PRAGMA page_size")
        return checkpoints + pages * size

    def unfinished(self) -> tuple[tuple[str, StoredRun], ...]:
        """Return workspace and row of the runs that waited or trained when they were last written."""
        rows = self._rows(
            "SELECT workspace, runs.id, body, epoch, step, bytes FROM runs LEFT JOIN checkpoints ON runs.id = run "
            "WHERE state IN ('queued', 'running')"
        )
        return tuple((workspace, _stored_run(*rest)) for workspace, *rest in rows)

    # Writing

    def write(self, changes: Iterable[Change]) -> None:
        """Make all of the changes, in their order, or none."""
        obsolete: list[str] = []
        with self._lock:
            with named():
                self._db.execute("BEGIN IMMEDIATE")
                try:
                    for change in changes:
                        obsolete += self._write(change)
                    self._db.execute("COMMIT")
                except (sqlite3.Error, OSError):
                    if self._db.in_transaction:
                        self._db.execute("ROLLBACK")
                    raise
            for file in obsolete:
                self._remove(file)

    def _write(self, change: Change) -> list[str]:
        """Make one change; return the files that are obsolete after the transaction."""
        obsolete = [file for run in change.frees for file in self._checkpoint_files(run)]
        for statement, values in change.statements:
            self._db.execute(statement, values)
        if change.checkpoint:
            run = change.checkpoint.run
            file = self._write_checkpoint(change.checkpoint)
            obsolete += [old for old in self._checkpoint_files(run) if old != file]
            size, crc = len(change.checkpoint.content), zlib.crc32(change.checkpoint.content)
            self._db.execute(
                "INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?, ?, ?, ?)",
                (run, file, size, crc, change.checkpoint.epoch, change.checkpoint.step),
            )
        return obsolete

    def _write_checkpoint(self, checkpoint: CheckpointFile) -> str:
        crc = zlib.crc32(checkpoint.content)
        file = f"{checkpoint.run}-{checkpoint.epoch}-{checkpoint.step}-{crc:08x}.npz"
        if self._files is None:
            self._memory[file] = checkpoint.content
            return file
        with open(self._files / file, "wb") as target:
            target.write(checkpoint.content)
            target.flush()
            os.fsync(target.fileno())
        return file

    def _checkpoint_files(self, run: str) -> list[str]:
        return [file for (file,) in self._db.execute("SELECT file FROM checkpoints WHERE run = ?", (run,))]

    # Inside

    def _prepare(self) -> None:
        with named():
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = FULL")
            (problem,) = self._db.execute("PRAGMA quick_check(1)").fetchone()
            if problem != "ok":
                raise EngineError("store_damaged")
            (version,) = self._db.execute("PRAGMA user_version").fetchone()
            if version > FORMAT:
                raise EngineError("store_newer")
            if version == 0:
                self._db.executescript(f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {FORMAT}; COMMIT;")
            self._db.execute(_DROPPED)
            if self._files:
                named_files = {file for (file,) in self._db.execute("SELECT file FROM checkpoints")}
                for path in self._files.glob("*.npz"):
                    if path.name not in named_files:
                        path.unlink()
            (self.newest,) = self._db.execute("SELECT coalesce(max(created), 0.0) FROM runs").fetchone()

    def _rows(self, statement: str, *values: object) -> list[tuple]:
        with self._lock, named():
            return self._db.execute(statement, values).fetchall()

    def _row(self, statement: str, *values: object) -> tuple | None:
        with self._lock, named():
            return self._db.execute(statement, values).fetchone()

    def _remove(self, file: str) -> None:
        self._memory.pop(file, None)
        if self._files:
            try:
                (self._files / file).unlink(missing_ok=True)
            except OSError:
                return  # removed at the next start


def _stored_run(run: str, body: str, epoch: int | None, step: int | None, size: int | None) -> StoredRun:
    return StoredRun(run, body, None if epoch is None else (epoch, step), size or 0)


@contextmanager
def named() -> Iterator[None]:
    """Name what goes wrong with disk and database: each has its own sentence.

    Raises:
        EngineError: ``store_full``, ``store_unwritable``, ``store_damaged``, ``store_locked`` or ``store_failed``.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise EngineError(_SQLITE_CODES.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, "store_failed")) from error
    except OSError as error:
        raise EngineError(_SYSTEM_CODES.get(error.errno, "store_failed")) from error


_SQLITE_CODES = {
    sqlite3.SQLITE_FULL: "store_full",
    sqlite3.SQLITE_READONLY: "store_unwritable",
    sqlite3.SQLITE_CANTOPEN: "store_unwritable",
    sqlite3.SQLITE_PERM: "store_unwritable",
    sqlite3.SQLITE_CORRUPT: "store_damaged",
    sqlite3.SQLITE_NOTADB: "store_damaged",
    sqlite3.SQLITE_BUSY: "store_locked",
    sqlite3.SQLITE_LOCKED: "store_locked",
}
_SYSTEM_CODES = {
    errno.ENOSPC: "store_full",
    errno.EDQUOT: "store_full",
    errno.EFBIG: "store_full",
    errno.EACCES: "store_unwritable",
    errno.EPERM: "store_unwritable",
    errno.EROFS: "store_unwritable",
    errno.ENOTDIR: "store_unwritable",
    errno.EEXIST: "store_unwritable",
    errno.ENOENT: "store_damaged",
}
