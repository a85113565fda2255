"""The film of a run: which frames a film has, and that interruptions do not change its frames."""

import numpy as np
import pytest

from fvapp.core.checkpoint import Checkpoint
from fvapp.core.inspection.frames import (
    FEWEST,
    MOST_BYTES,
    MOST_PARAMETERS,
    frames_from_bytes,
    plan_frame_steps,
)
from fvapp.core.settings import RunSettings
from fvapp.learn.build import initial_weights
from learn.told import guesses_of, train_and_tell, train_quietly

SETTINGS = RunSettings(train_images=1_000, epochs=4, hidden=(16,), dropout=0.2)
STEPS_PER_EPOCH = 29  # 900 training images in batches of 32


def frames_of(outcome):
    return frames_from_bytes(outcome.film_frames)


def as_bytes(frames):
    return [
        (frame.step, frame.epoch, [weight.tobytes() for weight in frame.weights])
        for frame in frames
    ]


@pytest.fixture(scope="module")
def outcome(dataset):
    return train_quietly(SETTINGS, dataset)


def test_frames_are_the_start_the_first_steps_and_some_epochs_and_lie_on_the_way(outcome):
    frames = frames_of(outcome)
    at = [(frame.step, frame.epoch) for frame in frames]
    assert at == [
        (0, 0),
        (1, 0),
        (3, 0),
        (7, 0),
        (15, 0),
        (29, 1),
        (31, 0),
        (58, 2),
        (63, 0),
        (87, 3),
        (116, 4),
    ]
    for kept, start in zip(frames[0].weights, initial_weights(SETTINGS), strict=True):
        assert np.array_equal(kept, start.astype(np.float16))
    moved = [np.abs(frame.weights[0] - frames[0].weights[0]).mean(dtype=float) for frame in frames]
    assert moved == sorted(moved) and moved[1] > 0


def test_the_end_of_an_epoch_is_what_the_checkpoint_there_holds_and_goes_with_it(dataset):
    ended = train_quietly(SETTINGS, dataset, epochs=1)
    frame = frames_of(ended)[-1]
    weights = Checkpoint.from_bytes(ended.checkpoint).weights
    assert (frame.step, frame.epoch) == (STEPS_PER_EPOCH, 1)
    assert all(
        np.array_equal(a, b.astype(np.float16)) for a, b in zip(frame.weights, weights, strict=True)
    )
    saved = []
    train_quietly(SETTINGS, dataset, save=lambda checkpoint, at, frames: saved.append(frames))
    assert frames_from_bytes(saved[0])[-1].step == STEPS_PER_EPOCH


@pytest.mark.parametrize("after", [1, 10, 40, 200])
def test_frames_and_guesses_are_the_same_after_pause_and_resume(dataset, after):
    whole, expected = train_and_tell(SETTINGS, dataset)
    asked = iter(range(after))
    ended, events = train_and_tell(
        SETTINGS, dataset, wanted=lambda: "run" if next(asked, None) is not None else "pause"
    )
    if ended.state == "paused":
        ended, more = train_and_tell(
            SETTINGS, dataset, checkpoint=ended.checkpoint, frames=ended.film_frames
        )
        events += more
    assert as_bytes(frames_of(ended)) == as_bytes(frames_of(whole))
    assert guesses_of(events) == guesses_of(expected)


def test_one_more_epoch_adds_to_the_frames_of_before(dataset, outcome):
    more = train_quietly(
        SETTINGS, dataset, epochs=5, checkpoint=outcome.checkpoint, frames=outcome.film_frames
    )
    assert [frame.epoch for frame in frames_of(more)][-2:] == [4, 5]
    assert as_bytes(frames_of(more)[:-1]) == as_bytes(frames_of(outcome))


@pytest.mark.parametrize(("parameters", "epochs"), [(101_770, 4), (104_092, 20), (407_050, 20)])
def test_the_last_frame_is_the_network_at_the_end_of_the_planned_training(parameters, epochs):
    assert plan_frame_steps(parameters, 313, epochs)[-1] == 313 * epochs


def test_the_notebooks_network_has_19_frames_in_four_megabytes_a_wide_one_fewer_or_none():
    steps = plan_frame_steps(101_770, 1_688, 30)
    assert len(steps) == 19 and len(steps) * 203_540 < MOST_BYTES
    assert steps[:11] == (0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 1_023)
    assert [step // 1_688 for step in steps[11:]] == [1, 2, 3, 5, 8, 13, 21, 30]
    wide = plan_frame_steps(407_050, 1_688, 5)
    assert len(wide) == 4 and wide[0] == 0 and wide[-1] == 5 * 1_688
    assert len(plan_frame_steps(MOST_PARAMETERS, 1_688, 5)) == FEWEST
    assert plan_frame_steps(MOST_PARAMETERS + 1, 1_688, 5) == ()
