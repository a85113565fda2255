"""Reads and writes files of checkpoints and frames (saved weights).

A file is valid if a database row names it.
"""

import os
import zlib
from collections.abc import Set
from contextlib import suppress
from pathlib import Path

from fvapp.core.errors import EngineError
from fvapp.engine.store.folder_lock import owner_only_opener


class CheckpointFiles:
    """Files of checkpoints and frames (saved weights) in a folder or in memory.

    Args:
        folder: the folder of the files; if None, they are kept only in memory.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._files_in_memory: dict[str, bytes] = {}

    def make_folder(self) -> None:
        """Make the folder if it is missing.

        Raises:
            OSError: the folder cannot be made. The methods that write files may raise OSError, too.
        """
        if self._folder:
            self._folder.mkdir(mode=0o700, exist_ok=True)

    def read_file(self, file: str, crc: int) -> bytes:
        """Return the contents of a file, which must have the checksum `crc`.

        Raises:
            EngineError: ``run_damaged``: the file is gone or damaged.
        """
        try:
            content = (
                (self._folder / file).read_bytes() if self._folder else self._files_in_memory[file]
            )
        # The name is from a database row. If the row is damaged, the name may be invalid.
        except (OSError, TypeError, ValueError) as error:
            raise EngineError("run_damaged") from error
        if zlib.crc32(content) != crc:
            raise EngineError("run_damaged")
        return content

    def file_exists(self, file: str) -> bool:
        """Return whether a file exists, even if its contents are damaged."""
        if self._folder is None:
            return file in self._files_in_memory
        try:
            return (self._folder / file).exists()
        # The name is from a database row. If the row is damaged, the name may be invalid.
        except (OSError, TypeError, ValueError):
            return False

    def write_file(self, name: str, content: bytes) -> tuple[str, int, int]:
        """Write a file; return its file name, its size in bytes, and its CRC-32 checksum."""
        crc = zlib.crc32(content)
        file = f"{name}-{crc:08x}.npz"
        if self._folder is None:
            self._files_in_memory[file] = content
        else:
            with open(self._folder / file, "wb", opener=owner_only_opener) as target:
                target.write(content)
                target.flush()
                os.fsync(target.fileno())
        return file, len(content), crc

    def remove_file(self, file: str) -> None:
        """Remove a file that no database row names any longer."""
        self._files_in_memory.pop(file, None)
        if self._folder:
            with suppress(OSError):  # if removal fails, the next start sets the file aside
                (self._folder / file).unlink(missing_ok=True)

    def set_stray_files_aside(self, named: Set[str]) -> int:
        """Set aside the files that no database row names, and restore files that a row names again.

        Args:
            named: names of the files that database rows name.

        Returns:
            The number of files set aside.
        """
        if self._folder is None:
            return 0
        aside = self._folder / "aside"
        strays = [path for path in self._folder.glob("*.npz") if path.name not in named]
        if strays:
            aside.mkdir(mode=0o700, exist_ok=True)
        for path in strays:
            os.replace(path, aside / path.name)
        for path in aside.glob("*.npz"):
            if path.name in named and not (self._folder / path.name).exists():
                os.replace(path, self._folder / path.name)
        return len(strays)
