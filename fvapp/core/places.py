"""Finds the folder of the shipped models, and the folders that the app writes to."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import platformdirs

SHIPPED_MODELS = Path(__file__).parents[1] / "models"
"""The folder of the trained models that ship with the app."""


@dataclass(frozen=True)
class AppFolders:
    """The folders that an installation of the app writes to.

    Attributes:
        data_folder: folder for runs and unpacked data sets. The folder is created when first
            needed, and may not be writable.
    """

    data_folder: Path

    @property
    def dataset_cache(self) -> Path:
        """The folder of unpacked data sets. If the folder is deleted, the app fills it again."""
        return self.data_folder / "cache"

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] = os.environ) -> AppFolders:
        """Return the folders within ``FVAPP_HOME``, or within the system's folder for user data."""
        home = environ.get("FVAPP_HOME") or platformdirs.user_data_dir("fvapp", appauthor=False)
        return cls(Path(home).expanduser())
