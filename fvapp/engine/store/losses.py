"""Defines the report of lost data, which is shown until somebody has read it."""

from dataclasses import dataclass

from fvapp.core.errors import CatalogueKey, EngineError
from fvapp.core.schema import Whole


@dataclass(frozen=True)
class DataLossReport:
    """A report of the data that the store has lost.

    Attributes:
        found: number of runs and examples in the database now; 0 if it has lost nothing.
        kept: number of runs and examples after the last transaction recorded in the tally; 0 if
            the database has lost nothing.
        models: number of checkpoint and frame files found beside a new, empty database.
        all: whether the database is gone and has been replaced by a new one.
        missing: number of runs whose checkpoint or film (recorded weights) is gone.
        latest: whether the latest changes are or may be lost, although the number of runs and
            examples has not decreased.
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
        """Return the error with which visitors are told about the losses.

        Args:
            copy: key of the sentence that says whether there is a copy of the lost data.
        """
        if self.all:
            return EngineError("store_gone", runs=self.kept, models=self.models, copy=copy)
        if self.latest:
            return EngineError("store_latest", found=self.found, copy=copy)
        if self.found or self.kept:
            return EngineError("store_fewer", found=self.found, kept=self.kept, copy=copy)
        return EngineError("store_models", missing=self.missing)
