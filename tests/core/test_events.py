"""Events as plain values and back."""

import json
import math

import numpy as np
import pytest

from fvapp.core import events
from fvapp.core.runs import KerasError, RunResult

EVENTS = [
    events.Drawn.of(np.full((28, 28), 7, np.uint8)),
    events.Started(101_770, 54_000, 6_000, 1_688, 5),
    events.BlockEnded(1, 75, 0.5, 0.8),
    events.BlockEnded(1, 150, math.inf, None),
    events.EpochEnded(1, 0.5, 0.8, None, None, 0.4),
    events.Guesses(0, 140, (0, 1, 3), ((1, 2), (None, 2), (3, 2)), ((0.2, 0.1), (None, 0.4), (0.5, 0.625))),
    events.Guesses(0, 1, (0, 1), ((1,), (2,)), ((0.2,), (0.5,)), ((0.5, 0.5), (None, None))),
    events.RunEnded("stopped", RunResult(0.42, 0.85, 0.8, "patience", 1.1)),
    events.RunEnded("done", RunResult(0.42, 0.85, 0.8, None, 1.0, ((9, 10), (0, 12)), 0.25, 0.125)),
    events.RunFailed(KerasError("ValueError", "Shapes <(32,)>\n  differ")),
    events.Continued(1, 5),
]


GUESS = {"event": "guesses", "epoch": 0, "step": 1, "steps": [1], "labels": [[1]], "shares": [[1]]}


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: type(event).__name__)
def test_an_event_comes_back_from_its_json(event):
    assert events.event_from_json(json.loads(json.dumps(events.event_to_json(event)))) == event


def test_what_earlier_versions_wrote_is_still_read():
    # A line each of `train --json`, a store and a run file of the first version.
    block = {"event": "block", "epoch": 1, "step": 75, "loss": 0.5, "accuracy": 0.8}
    result = {"event": "result", "state": "done", "test_loss": 0.42, "test_accuracy": 0.85, "seconds": 0.8}
    failed = {"event": "result", "state": "failed", "kind": "ValueError", "message": "no"}
    assert events.event_from_json(block) == events.BlockEnded(1, 75, 0.5, 0.8)
    assert events.event_from_json(result | {"stopped_by": None}) == events.RunEnded("done", RunResult(0.42, 0.85, 0.8))
    assert events.event_from_json(failed) == events.RunFailed(KerasError("ValueError", "no"))


@pytest.mark.parametrize(
    "values",
    [
        *({}, [], None, {"event": "unknown"}, {"event": []}, {"event": "block", "epoch": 1}, {"event": "result"}),
        {"event": "block", "epoch": 1, "step": 75, "lost": 0.5, "accuracy": 0.8},
        {"event": "block", "epoch": 1, "step": 75, "loss": -0.5, "accuracy": 0.8},
        *({"event": "drawn", "pixels": pixels} for pixels in ("AAAA", "?")),
        GUESS | {"drawing": [[], []]},
        {"event": "result", "state": "failed", "kind": "ValueError"},
    ],
    ids=str,
)
def test_what_is_no_event_is_refused(values):
    with pytest.raises(ValueError, match="not a value for event"):
        events.event_from_json(values)
