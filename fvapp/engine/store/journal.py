"""Holds changes in memory until they are written to the store, and retries writes that fail.

While the disk refuses writes, the app continues in memory, and visitors are told that nothing is
being stored. Data that was written before is not changed.
"""

import logging
import sqlite3
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any

from filelock import BaseFileLock

from fvapp.core.errors import EngineError
from fvapp.engine.store.calendar import DAY, TrustedClock, steady_clock
from fvapp.engine.store.copies import DatabaseCopies
from fvapp.engine.store.database import DATABASE, Store
from fvapp.engine.store.folder_lock import lock_folder
from fvapp.engine.store.loss_notice import DataLossNotice
from fvapp.engine.store.writes import StoreChange

_log = logging.getLogger(__name__)

MOST_HELD_MB = 200  # maximum MB of files waiting to be written; the oldest are dropped first
_PASSING = frozenset({"store_full", "store_failed", "store_locked"})
"""Codes of errors whose messages promise that data will be stored later.

An app that could not open its store must not make this promise.
"""
_RENEW_SECONDS = 60.0  # minimum seconds between new copies that purge deleted data
_RETRY_SECONDS = 5.0  # seconds from a failed write to the next attempt
_QUIET_SECONDS = 5.0  # seconds without a write after which the WAL is checkpointed


class Journal:
    """Holds changes in memory until they are written to the store.

    Attributes:
        store: the store to read from; it is in memory if the folder could not be opened.
        write_error: the error that prevents changes from being stored, or None.
        data_loss_notice: the notice for visitors about stored data that was lost.
        trusted_clock: tells the date for data that is kept for some days.

    Args:
        home: folder of the store.
        clock: a monotonic clock, in seconds.
        wall_clock: a clock in seconds since 1970.
        steady: a clock that cannot be set, see `fvapp.engine.store.calendar.steady_clock`.
    """

    def __init__(
        self,
        home: Path,
        clock: Callable[[], float],
        wall_clock: Callable[[], float],
        steady: Callable[[], float] = steady_clock,
    ) -> None:
        self._clock = clock
        self.write_error: EngineError | None = None
        self._folder_lock: BaseFileLock | None = None
        self._is_open = True
        try:
            self._folder_lock = lock_folder(home)
            self.store = Store(home)
        except EngineError as error:
            passing = error.code in _PASSING
            self.write_error = (
                EngineError("store_not_opened") if passing else _copy_without_traceback(error)
            )
            self._is_open = False
            self.store = Store(None)
        self.trusted_clock = TrustedClock(
            home / "fvapp.clock" if self._is_open else None, wall_clock, steady
        )
        self._wall_clock = wall_clock
        self._database_copies = DatabaseCopies(home / "copies", home / DATABASE)
        self._copy_thread: threading.Thread | None = None
        self.data_loss_notice = DataLossNotice(self.store, self._database_copies)
        self._clock_error = (
            EngineError("store_clock") if self.store.newest_run_at > wall_clock() + DAY else None
        )
        self._last_write_at = self._wal_checkpointed_at = clock()
        self._last_copy_at = float("-inf")
        self._copies_outdated = False
        self._pending_changes: dict[tuple[object, ...], StoreChange] = {}
        self._lock = threading.RLock()
        self._write_lock = threading.Lock()
        self._retry_at = clock()

    @property
    def store_error(self) -> EngineError | None:
        """The error with which pages report failed writes, lost data or a wrong date, or None."""
        return self.write_error or self.data_loss_notice.notice or self._clock_error

    def mark_database_copies_outdated(self) -> None:
        """Record that data is being deleted, so the database's copies must be renewed."""
        self._copies_outdated = True

    def as_one_transaction(self) -> AbstractContextManager[object]:
        """Return a context manager: changes queued inside are written together or not at all."""
        return self._lock

    def queue_changes(self, *changes: StoreChange) -> None:
        """Queue changes, which the next call of :meth:`write_pending_changes` writes."""
        with self._lock:
            for change in changes:
                self._pending_changes.pop(change.change_key, None)
                for run in change.freed_run_ids:
                    for key in [key for key in self._pending_changes if key[1] == run]:
                        del self._pending_changes[key]
                self._pending_changes[change.change_key] = change

    def write_pending_changes(self) -> bool:
        """Write pending changes; return whether all are stored. If not, `write_error` says why."""
        with self._write_lock:
            with self._lock:
                changes = list(self._pending_changes.values())
            if not changes:
                return self.write_error is None
            if self.write_error and self._is_open and self._clock() < self._retry_at:
                return False
            try:
                self.store.write_changes(changes)
            except EngineError as error:
                self.write_error = _copy_without_traceback(error)
                self._retry_at = self._clock() + _RETRY_SECONDS
                self._drop_oldest_pending_files()
                return False
            self._last_write_at = self._clock()
            if self._is_open:
                self.write_error = None
            with self._lock:
                for change in changes:
                    if self._pending_changes.get(change.change_key) is change:
                        del self._pending_changes[change.change_key]
            return self.write_error is None

    def read_checkpoint(self, run: str) -> bytes | None:
        """Return a run's checkpoint, even if it is not written yet, or None if there is none.

        Raises:
            EngineError: ``run_damaged``: the checkpoint is gone or damaged; or an error of
                `translate_disk_errors`.
        """
        return self._read_stored_or_pending_file("checkpoints", run)

    def read_frames(self, run: str) -> bytes | None:
        """Return the file of a run's frames (saved weights), even if not written yet, or None.

        Raises:
            EngineError: ``run_damaged``: the file is gone or damaged; or an error of
                `translate_disk_errors`.
        """
        return self._read_stored_or_pending_file("frames", run)

    def read_examples_copy(self, run: str) -> bytes | None:
        """Return the copy of examples held for a run, even if it is not written yet, or None."""
        with self._lock:
            waiting = self._pending_changes.get(("held_examples", run))
        held: Any = waiting.statements[0][1][1] if waiting else self.store.read_examples_copy(run)
        return held

    def _read_stored_or_pending_file(self, table: str, run: str) -> bytes | None:
        with self._lock:
            waiting = self._pending_changes.get((table, run))
        return (
            waiting.new_file.content
            if waiting and waiting.new_file
            else self.store.read_stored_file(table, run)
        )

    def checkpoint_and_copy_if_due(self) -> None:
        """If no changes are pending, checkpoint the WAL and copy the database when due."""
        with self._write_lock:
            if not (self._pending_changes or self.write_error) and self._is_open:
                self._checkpoint_and_copy()

    def close(self) -> None:
        """Write pending changes, close the store, and unlock its folder."""
        self._retry_at = self._clock()
        self.write_pending_changes()
        if self._copy_thread:
            self._copy_thread.join()
        if self._copies_outdated and self._is_open and not self.write_error:
            self._copy_database()
        self._is_open = False  # write nothing more: another server may soon use the folder
        self.store.close()
        if self._folder_lock:
            self._folder_lock.release()

    def _checkpoint_and_copy(self) -> None:
        now = self._clock()
        if self._wal_checkpointed_at < self._last_write_at <= now - _QUIET_SECONDS:
            self._wal_checkpointed_at = now
            with suppress(EngineError):  # a reader may block the checkpoint; SQLite makes it later
                self.store.checkpoint_wal()
        copying = self._copy_thread is not None and self._copy_thread.is_alive()
        if self._copies_outdated:
            due = now - self._last_copy_at >= _RENEW_SECONDS
        else:
            due = (
                self._last_write_at > self._last_copy_at
                and self._database_copies.is_database_copy_due(self._wall_clock())
            )
        if not copying and due:
            self._last_copy_at = now
            self._copy_thread = threading.Thread(
                target=self._copy_database, name="fvapp-copy", daemon=True
            )
            self._copy_thread.start()

    def _copy_database(self) -> None:
        # Clear the flag before copying, because data deleted during the copying may be in the new
        # copy.
        deleted = self._copies_outdated
        self._copies_outdated = False
        try:
            (
                self._database_copies.renew_database_copies
                if deleted
                else self._database_copies.make_hourly_database_copy
            )(self._wall_clock())
        except (OSError, sqlite3.Error):
            self._copies_outdated |= deleted
            _log.warning("the database could not be copied", exc_info=True)

    def _drop_oldest_pending_files(self) -> None:
        with self._lock:
            held = [
                (change, len(change.new_file.content))
                for change in self._pending_changes.values()
                if change.new_file
            ]
            total = sum(size for _, size in held)
            for change, size in held:
                if total <= MOST_HELD_MB * 2**20:
                    return
                total -= size
                del self._pending_changes[change.change_key]


def _copy_without_traceback(error: EngineError) -> EngineError:
    """Return a copy of an error without its traceback, because a traceback keeps data in memory."""
    return EngineError(error.code, **error.values)
