"""Long runs make room for waiting visitors, and unwatched runs make room for everybody."""

import pytest

from fvapp.core.events import EpochEnded, RunContinued
from fvapp.core.settings import RunSettings
from real_engine import SMALL, wait_until, wait_until_done
from scripted_engine import new_visitor

# The tests stop these runs. As `long_run_seconds` is 0 here, they count as long on any machine.
LONG = RunSettings(
    train_images=10_000, validation_split=0.0, epochs=100, hidden=(256,), batch_size=16
)


@pytest.fixture
def visitors(real_engine):
    wait_until(lambda: real_engine.engine_status().worker_count == 2, 120)
    tokens = [new_visitor(real_engine) for _ in range(2)]
    yield tokens
    for visitor in tokens:
        real_engine.workspaces.delete_workspace(visitor)


def test_a_long_run_makes_room_at_an_epochs_end_and_goes_on_by_itself(real_engine, clock, visitors):
    many, one = visitors
    long = [many.submit(LONG.with_values(seed=seed)).id for seed in (1, 2)]
    wait_until(lambda: all(many.run(run_id).epoch for run_id in long))
    short = one.submit(SMALL).id
    assert one.run(short).state == "queued"
    clock.skip(20)
    wait_until_done(real_engine, one, short)
    gave_way = [record for record in many.runs() if record.versions and record.state != "done"]
    assert len(gave_way) == 2
    wait_until(lambda: all(many.run(run_id).state == "running" for run_id in long))
    for run_id in long:
        events, _ = real_engine.runs.read_events(many, run_id)
        epochs = [event.epoch for event in events if isinstance(event, EpochEnded)]
        assert epochs == list(range(1, len(epochs) + 1))
        assert not any(isinstance(event, RunContinued) for event in events), (
            "nothing was trained twice"
        )
