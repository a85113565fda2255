"""What a worker says arrives as it was said, and what the engine is told it can hear."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from distributed.protocol import dumps, loads

import fvapp
from fvapp.core.events import BlockEnded, Continued, EpochEnded, Guesses, Started, event_to_json
from fvapp.engine.dispatcher import Dispatcher
from fvapp.engine.workers.protocol import read_message

EVENTS = [
    Started(101_770, 54_000, 6_000, 1_688, 5),
    BlockEnded(1, 75, float("inf"), 0.8),
    EpochEnded(1, 0.5, 0.8, None, None, 0.4),
    Guesses(1, 0, (300, 313), ((1, None), (2, 3)), ((0.5, None), (0.625, 1.0))),
    Continued(1, 5),
]


@pytest.mark.parametrize("event", EVENTS, ids=repr)
def test_an_event_goes_over_dasks_wire_unchanged(event):
    wire = loads(dumps(("event_told", "run", 2, event_to_json(event))))
    assert read_message(wire) == ("event_told", "run", 2, event)


@pytest.mark.parametrize(
    "message", [("worker_warm", "tls://127.0.0.1:40123", 2.5), ("checkpoint_saved", "run", 2), ("under_test", "run", 2)]
)
def test_a_message_goes_over_dasks_wire_unchanged(message):
    assert read_message(loads(dumps(message))) == message


@pytest.mark.parametrize(
    "values",
    [
        (),
        ("worker_warm",),
        ("close",),
        ("other", "run", 1),
        ("under_test", "run", "1"),
        ("event_told", "run", 1, {"event": "other"}),
        ("event_told", "run", 1, {"event": "block", "epoch": 1, "step": 75, "loss": 0.5, "accuracy": 7}),
    ],
)
def test_what_no_worker_of_ours_says_is_refused(values):
    with pytest.raises(ValueError, match="not a"):
        read_message(values)


def test_whatever_is_posted_is_a_method_of_the_dispatcher():
    folder = Path(fvapp.__file__).parent
    sources = [
        path.read_text(encoding="utf-8") for name in ("engine", "worker") for path in folder.glob(f"{name}/**/*.py")
    ]
    posted = {name for source in sources for name in re.findall(r'(?:inbox\.post|\.tell)\(\s*"(\w+)"', source)}
    assert len(posted) >= 11
    assert all(callable(getattr(Dispatcher, name)) for name in posted)
