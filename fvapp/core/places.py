"""The folders in which the app keeps what it writes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

SHIPPED_MODELS = Path(__file__).parents[1] / "models"
"""The folder of the models that ship."""


@dataclass(frozen=True)
class Places:
    """Folders of one installation.

    Attributes:
        home: folder for runs and unpacked data, made when first needed. It may not be writable.
    """

    home: Path

    @property
    def cache(self) -> Path:
        """Unpacked data sets: may be deleted at any time and is rebuilt."""
        return self.home / "cache"

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Places:
        """Return the folders of ``FVAPP_HOME``, or of the platform's folder for user data."""
        home = environ.get("FVAPP_HOME") or platformdirs.user_data_dir("fvapp", appauthor=False)
        return cls(Path(home).expanduser())
