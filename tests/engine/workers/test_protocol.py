"""What a worker says arrives as it was said."""

from __future__ import annotations

import pytest
from distributed.protocol import dumps, loads

from fvapp.core.events import BlockEnded, Continued, EpochEnded, Guesses, Started
from fvapp.engine.inbox import CheckpointSaved, EventTold, UnderTest, WorkerWarm
from fvapp.engine.workers.protocol import message_from_wire, message_to_wire

MESSAGES = [
    WorkerWarm("tls://127.0.0.1:40123"),
    CheckpointSaved("run", 2),
    UnderTest("run", 2),
    *(
        EventTold("run", 2, event)
        for event in (
            Started(101_770, 54_000, 6_000, 1_688, 5),
            BlockEnded(1, 75, float("inf"), 0.8),
            EpochEnded(1, 0.5, 0.8, None, None, 0.4),
            Guesses(1, 0, (300, 313), ((1, None), (2, 3)), ((0.5, None), (0.625, 1.0))),
            Continued(1, 5),
        )
    ),
]


@pytest.mark.parametrize("message", MESSAGES, ids=repr)
def test_a_message_goes_over_dasks_wire_unchanged(message):
    assert message_from_wire(loads(dumps(message_to_wire(message)))) == message


@pytest.mark.parametrize("values", [(), ("warm",), ("other", "run", 1), ("event", "run", 1, {"event": "other"})])
def test_what_no_worker_of_ours_says_is_refused(values):
    with pytest.raises(ValueError, match="not a"):
        message_from_wire(values)
