"""Makes the notice that tells visitors which data the store has lost."""

import logging

from fvapp.core.errors import CatalogueKey, EngineError
from fvapp.engine.store.copies import DatabaseCopies
from fvapp.engine.store.database import Store

_log = logging.getLogger(__name__)


class DataLossNotice:
    """The notice about data that the store has lost.

    Attributes:
        notice: the error whose message visitors see; None if there is nothing to report.
    """

    def __init__(self, store: Store, copies: DatabaseCopies) -> None:
        self._store = store
        self._database_copies = copies
        self.notice: EngineError | None = None
        if store.has_lost_rows:
            copies.set_database_copies_aside()
        if store.data_loss_report:
            aside = copies.find_database_copies_aside()
            self.notice = store.data_loss_report.to_error(
                CatalogueKey("errors.store_copy_there" if aside else "errors.store_copy_none")
            )
            _log.warning(
                "%s; the newest copy of the database: %s", self.notice, aside[-1] if aside else None
            )

    def mark_notice_read(self) -> None:
        """Stop showing the notice, because a teacher or a visitor has read it."""
        if self.notice:
            self._store.record_data_loss_report_read()
            self.notice = None

    def set_aside_copy_names(self) -> tuple[str, ...]:
        """Return the names of the database copies set aside, which contain deleted data."""
        return tuple(
            sorted(copy.name for copy in self._database_copies.find_database_copies_aside())
        )
