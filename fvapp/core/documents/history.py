"""The history of a run as CSV, for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, fields

from fvapp.core.events import EpochEnded, Event, current_events

COLUMNS = tuple(field.name for field in fields(EpochEnded))


def write_history(events: Sequence[Event]) -> str:
    """Return one line an epoch, with the names of Keras' History; empty where there is no number."""
    file = io.StringIO()
    writer = csv.DictWriter(file, COLUMNS)
    writer.writeheader()
    writer.writerows(asdict(event) for event in current_events(events) if isinstance(event, EpochEnded))
    return file.getvalue()
