"""The report of data lost between two starts, kept until somebody confirms having read it."""

from dataclasses import dataclass

from fvapp.core.errors import CatalogueKey, EngineError
from fvapp.core.schema import Whole


@dataclass(frozen=True)
class LossReport:
    """What the store has lost.

    Attributes:
        found, kept: number of runs and own examples now, and after the last recorded transaction;
            both 0 if the database has lost nothing.
        models: number of checkpoint and frame files beside a new database.
        all: whether the old database is gone and this is a new one.
        missing: number of runs whose files are gone.
        latest: True if no run or example is known to be gone, but other recent writes are, or may
            be.
        read: whether somebody has confirmed having read the report.
    """

    found: Whole = 0
    kept: Whole = 0
    models: Whole = 0
    all: bool = False
    missing: Whole = 0
    latest: bool = False
    read: bool = True

    def to_error(self, copy: CatalogueKey) -> EngineError:
        """Return the error shown to visitors; `copy` says whether the lost data has a copy."""
        if self.all:
            return EngineError("store_gone", runs=self.kept, models=self.models, copy=copy)
        if self.latest:
            return EngineError("store_latest", found=self.found, copy=copy)
        if self.found or self.kept:
            return EngineError("store_fewer", found=self.found, kept=self.kept, copy=copy)
        return EngineError("store_models", missing=self.missing)
