"""What a deletion does not reach, in words: copies of the database that were set aside."""

from __future__ import annotations

from fvapp.ui.visit import Visit


def with_set_aside(visit: Visit, sentence: str) -> str:
    """Return a sentence about a deletion, and after it the names of the copies that still hold what was deleted."""
    aside = visit.engine.copies_aside()
    if not aside:
        return sentence
    return f"{sentence} {visit.t('workspace.aside', files=visit.t('common.comma').join(aside))}"
