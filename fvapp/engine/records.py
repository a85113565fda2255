"""A run's record as JSON and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields

from fvapp.core.runs import KerasError, RunRecord, RunResult
from fvapp.core.settings import RunSettings

# Known from elsewhere, or of no use after a restart.
_LEFT_OUT = ("place", "can_continue")


def record_to_json(record: RunRecord) -> dict[str, object]:
    """Return a record as plain values, without its place in the queue and its checkpoint."""
    values = {field.name: getattr(record, field.name) for field in fields(record) if field.name not in _LEFT_OUT}
    values["settings"] = record.settings.to_json()
    values["result"] = asdict(record.result) if record.result else None
    values["error"] = asdict(record.error) if record.error else None
    values["versions"] = dict(record.versions)
    return values


def record_from_json(values: Mapping[str, object], can_continue: bool) -> RunRecord:
    """Read what :func:`record_to_json` wrote.

    Raises:
        SettingsError, TypeError, KeyError: it was written by another version, or is damaged.
    """
    return RunRecord(
        **{
            **values,
            "settings": RunSettings.from_json(values["settings"]),
            "result": RunResult(**values["result"]) if values["result"] else None,
            "error": KerasError(**values["error"]) if values["error"] else None,
            "can_continue": can_continue,
        }
    )
