"""The death of a worker is told in two ways, and the second may come late."""

from __future__ import annotations

import pytest

from fvapp.core.settings import RunSettings
from fvapp.engine.runs.board import WorkerState


class Killed:
    """The future of a task whose worker is gone."""

    status = "error"

    def release(self) -> None:
        pass


@pytest.mark.parametrize(
    "told_late",
    [
        lambda dispatcher, run, attempt: dispatcher.task_ended(run.record.id, attempt, Killed()),
        lambda dispatcher, run, attempt: dispatcher.not_given(run.record.id, attempt),
    ],
    ids=["its task ended", "it was not given"],
)
def test_a_run_that_goes_on_at_once_is_not_lost_to_the_same_death_again(idle_engine, told_late):
    engine = idle_engine
    token = engine.enter(None).token
    (record,) = engine.submit(token, [RunSettings()])
    board, dispatcher = engine._board, engine._dispatcher
    board.workers["old"] = WorkerState("old", "worker-1", warm=True, versions={})
    run, _ = board.take_next()
    attempt, run.checkpoint_at = run.attempt, (1, 0)
    dispatcher.worker_gone("old")
    assert engine.run(token, record.id).state == "lost"
    engine.resume(token, record.id)

    told_late(dispatcher, run, attempt)
    assert not run.ending
    board.workers["new"] = WorkerState("new", "worker-2", warm=True, versions={})
    assert board.take_next() == (run, board.workers["new"])
    assert engine.run(token, record.id).state == "running"
    assert len(board.queue) == 0
