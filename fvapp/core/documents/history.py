"""The history of a run as CSV, for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from fvapp.core.runs import Event, current_events

COLUMNS = ("epoch", "loss", "accuracy", "val_loss", "val_accuracy", "seconds")


def write_history(events: Sequence[Event]) -> str:
    """Return one line an epoch, with the names of Keras' History; empty where there is no number."""
    file = io.StringIO()
    writer = csv.DictWriter(file, COLUMNS, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(event for event in current_events(events) if event["event"] == "epoch")
    return file.getvalue()
