"""A run's record and its events as JSON and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, fields
from types import NoneType

from fvapp.core.documents.runfile import check_event, check_record
from fvapp.core.errors import EngineError, FvappError
from fvapp.core.events import Event, event_from_json
from fvapp.core.runs import REASONS, KerasError, RunRecord, RunResult
from fvapp.core.settings import RunSettings

# Known from elsewhere, or useless after a restart.
_LEFT_OUT = ("place", "can_continue")


def record_to_json(record: RunRecord) -> dict[str, object]:
    """Return a record as plain values, without its place in the queue and its checkpoint."""
    values = {field.name: getattr(record, field.name) for field in fields(record) if field.name not in _LEFT_OUT}
    values["settings"] = record.settings.to_json()
    values["result"] = asdict(record.result) if record.result else None
    values["error"] = asdict(record.error) if record.error else None
    values["versions"] = dict(record.versions)
    return values


def read_record(run: str, text: str, can_continue: bool) -> RunRecord:
    """Read a record from the text that :func:`record_to_json` was stored as.

    Args:
        run: the id it was stored under.

    Raises:
        EngineError: ``run_damaged``; it is damaged, or was written by another version.
    """
    values = _read_json(text)
    try:
        check_record(values)
        record = _record(values, can_continue)
    except (FvappError, TypeError, KeyError, AttributeError, ValueError) as error:
        raise EngineError("run_damaged") from error
    if record.id != run or not _is_ours(record):
        raise EngineError("run_damaged")
    return record


def _is_ours(record: RunRecord) -> bool:
    """Return whether the fields that no run file has are as the engine writes them."""
    numbers = (record.number, record.events)
    return (
        all(isinstance(number, int) and not isinstance(number, bool) and number >= 0 for number in numbers)
        and isinstance(record.group, (str, NoneType))
        and record.reason in (None, *REASONS)
    )


def read_events(text: str) -> list[Event]:
    """Read a list of events from the text it was stored as.

    Raises:
        EngineError: ``run_damaged``.
    """
    content, read = _read_json(text), []
    try:
        for values in content:
            check_event(values)
            read.append(event_from_json(values))
    except (FvappError, ValueError, TypeError, AttributeError) as error:
        raise EngineError("run_damaged") from error
    return read


def _read_json(text: str) -> object:
    """Read JSON that was stored as ASCII, as ``json.dumps`` writes it.

    Raises:
        EngineError: ``run_damaged``.
    """
    if not text.isascii():
        raise EngineError("run_damaged")
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise EngineError("run_damaged") from error


def _record(values: Mapping[str, object], can_continue: bool) -> RunRecord:
    return RunRecord(
        **{
            **values,
            "settings": RunSettings.from_json(values["settings"]),
            "result": RunResult(**values["result"]) if values["result"] else None,
            "error": KerasError(**values["error"]) if values["error"] else None,
            "can_continue": can_continue,
        }
    )
