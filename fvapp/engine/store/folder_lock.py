"""Locks the data folder for one server, and keeps other accounts from reading the folder."""

import os
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

from fvapp.core.errors import EngineError


def lock_folder(home: Path) -> BaseFileLock:
    """Lock a folder for this process; return the lock, which the caller must release.

    The lock also ends with the process, even by ``kill -9``. If this account owns the folder,
    other accounts are denied access.

    Raises:
        EngineError: ``store_in_use``: another process has locked the folder; ``store_unwritable``:
            the folder cannot be written.
    """
    # The lock is not thread-local, because any thread may release it.
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
    """Deny other accounts access to a file or folder of this account, on POSIX systems."""
    if os.name == "posix" and path.stat().st_uid == os.geteuid():
        path.chmod(0o700 if path.is_dir() else 0o600)


def owner_only_opener(path: str, flags: int) -> int:
    """Return a descriptor, as an ``opener`` of ``open``; only this account can read a new file."""
    return os.open(path, flags, 0o600)


def _find_lock_holder(lock: Path) -> str:
    """Return the account that holds a file's lock, with the process id if it can be found."""
    try:
        # Each line has the fields that proc(5) describes: kind, ..., process, device:inode.
        for line in Path("/proc/locks").read_text().splitlines():
            fields = line.split()
            if "FLOCK" in fields and fields[5].endswith(f":{lock.stat().st_ino}"):
                return f"{Path(f'/proc/{fields[4]}').owner()}, {fields[4]}"
    except (OSError, IndexError, KeyError):
        pass
    try:
        return lock.owner()
    except (OSError, KeyError, NotImplementedError):  # the account has no name, or this is Windows
        return "?"
