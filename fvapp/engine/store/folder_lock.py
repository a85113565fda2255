"""One server a folder: a second one must not write into the first one's store."""

from __future__ import annotations

from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

from fvapp.core.errors import EngineError


def claim_folder(home: Path) -> BaseFileLock:
    """Claim a folder for this process, until the lock is released or the process ends, even by ``kill -9``.

    Raises:
        EngineError: ``store_in_use``, another process has it; ``store_unwritable``.
    """
    # Not local to a thread: whoever closes the store gives the folder up.
    lock = FileLock(home / "fvapp.lock", thread_local=False)
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock.acquire(blocking=False)
    except Timeout as error:
        raise EngineError("store_in_use") from error
    except OSError as error:
        raise EngineError("store_unwritable") from error
    return lock
