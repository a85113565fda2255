"""Writes and reads run files: a run as JSON, with or without the weights of its network.

An uploaded file is not trusted. Its size is checked before it is read, then its format, and every
name, type and range. Unknown names are ignored. The numbers in a file may be invented, but they do
no harm.
"""

import json
import math
from base64 import b64decode, b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, NamedTuple

import numpy as np

from fvapp.core.errors import FvappError, ModelError
from fvapp.core.events import (
    BlockEnded,
    EpochEnded,
    Event,
    FollowedDrawing,
    Guesses,
    RunContinued,
    RunEnded,
    RunFailed,
    RunStarted,
    drop_undone_events,
    event_from_json,
    event_to_json,
    position_at_event,
)
from fvapp.core.examples import ExampleSet
from fvapp.core.inspection import network_of_run
from fvapp.core.results.curves import thin_points
from fvapp.core.runs import RunRecord
from fvapp.core.schema import BadValue, read_as_type
from fvapp.core.settings import RunSettings
from fvapp.core.stack import count_parameters, describe_layers

FORMAT = "fvapp-run"
VERSION = 1
# Maximum size of a run file in bytes. A browser sends a third more bytes than the file has, and
# Streamlit accepts at most 5 MB.
MOST_BYTES = 3_500_000
MOST_EVENTS = 6_000
MOST_BLOCKS = 4_000  # maximum number of `BlockEnded` events in a file; a chart draws 300 points
# Maximum number of `Guesses` events in a file. A run emits about one of these events per epoch.
MOST_GUESSES = 400
# Bytes reserved for everything in a file except the weights; only the longest runs need more.
_MOST_REST = 500_000

_OF_THE_ENGINE = (
    "id",
    "number",
    "queue_place",
    "reason",
    "has_checkpoint",
    "group",
    "events",
    "classroom",
    "sealed",
)
_NOBODYS = RunRecord("", 0, RunSettings())


class RunFileError(FvappError):
    """A file that is not a run file, or that cannot be read."""


class RunFile(NamedTuple):
    """The content of a run file.

    Attributes:
        record: record of the run, marked as imported, with an empty id and the number 0.
        examples: the visitor's examples that the run learned from; None if the file has no
            examples.
        weights: weights of the run's network; None if the file has no weights.
    """

    record: RunRecord
    events: tuple[Event, ...]
    examples: ExampleSet | None
    weights: list[np.ndarray] | None


def network_size_in_file(record: RunRecord) -> int | None:
    """Return how many bytes a run's network adds to its file; None if the network cannot be added.

    A network cannot be added if it is missing, broken or too large.
    """
    size = 4 * (4 * count_parameters(record.settings) + 2) // 3
    fits = record.has_checkpoint and size <= MOST_BYTES - _MOST_REST
    return size if fits and not (record.result and record.result.has_diverged) else None


def write_run_file(
    record: RunRecord,
    events: Sequence[Event],
    examples: ExampleSet | None = None,
    weights: Sequence[np.ndarray] | None = None,
) -> bytes:
    """Return the bytes of a run file: settings, versions, events and result.

    Args:
        events: all events of the run. If there are more than ``MOST_BLOCKS`` `BlockEnded` events,
            only every second, fourth, ... of these events is written.
        examples: the visitor's examples that the run learned from, if they still exist.
        weights: weights of the network in the order of ``model.get_weights()``; None to leave them
            out.
    """
    events = drop_undone_events(events)
    first: list[Event] = [event for event in events if isinstance(event, FollowedDrawing)]
    # Each continuation of a run adds a `RunStarted` event; only the last of these is written.
    first += [event for event in events if isinstance(event, RunStarted)][-1:]
    thinned = {
        id(event)
        for kind, most in ((BlockEnded, MOST_BLOCKS), (Guesses, MOST_GUESSES))
        for event in thin_points([event for event in events if isinstance(event, kind)], most)
    }
    kept = first + [
        event
        for event in events
        if isinstance(event, EpochEnded | RunEnded) or id(event) in thinned
    ]
    content = {
        name: value for name, value in record.to_json().items() if name not in _OF_THE_ENGINE
    }
    content |= {
        "format": FORMAT,
        "version": VERSION,
        "result": record.result and _values_for_json(asdict(record.result)),
    }
    if examples is not None:
        content["example_images"] = b64encode(examples.to_bytes()).decode()
    if weights is not None:
        content["weights"] = b64encode(
            b"".join(np.asarray(array, "<f4").tobytes() for array in weights)
        ).decode()
    content["events"] = [_values_for_json(event_to_json(event)) for event in kept]

    return json.dumps(content, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def read_run_file(data: bytes) -> RunFile:
    """Return the content of a run file that :func:`write_run_file` wrote.

    Raises:
        RunFileError: the file is too large, not JSON, nested too deeply, not a run file or from
            another version; or a value in it is missing, of the wrong type or out of range.
        SettingsError, ExampleError: the settings are invalid, or the examples are damaged.
    """
    if len(data) > MOST_BYTES:
        raise RunFileError("runfile_too_large", most=f"{MOST_BYTES / 1e6:.1f}")
    try:
        content = json.loads(data.decode("utf-8"), parse_constant=_refuse_json_constant)
        # JSON can contain a lone surrogate, which cannot be encoded as UTF-8 and sent to a browser.
        json.dumps(content, ensure_ascii=False).encode("utf-8")
    except RecursionError:
        raise RunFileError("runfile_too_deep") from None
    except ValueError:  # bad UTF-8 or JSON, NaN, or a number with thousands of digits
        raise RunFileError("runfile_no_json") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise RunFileError("runfile_no_run")
    if content.get("version") != VERSION:
        raise RunFileError("runfile_other_version")

    try:
        record = read_as_type(
            RunRecord, content | {name: getattr(_NOBODYS, name) for name in _OF_THE_ENGINE}
        )
        events = tuple(_read_events_in_order(content.get("events")))
    except BadValue as error:
        raise RunFileError("runfile_bad_value", field=error.place) from error
    examples = _decode_examples(content.get("example_images"), record)
    return RunFile(
        replace(record, imported=True),
        events,
        examples,
        _decode_weights(content.get("weights"), record.settings),
    )


def _decode_examples(text: Any, record: RunRecord) -> ExampleSet | None:
    """Return the visitor's own examples that a run learned from, decoded from its run file.

    Raises:
        RunFileError, ExampleError: the examples are damaged, or differ from the examples in the
            run's record.
    """
    if text is None:
        return None
    try:
        examples = ExampleSet.from_bytes(
            b64decode(text, validate=True), record.settings.dataset_info
        )
    except (TypeError, ValueError):
        raise RunFileError("runfile_bad_value", field="example_images") from None
    if record.examples is None or examples.content_digest != record.examples.digest:
        raise RunFileError("runfile_bad_value", field="example_images")
    return examples


def _decode_weights(text: Any, settings: RunSettings) -> list[np.ndarray] | None:
    """Return the weights in a run file, in the shapes that follow from the settings.

    Raises:
        RunFileError: there are too many or too few weights, or the weights or the network's
            answers are not finite.
    """
    if text is None:
        return None
    weights = []
    try:
        numbers = np.frombuffer(b64decode(text, validate=True), "<f4").astype(np.float32)
        for shape in (
            shape for layer in describe_layers(settings) for shape in layer.weight_shapes
        ):
            weights.append(numbers[: math.prod(shape)].reshape(shape))
            numbers = numbers[math.prod(shape) :]
        with np.errstate(all="ignore"):
            answers = network_of_run(settings, weights).logits(np.full((1, 28, 28), 255, np.uint8))
        if len(numbers) or not all(np.isfinite(array).all() for array in (*weights, answers)):
            raise ValueError("other weights")
    except (TypeError, ValueError, ModelError):
        raise RunFileError("runfile_bad_value", field="weights") from None
    return weights


def _read_events_in_order(content: object) -> Iterator[Event]:
    """Yield the events of a run file, which must be in the order in which a run sends them.

    Raises:
        BadValue: an event does not belong in a run file, or is out of order.
    """
    if not isinstance(content, list) or len(content) > MOST_EVENTS:
        raise BadValue("events")
    # The positions of `Guesses` may overlap those of other events, so the order of `Guesses` is
    # checked separately.
    last: dict[bool, tuple[float, int]] = {False: (-1, 0), True: (-1, 0)}
    for index, values in enumerate(content):
        event = event_from_json(values, f"events[{index}]")
        ends = {FollowedDrawing: (-1, 1), RunEnded: (math.inf, 0)}
        position = ends.get(type(event)) or position_at_event(event) or (0, 0)
        guesses = isinstance(event, Guesses)
        if isinstance(event, RunContinued | RunFailed) or not position > last[guesses]:
            raise BadValue(f"events[{index}].event")
        last[guesses] = position
        yield event


def _values_for_json(values: Mapping[str, object]) -> dict[str, object]:
    """Return values that JSON can represent: numbers that are not finite become null."""
    return {
        name: None if isinstance(value, float) and not math.isfinite(value) else value
        for name, value in values.items()
    }


def _refuse_json_constant(name: str) -> float:
    raise ValueError(name)
