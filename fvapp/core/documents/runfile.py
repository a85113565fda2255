"""The run file: a run as JSON, to carry to another place and bring back; without its model.

What a file says is checked like anything a stranger sends: its size before it is read, its kind, every name, type
and range. Names that mean nothing here are not looked at. A file cannot vouch for its numbers; it only cannot do harm.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

from fvapp.core.documents.checked_object import MOST_ERROR, MOST_LOSS, CheckedObject, RunFileError
from fvapp.core.events import (
    BlockEnded,
    EpochEnded,
    Event,
    Guesses,
    RunEnded,
    Started,
    current_events,
    event_to_json,
)
from fvapp.core.names import clean_name
from fvapp.core.results.curves import thin
from fvapp.core.runs import FINISHED, KerasError, RunRecord, RunResult

FORMAT = "fvapp-run"
VERSION = 1
MOST_BYTES = 1_500_000
MOST_EVENTS = 6_000
MOST_BLOCKS = 4_000  # written; a chart draws 300 points
MOST_EPOCHS = 1_000
MOST_GUESSES = 400  # written, of an event an epoch
MOST_STEPS = 60_000  # of an epoch: all images one by one
MOST_SECONDS = 1e7
MOST_PARAMETERS = 10_000_000
MOST_VERSIONS = 20

Position = tuple[float, int]


def write_run_file(record: RunRecord, events: Sequence[Event]) -> bytes:
    """Return a run as the bytes of its run file: settings, versions, events, result.

    Args:
        events: all events of the run. Of more than ``MOST_BLOCKS`` blocks every second, fourth ... is written.
    """
    events = current_events(events)
    # A run that went on elsewhere says a second time that it started; the last word counts.
    started = [event for event in events if isinstance(event, Started)][-1:]
    blocks = {id(event) for event in thin([event for event in events if isinstance(event, BlockEnded)], MOST_BLOCKS)}
    guesses = {id(event) for event in thin([event for event in events if isinstance(event, Guesses)], MOST_GUESSES)}
    kept = started + [
        event for event in events if isinstance(event, EpochEnded | RunEnded) or id(event) in blocks | guesses
    ]
    content = {
        "format": FORMAT,
        "version": VERSION,
        "name": record.name,
        "settings": record.settings.to_json(),
        "state": record.state,
        "epochs": record.epochs,
        "epoch": record.epoch,
        "step": record.step,
        "parameters": record.parameters,
        "created": record.created,
        "versions": dict(record.versions),
        "result": _plain_values(asdict(record.result)) if record.result else None,
        "error": asdict(record.error) if record.error else None,
        "events": [_plain_values(event_to_json(event)) for event in kept],
    }
    return json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def read_run_file(data: bytes) -> tuple[RunRecord, tuple[Event, ...]]:
    """Return the run of a run file; its id is empty, its number 0.

    Raises:
        RunFileError: too large, no JSON, too deep, not a run file, from a newer version, or a value that is missing,
            of the wrong type or out of range.
        SettingsError: settings that are none.
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
    return _record(CheckedObject(content, "")), tuple(_events(content))


def check_record(values: Mapping[str, object]) -> None:
    """Check a record from elsewhere, as :func:`write_run_file` has it, whose numbers may be beyond all charts.

    Raises:
        RunFileError, SettingsError: as :func:`read_run_file`.
    """
    fields = CheckedObject(values, "")
    _record(CheckedObject({**values, **{name: fields.within_charts(name) for name in ("result", "error")}}, ""))


def check_event(values: Mapping[str, object]) -> None:
    """Check an event from elsewhere, wherever it stands; as :func:`check_record`.

    Raises:
        RunFileError: it is none.
    """
    holder = CheckedObject({"event": values}, "")
    event = CheckedObject(holder.within_charts("event"), "event.")
    if values.get("event") == "continued":
        event.whole("epoch", 0, MOST_EPOCHS)
        event.whole("step", 0, MOST_STEPS)
    elif "kind" in values:
        _error(event)
    else:
        _READERS[event.one_of("event", tuple(_READERS))](event)


def _record(run: CheckedObject) -> RunRecord:
    result, error = run.fields_or_none("result"), run.fields_or_none("error")
    return RunRecord(
        id="",
        number=0,
        settings=run.settings("settings"),
        state=run.one_of("state", FINISHED | {"queued", "running", "paused"}),
        name=clean_name(run.text("name", 200)),
        epochs=run.whole("epochs", 1, MOST_EPOCHS),
        epoch=run.whole("epoch", 0, MOST_EPOCHS),
        step=run.whole("step", 0, MOST_STEPS),
        parameters=run.whole("parameters", 0, MOST_PARAMETERS),
        created=run.number("created", 0, 1e11),
        result=result and _result(result),
        error=error and _error(error),
        versions=run.fields("versions").texts(MOST_VERSIONS, 60),
    )


def _error(error: CheckedObject) -> KerasError:
    return KerasError(clean_name(error.text("kind", 100)), error.text("message", MOST_ERROR))


def _result(result: CheckedObject) -> RunResult:
    loss = result.number_or_none("test_loss", 0, MOST_LOSS)
    return RunResult(
        test_loss=math.nan if loss is None else loss,
        test_accuracy=result.number("test_accuracy", 0, 1),
        seconds=result.number("seconds", 0, MOST_SECONDS),
        stopped_by=result.one_of("stopped_by", ("target", "patience", None)),
        temperature=result.number_or_none("temperature", 1e-6, 1e6) or 1.0,
    )


def _events(content: Mapping[str, object]) -> Iterator[Event]:
    """Yield the events, in the order in which a run sends them.

    Raises:
        RunFileError: one that no run sends, or not in this order.
    """
    events = content.get("events")
    if not isinstance(events, list) or len(events) > MOST_EVENTS:
        raise RunFileError("runfile_bad_value", field="events")
    last = {False: (-1, 0), True: (-1, 0)}  # guesses stand at places of the curve, and may come before them
    for index, content in enumerate(events):
        event = CheckedObject(content, f"events[{index}].")
        kind = event.one_of("event", tuple(_READERS))
        read, position = _READERS[kind](event)
        if not position > last[kind == "guesses"]:
            raise event.error("event")
        last[kind == "guesses"] = position
        yield read


# Each reads one event and says where it stands: completed epochs, and steps of the one after them.


def _started(event: CheckedObject) -> tuple[Event, Position]:
    read = Started(
        parameters=event.whole("parameters", 0, MOST_PARAMETERS),
        train_images=event.whole("train_images", 1, MOST_STEPS),
        validation_images=event.whole("validation_images", 0, MOST_STEPS),
        steps_per_epoch=event.whole("steps_per_epoch", 1, MOST_STEPS),
        epochs=event.whole("epochs", 1, MOST_EPOCHS),
    )
    return read, (0, 0)


def _block(event: CheckedObject) -> tuple[Event, Position]:
    epoch, step = event.whole("epoch", 1, MOST_EPOCHS), event.whole("step", 1, MOST_STEPS)
    return BlockEnded(epoch, step, **_numbers(event, "")), (epoch - 1, step)


def _epoch(event: CheckedObject) -> tuple[Event, Position]:
    epoch = event.whole("epoch", 1, MOST_EPOCHS)
    seconds = event.number("seconds", 0, MOST_SECONDS)
    return EpochEnded(epoch, **_numbers(event, ""), **_numbers(event, "val_"), seconds=seconds), (epoch, 0)


def _guesses(event: CheckedObject) -> tuple[Event, Position]:
    epoch, step = event.whole("epoch", 0, MOST_EPOCHS), event.whole("step", 0, MOST_STEPS)
    return Guesses(epoch, step, **event.guesses()), (epoch, step)


def _ended(event: CheckedObject) -> tuple[Event, Position]:
    return RunEnded(event.one_of("state", ("done", "stopped")), _result(event)), (math.inf, 0)


_READERS = {"started": _started, "block": _block, "epoch": _epoch, "guesses": _guesses, "result": _ended}


def _numbers(event: CheckedObject, prefix: str) -> dict[str, float | None]:
    return {
        f"{prefix}loss": event.number_or_none(f"{prefix}loss", 0, MOST_LOSS),
        f"{prefix}accuracy": event.number_or_none(f"{prefix}accuracy", 0, 1),
    }


def _plain_values(values: Mapping[str, object]) -> dict[str, object]:
    """Return values as JSON can hold them: a loss that is no finite number becomes null, as in the charts."""
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value for name, value in values.items()
    }


def _refuse_constant(name: str) -> float:
    raise ValueError(name)
