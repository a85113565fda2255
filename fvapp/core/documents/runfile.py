"""The run file: a run as JSON without its model, to take elsewhere and bring back.

A file is checked like anything a stranger sends: its size before it is read, its kind, every name, type and range.
Unknown names are ignored. Its numbers may be made up, but they can do no harm.
"""

from __future__ import annotations

import json
import math
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

from fvapp.core.errors import FvappError
from fvapp.core.events import (
    BlockEnded,
    Continued,
    Drawn,
    EpochEnded,
    Event,
    Guesses,
    RunEnded,
    RunFailed,
    Started,
    current_events,
    event_from_json,
    event_to_json,
    reached,
)
from fvapp.core.examples import ExampleSet
from fvapp.core.results.curves import thin
from fvapp.core.runs import RunRecord
from fvapp.core.schema import BadValue, read
from fvapp.core.settings import RunSettings

FORMAT = "fvapp-run"
VERSION = 1
MOST_BYTES = 2_000_000
MOST_EVENTS = 6_000
MOST_BLOCKS = 4_000  # written; a chart draws 300 points
MOST_GUESSES = 400  # written, of an event an epoch

_OF_THE_ENGINE = ("id", "number", "place", "reason", "can_continue", "group", "events")
_NOBODYS = RunRecord("", 0, RunSettings())


class RunFileError(FvappError):
    """A file that is not a run file, or cannot be brought back."""


def write_run_file(record: RunRecord, events: Sequence[Event], examples: ExampleSet | None = None) -> bytes:
    """Return a run as the bytes of its run file: settings, versions, events, result.

    Args:
        examples: of the visitor's own that it learned from, where they are still there.
        events: all events of the run. Of more than ``MOST_BLOCKS`` blocks every second, fourth ... is written.
    """
    events = current_events(events)
    # A run that went on elsewhere says a second time that it started; the last word counts.
    first = [*(event for event in events if isinstance(event, Drawn))]
    first += [event for event in events if isinstance(event, Started)][-1:]
    thinned = {
        id(event)
        for kind, most in ((BlockEnded, MOST_BLOCKS), (Guesses, MOST_GUESSES))
        for event in thin([event for event in events if isinstance(event, kind)], most)
    }
    kept = first + [event for event in events if isinstance(event, EpochEnded | RunEnded) or id(event) in thinned]
    content = {name: value for name, value in record.to_json().items() if name not in _OF_THE_ENGINE}
    content |= {"format": FORMAT, "version": VERSION, "result": record.result and _plain_values(asdict(record.result))}
    if examples is not None:
        content["example_images"] = b64encode(examples.to_bytes()).decode()
    content["events"] = [_plain_values(event_to_json(event)) for event in kept]
    return json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def read_run_file(data: bytes) -> tuple[RunRecord, tuple[Event, ...]]:
    """Return the run of a run file; its id is empty, its number 0.

    Raises:
        RunFileError: too large, not JSON, too deep, not a run file, from another version, or a value that is missing,
            of the wrong type or out of range.
        SettingsError: the settings are invalid.
    """
    if len(data) > MOST_BYTES:
        raise RunFileError("runfile_too_large", most=f"{MOST_BYTES / 1e6:.1f}")
    try:
        content = json.loads(data.decode("utf-8"), parse_constant=_refuse_constant)
        json.dumps(content, ensure_ascii=False).encode("utf-8")  # JSON can spell half a character, which cannot be sent
    except RecursionError:
        raise RunFileError("runfile_too_deep") from None
    except ValueError:  # no UTF-8, no JSON, NaN, a number of thousands of digits
        raise RunFileError("runfile_no_json") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise RunFileError("runfile_no_run")
    if content.get("version") != VERSION:
        raise RunFileError("runfile_other_version")
    try:
        record = read(RunRecord, content | {name: getattr(_NOBODYS, name) for name in _OF_THE_ENGINE})
        return record, tuple(_events(content.get("events")))
    except BadValue as error:
        raise RunFileError("runfile_bad_value", field=error.place) from error


def read_examples_of(data: bytes) -> ExampleSet | None:
    """Return the own examples in a run file that :func:`read_run_file` has read, or None where it has none.

    Raises:
        RunFileError, ExampleError: they are damaged, or not those that the run speaks of.
    """
    content = json.loads(data)
    if content.get("example_images") is None:
        return None
    try:
        classes = RunSettings.from_json(content["settings"]).classes
        examples = ExampleSet.from_bytes(b64decode(content["example_images"], validate=True), classes)
        if examples.digest != content["examples"]["digest"]:
            raise ValueError("other examples")
    except (TypeError, ValueError, KeyError):
        raise RunFileError("runfile_bad_value", field="example_images") from None
    return examples


def _events(content: object) -> Iterator[Event]:
    """Yield the events, in the order in which a run sends them.

    Raises:
        BadValue: one that no run file has, or not in this order.
    """
    if not isinstance(content, list) or len(content) > MOST_EVENTS:
        raise BadValue("events")
    last = {False: (-1, 0), True: (-1, 0)}  # guesses stand at places of the curve, and may come before them
    for index, values in enumerate(content):
        event = event_from_json(values, f"events[{index}]")
        ends = {Drawn: (-1, 1), RunEnded: (math.inf, 0)}
        position = ends.get(type(event)) or reached(event) or (0, 0)
        guesses = isinstance(event, Guesses)
        if isinstance(event, Continued | RunFailed) or not position > last[guesses]:
            raise BadValue(f"events[{index}].event")
        last[guesses] = position
        yield event


def _plain_values(values: Mapping[str, object]) -> dict[str, object]:
    """Return values as JSON can hold them: a loss that is no finite number becomes null, as in the charts."""
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value for name, value in values.items()
    }


def _refuse_constant(name: str) -> float:
    raise ValueError(name)
