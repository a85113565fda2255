"""Translates errors of disk and database into `EngineError`, so that pages can explain them."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from fvapp.core.errors import EngineError


@contextmanager
def translate_disk_errors() -> Iterator[None]:
    """Return a context manager that turns disk and database errors into an `EngineError`.

    Raises:
        EngineError: ``store_full``: the disk is full; ``store_unwritable``: the files cannot be
            written; ``store_damaged``: the database is damaged; ``store_locked``: another process
            has locked the database; ``store_failed``: any other error.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise EngineError(
            _SQLITE_CODES.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, "store_failed")
        ) from error
    except OSError as error:
        raise EngineError(_SYSTEM_CODES.get(error.errno or 0, "store_failed")) from error


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
