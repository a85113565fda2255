"""Where the app keeps what it writes, and where a teacher may have put the full MNIST."""

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
        home: folder for runs and unpacked data; made when first needed. May turn out not to be writable.
        data_dir: a folder that holds ``mnist.npz``, or None.
    """

    home: Path
    data_dir: Path | None = None

    @property
    def cache(self) -> Path:
        """Unpacked data sets: can be deleted at any time and is made again."""
        return self.home / "cache"

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Places:
        """Read ``FVAPP_HOME`` (default: the platform's folder for user data) and ``FVAPP_DATA_DIR``."""
        home = environ.get("FVAPP_HOME") or platformdirs.user_data_dir("fvapp", appauthor=False)
        data_dir = environ.get("FVAPP_DATA_DIR")
        return cls(Path(home).expanduser(), Path(data_dir).expanduser() if data_dir else None)
