"""Keeps the values of a dataclass's fields in a separate file beside the database."""

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any, Generic, TypeVar

from fvapp.core.schema import read_as_type
from fvapp.engine.store.folder_lock import owner_only_opener

Values = TypeVar("Values")


class ValuesFile(Generic[Values]):
    """A file of values that only this account can read; a damaged file counts as missing.

    Args:
        kind: the dataclass of the values; all its fields have defaults.
    """

    def __init__(self, path: Path, kind: type[Values]) -> None:
        self._path = path
        self._values_class = kind

    def read_values(self) -> Values:
        """Return the values that were written last, or the defaults if the file is missing."""
        try:
            return read_as_type(
                self._values_class, json.loads(self._path.read_text(encoding="ascii"))
            )
        except (OSError, ValueError, TypeError):
            return self._values_class()

    def write_values(self, kept: Values) -> None:
        """Replace the file's values.

        Raises:
            OSError: the file cannot be written.
        """
        new = self._path.with_name(f"{self._path.name}.new")
        with open(new, "w", encoding="ascii", opener=owner_only_opener) as file:
            values: Any = kept
            file.write(json.dumps(asdict(values)))
        os.replace(new, self._path)
