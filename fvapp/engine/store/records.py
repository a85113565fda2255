"""Reads run records, events and examples from their stored form, and checks their values."""

import json
from dataclasses import fields
from typing import Any

from fvapp.core.datasets import DATASETS
from fvapp.core.errors import EngineError, FvappError
from fvapp.core.events import Event, event_from_json
from fvapp.core.examples import Example, is_valid_content, make_example_id
from fvapp.core.runs import RunRecord
from fvapp.core.schema import read_as_type


def parse_run_record(run: str, text: str, has_checkpoint: bool) -> RunRecord:
    """Read a run's record from its stored text, the JSON of ``RunRecord.to_json``.

    Args:
        run: the id under which the record was stored.
        has_checkpoint: whether the store has a checkpoint of the run.

    Raises:
        EngineError: ``run_damaged``: the text is damaged, or belongs to another run.
    """
    try:
        record = read_as_type(
            RunRecord, _read_json(text) | {"queue_place": None, "has_checkpoint": has_checkpoint}
        )
    except (FvappError, TypeError, ValueError, RecursionError) as error:
        raise EngineError("run_damaged") from error
    if record.id != run:
        raise EngineError("run_damaged")
    return record


def read_events(text: str) -> list[Event]:
    """Read a list of a run's events from its stored text.

    Raises:
        EngineError: ``run_damaged``: the text is damaged.
    """
    try:
        return [event_from_json(values) for values in _read_json(text)]
    except (TypeError, ValueError, RecursionError) as error:
        raise EngineError("run_damaged") from error


def read_example(*values: object) -> Example | None:
    """Return an example from the values of its database row, or None if they are damaged."""
    try:
        found = read_as_type(
            Example, dict(zip((field.name for field in fields(Example)), values, strict=True))
        )
    except ValueError:
        return None
    ids = {
        make_example_id(found.dataset, found.pixels, classroom)
        for classroom in ("", found.classroom)
    }
    info = DATASETS.get(found.dataset)
    if info is None or found.id not in ids or found.label not in range(info.class_count):
        return None
    return found if is_valid_content(found.pixels, info) else None


def _read_json(text: str) -> Any:
    """Read JSON text written by ``json.dumps``, which contains only ASCII characters.

    Raises:
        ValueError, RecursionError: the text is not ASCII, or not JSON.
    """
    if not text.isascii():
        raise ValueError("not what was written")
    return json.loads(text)
