"""The death of a worker is told in two ways, and the second may come late."""

from __future__ import annotations

from concurrent.futures import Future

import pytest

from fvapp.core.settings import RunSettings
from fvapp.engine.inbox import NotGiven, TaskEnded


class Killed(Future):
    """The future of a task whose worker is gone."""

    status = "error"

    def release(self) -> None:
        """It holds nothing."""


@pytest.mark.parametrize(
    "told_late",
    [lambda run, attempt: TaskEnded(run, attempt, Killed()), lambda run, attempt: NotGiven(run, attempt)],
    ids=["its task ended", "it was not given"],
)
def test_a_run_that_goes_on_at_once_is_not_lost_to_the_same_death_again(scripted_engine, told_late):
    engine, workers = scripted_engine, scripted_engine.workers
    workers.names = ("old",)
    engine.start()
    token = engine.enter(None).token
    (record,) = engine.submit(token, [RunSettings()])
    engine.advance()
    (training,) = workers.training()
    workers.die("old")
    assert engine.run(token, record.id).state == "lost"
    engine.resume(token, record.id)

    engine.step(told_late(record.id, training.order.attempt))
    assert engine.run(token, record.id).state == "queued"
    workers.come("new")
    assert [training.address for training in workers.training()] == ["new"]
    engine.finish()
    assert engine.run(token, record.id).state == "done" and engine.status().waiting == 0
