"""Workers' messages arrive unchanged, and the engine has a handler for each kind."""

import pytest
from distributed.protocol import dumps, loads

from fvapp.core.events import BlockEnded
from fvapp.engine.inbox import WakeUp
from fvapp.engine.workers import protocol

MESSAGES = [
    protocol.WorkerWarm("tls://127.0.0.1:40123", 2.5),
    protocol.WorkerLeaves("tls://127.0.0.1:40123"),
    protocol.CheckpointSaved("run", 2),
    protocol.EvaluationBegun("run", 2),
    protocol.EventEmitted("run", 2, BlockEnded(1, 75, float("inf"), 0.8)),
]


@pytest.mark.parametrize("message", MESSAGES, ids=repr)
def test_a_message_goes_over_dasks_wire_unchanged(message):
    assert protocol.message_from_plain(loads(dumps(protocol.message_to_plain(message)))) == message


@pytest.mark.parametrize(
    "values",
    [
        (),
        ("WorkerWarm",),
        ("WorkerWarm", "tls://far", float("inf")),
        ("close",),
        ("other", "run", 1),
        ("EvaluationBegun", "run", "1"),
        ("EventEmitted", "run", 1, {"event": "other"}),
        (
            "EventEmitted",
            "run",
            1,
            {"event": "block", "epoch": 1, "step": 75, "loss": 0.5, "accuracy": 7},
        ),
    ],
)
def test_malformed_messages_of_workers_are_refused(values):
    with pytest.raises(ValueError, match="not a"):
        protocol.message_from_plain(values)


def test_every_message_type_has_a_handler(scripted_engine):
    kinds = {
        each
        for base in (protocol.Message, protocol.RunMessage, protocol.WorkerMessage)
        for each in base.__subclasses__()
    } - {protocol.RunMessage, protocol.WorkerMessage}
    assert WakeUp in kinds and {type(message) for message in MESSAGES} < kinds
    assert kinds == set(scripted_engine._dispatcher._handlers)
