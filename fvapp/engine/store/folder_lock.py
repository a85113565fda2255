"""One server a folder: a second one must not write into the first one's store."""

from __future__ import annotations

import os
from pathlib import Path
from typing import BinaryIO

from fvapp.core.errors import EngineError

if os.name == "nt":
    import msvcrt

    def _lock(file: BinaryIO) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(file: BinaryIO) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def claim_folder(home: Path) -> BinaryIO:
    """Claim a folder for this process; the claim ends with the returned file, so also with ``kill -9``.

    Raises:
        EngineError: ``store_in_use``, another process has it; ``store_unwritable``.
    """
    try:
        home.mkdir(parents=True, exist_ok=True)
        file = open(home / "fvapp.lock", "ab")  # noqa: SIM115 (the caller holds it open)
    except OSError as error:
        raise EngineError("store_unwritable") from error
    try:
        _lock(file)
    except OSError as error:
        file.close()
        raise EngineError("store_in_use") from error
    return file
