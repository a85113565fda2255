"""An interrupted run continues as if it had never been interrupted."""

import io

import numpy as np
import pytest

from fvapp.core.checkpoint import Checkpoint
from fvapp.core.errors import ModelError
from fvapp.core.events import Guesses, RunStarted, event_to_json
from fvapp.core.settings import RunSettings
from fvapp.learn.training import train

SETTINGS = RunSettings(train_images=1_000, epochs=3, hidden=(32,), dropout=0.2, patience=5)


def run(dataset, settings=SETTINGS, *, interrupt_after=None, requested="pause", **options):
    """Train, and return the outcome and the events without their seconds.

    Args:
        interrupt_after: the number of events after which the run is interrupted; None for never.
    """
    events = []

    def wanted():
        return requested if interrupt_after is not None and len(events) > interrupt_after else "run"

    outcome = train(settings, dataset, emit=events.append, wanted=wanted, **options)
    told = [event_to_json(event) for event in events if not isinstance(event, RunStarted | Guesses)]
    return outcome, [
        {name: value for name, value in values.items() if name != "seconds"} for values in told
    ]


@pytest.mark.parametrize(
    ("settings", "interruptions"),
    [
        (SETTINGS, (0, 1, 9)),
        (
            RunSettings(train_images=1_000, epochs=2, network="cnn", batch_size=64, dropout=0.3),
            (9,),
        ),
        (SETTINGS.with_values(wrong_labels=0.3, rare_class=6, rare_share=0, marked_class=9), (1,)),
    ],
    ids=["adam", "cnn", "altered"],
)
def test_a_paused_run_goes_on_with_the_same_curve_and_the_same_weights(
    dataset, settings, interruptions
):
    whole, expected = run(dataset, settings)
    for interrupt_after in interruptions:
        paused, before = run(dataset, settings, interrupt_after=interrupt_after)
        assert paused.state == "paused" and paused.result is None
        resumed, after = run(dataset, settings, checkpoint=paused.checkpoint)
        assert before + after == expected, interrupt_after
        for one, other in zip(whole.weights, resumed.weights, strict=True):
            np.testing.assert_array_equal(one, other)


def test_a_stopped_run_has_a_result_and_first_finishes_its_epoch_when_it_goes_on(dataset):
    _, expected = run(dataset)
    stopped, before = run(dataset, interrupt_after=0, requested="stop")
    assert stopped.state == "stopped" and 0 < stopped.result.test_accuracy < 1
    assert before.pop()["state"] == "stopped"
    assert not [event for event in before if event["event"] == "epoch"]
    _, after = run(dataset, checkpoint=stopped.checkpoint)
    assert before + after == expected


def test_one_more_epoch_continues_a_finished_run(dataset):
    _, expected = run(dataset, epochs=3)
    two, before = run(dataset, epochs=2)
    _, after = run(dataset, epochs=3, checkpoint=two.checkpoint)
    assert before[:-1] + after == expected


def test_the_checkpoint_saved_at_an_epochs_end_goes_on_like_the_run(dataset):
    saved = []
    whole, expected = run(dataset, save=lambda checkpoint, at, frames: saved.append(checkpoint))
    first = Checkpoint.from_bytes(saved[0])
    assert (first.epoch, first.step) == (1, 0)
    resumed, after = run(dataset, checkpoint=saved[0])
    assert after == expected[-len(after) :] and after[0]["epoch"] == 2
    np.testing.assert_array_equal(whole.weights[0], resumed.weights[0])


def test_patience_remembers_over_a_pause(dataset):
    settings = SETTINGS.with_values(learning_rate=1.0, epochs=20, patience=2)
    whole, expected = run(dataset, settings)
    assert whole.result.stopped_by == "patience"
    half, before = run(dataset, settings, interrupt_after=00)
    assert half.state == "paused"
    resumed, after = run(dataset, settings, checkpoint=half.checkpoint)
    assert before + after == expected
    assert resumed.result.stopped_by == "patience"


def test_a_malformed_or_foreign_checkpoint_is_refused_and_not_unpickled(dataset):
    pickled = io.BytesIO()
    np.savez(pickled, about=np.array([object()], dtype=object))
    for content in (b"", b"no checkpoint", pickled.getvalue()):
        with pytest.raises(ModelError) as caught:
            run(dataset, checkpoint=content)
        assert caught.value.code == "checkpoint_unusable"
    paused, _ = run(dataset, interrupt_after=0)
    with pytest.raises(ModelError) as caught:
        run(dataset, SETTINGS.with_values(hidden=(33,)), checkpoint=paused.checkpoint)
    assert caught.value.code == "checkpoint_other_network"
