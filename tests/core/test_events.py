"""Events are written as plain values and read back."""

import pytest

from fvapp.core import events
from fvapp.core.dataset_table import MOST_CLASSES
from fvapp.core.runs import KerasError, RunResult

GUESS = {"event": "guesses", "epoch": 0, "step": 1, "steps": [1], "labels": [[1]], "shares": [[1]]}


def test_what_earlier_versions_wrote_is_still_read():
    # Lines that the first versions of `train --json`, of the store and of run files wrote.
    block = {"event": "block", "epoch": 1, "step": 75, "loss": 0.5, "accuracy": 0.8}
    result = {
        "event": "result",
        "state": "done",
        "test_loss": 0.42,
        "test_accuracy": 0.85,
        "seconds": 0.8,
    }
    failed = {"event": "result", "state": "failed", "kind": "ValueError", "message": "no"}
    assert events.event_from_json(block) == events.BlockEnded(1, 75, 0.5, 0.8)
    assert events.event_from_json(result | {"stopped_by": None}) == events.RunEnded(
        "done", RunResult(0.42, 0.85, 0.8)
    )
    assert events.event_from_json(failed) == events.RunFailed(KerasError("ValueError", "no"))


def test_a_guess_may_be_any_class_that_a_data_set_has():
    last = MOST_CLASSES - 1
    assert events.event_from_json(GUESS | {"labels": [[last]]}).labels == ((last,),)
    with pytest.raises(ValueError, match="not a value for event"):
        events.event_from_json(GUESS | {"labels": [[MOST_CLASSES]]})


@pytest.mark.parametrize(
    "values",
    [
        {},
        [],
        None,
        {"event": "unknown"},
        {"event": []},
        {"event": "block", "epoch": 1},
        {"event": "result"},
        {"event": "block", "epoch": 1, "step": 75, "lost": 0.5, "accuracy": 0.8},
        {"event": "block", "epoch": 1, "step": 75, "loss": -0.5, "accuracy": 0.8},
        *({"event": "drawn", "pixels": pixels} for pixels in ("AAAA", "?")),
        GUESS | {"drawing": [[], []]},
        {"event": "result", "state": "failed", "kind": "ValueError"},
    ],
    ids=str,
)
def test_values_that_are_not_an_event_are_refused(values):
    with pytest.raises(ValueError, match="not a value for event"):
        events.event_from_json(values)
