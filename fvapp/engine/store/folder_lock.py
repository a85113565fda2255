"""Locks the data folder, so that only one server writes to it, and no other account reads it."""

import os
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

from fvapp.core.errors import EngineError


def claim_folder(home: Path) -> BaseFileLock:
    """Claim a folder for this process; return the lock, which the caller releases in the end.

    The claim also ends with the process, even by ``kill -9``. If this account owns the folder,
    other accounts are denied access.

    Raises:
        EngineError: ``store_in_use``: another process has claimed the folder;
            ``store_unwritable``.
    """
    # Not thread-local: any thread may close the store and release the folder.
    lock = FileLock(home / "fvapp.lock", mode=0o600, thread_local=False)
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        deny_others_access(home)
        lock.acquire(blocking=False)
    except Timeout as error:
        raise EngineError("store_in_use", holder=_find_lock_holder(Path(lock.lock_file))) from error
    except OSError as error:
        raise EngineError("store_unwritable") from error
    return lock


def deny_others_access(path: Path) -> None:
    """Deny other accounts access to this account's file or folder, if the system supports that."""
    if os.name == "posix" and path.stat().st_uid == os.geteuid():
        path.chmod(0o700 if path.is_dir() else 0o600)


def owner_only_opener(path: str, flags: int) -> int:
    """Opener for ``open``: new files are readable by this account only."""
    return os.open(path, flags, 0o600)


def _find_lock_holder(lock: Path) -> str:
    """Return the account that holds a lock, and the process if the system reveals it."""
    try:
        # the fields of a line, see proc(5): kind, ..., process, device:inode
        for line in Path("/proc/locks").read_text().splitlines():
            fields = line.split()
            if "FLOCK" in fields and fields[5].endswith(f":{lock.stat().st_ino}"):
                return f"{Path(f'/proc/{fields[4]}').owner()}, {fields[4]}"
    except (OSError, IndexError, KeyError):
        pass
    try:
        return lock.owner()
    except (OSError, KeyError, NotImplementedError):  # an account without a name, or Windows
        return "?"
