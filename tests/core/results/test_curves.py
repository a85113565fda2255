"""A run's events become curves, and the guesses for the twelve test images become rows."""

import math

import pytest

from fvapp.core.events import BlockEnded, EpochEnded, Guesses, RunContinued, RunStarted
from fvapp.core.results.curves import (
    MOST_POINTS,
    read_curves,
    recent_training_accuracy,
    thin_points,
)
from fvapp.core.results.moments import MomentAnswers, read_moment_answers


def started(steps=10):
    return RunStarted(1, 60_000, 0, steps, epochs=5)


def block(epoch, step, loss=0.5, accuracy=0.8):
    return BlockEnded(epoch, step, loss, accuracy)


def epoch(number, loss=0.5, val_loss=None):
    val_accuracy = None if val_loss is None else 0.7
    return EpochEnded(number, loss, 0.8, val_loss, val_accuracy, seconds=0.5)


def test_a_block_stands_where_it_ended_in_epochs_with_the_values_of_its_event():
    curves = read_curves([started(10), block(1, 5), block(1, 10), epoch(1), block(2, 5)])
    assert curves.block_points.epoch_positions == (0.5, 1.0, 1.5)
    assert not curves.epoch_points.has_validation
    curves = read_curves(
        [started(), block(1, 10, loss=0.25, accuracy=0.875), epoch(1, loss=0.31, val_loss=0.4)]
    )
    assert (curves.block_points.loss, curves.block_points.accuracy) == ((0.25,), (0.875,))
    assert curves.epoch_points.loss == (0.31,)
    assert curves.epoch_points.val_loss == (0.4,)
    assert curves.epoch_points.seconds == (0.5,)
    assert curves.epoch_points.has_validation
    nothing = read_curves([])
    assert nothing.block_points.epoch_positions == nothing.epoch_points.epoch == ()
    assert recent_training_accuracy(nothing) is None
    assert recent_training_accuracy(read_curves([epoch(1)])) == 0.8


def test_points_that_a_continued_run_repeats_are_dropped_from_the_curve():
    events = [
        started(10),
        block(1, 10, loss=0.9),
        epoch(1),
        block(2, 5, loss=0.8),
        block(2, 10, loss=0.7),
    ]
    events += [RunContinued(1, 5), block(2, 10, loss=0.6)]
    curves = read_curves(events)
    assert curves.block_points.epoch_positions == (1.0, 1.5, 2.0)
    assert curves.block_points.loss == (0.9, 0.8, 0.6)


@pytest.mark.parametrize("loss", [math.nan, math.inf, None])
def test_a_loss_that_is_not_finite_is_a_gap(loss):
    assert read_curves([started(), block(1, 5, loss=loss), block(1, 10)]).block_points.loss == (
        None,
        0.5,
    )


@pytest.mark.parametrize("count", [1, 2, 299, 300, 301, 599, 600, 601, 2_500, 100_000])
def test_a_long_line_keeps_its_ends_and_at_most_300_points(count):
    kept = thin_points(range(count))
    assert len(kept) <= MOST_POINTS
    assert (kept[0], kept[-1]) == (0, count - 1)
    assert list(kept) == sorted(set(kept))
    assert len(kept) >= min(count, MOST_POINTS // 2)


def test_a_growing_line_keeps_its_points_in_place():
    before = thin_points(range(1_000))
    after = thin_points(range(1_010))
    assert set(before[:-1]) <= set(after)


def test_the_recent_accuracy_averages_the_last_third_of_an_epoch_across_epochs():
    events = [started(12), *(block(1, step, accuracy=step / 12) for step in range(1, 13))]
    now = recent_training_accuracy(read_curves(events))
    assert now == pytest.approx((9 + 10 + 11 + 12) / 48)
    assert recent_training_accuracy(read_curves(events[:2])) == pytest.approx(1 / 12)
    # The mean covers only the latest third of the steps, so the poor first blocks drop out.
    assert recent_training_accuracy(read_curves(events[:5])) == pytest.approx((3 + 4) / 24)

    before = now
    events.append(epoch(1))
    assert (
        recent_training_accuracy(read_curves(events))
        == before
        != read_curves(events).epoch_points.accuracy[-1]
    )
    events.append(block(2, 6, accuracy=0.99))
    assert recent_training_accuracy(read_curves(events)) > before


STARTED = started(100)


def guesses(epoch, step, *steps, label=1):
    return Guesses(epoch, step, steps, ((label, None),) * len(steps), ((0.5, None),) * len(steps))


def test_moments_within_the_first_epoch_and_at_the_ends_of_epochs_are_told_apart():
    told = (
        guesses(0, 8, 0, 1, 3, 7),
        BlockEnded(1, 8, 1.0, 0.5),
        guesses(1, 0, 63, 100),
        guesses(2, 0, 200),
    )
    found = read_moment_answers([STARTED, *told])
    assert [moment.step for moment in found] == [0, 1, 3, 7, 63, 100, 200]
    assert [moment.epoch for moment in found] == [0, 0, 0, 0, 0, 1, 2]
    assert found[0] == MomentAnswers(0, 0, (1, None), (0.5, None))


def test_answers_after_the_point_a_run_resumed_from_are_dropped_and_earlier_versions_have_none():
    before = [STARTED, guesses(1, 0, 0, 100), guesses(2, 0, 200, label=2)]
    events = [*before, RunContinued(1, 0), guesses(2, 0, 200, label=3)]
    assert [
        (moment.step, moment.predicted_labels[0]) for moment in read_moment_answers(events)
    ] == [
        (0, 1),
        (100, 1),
        (200, 3),
    ]
    assert (
        read_moment_answers([])
        == read_moment_answers([STARTED, EpochEnded(1, 0.5, 0.8, None, None, 0.4)])
        == ()
    )


def test_a_long_run_keeps_its_beginning_and_both_ends():
    events = [
        STARTED,
        guesses(0, 8, 0, 1, 3, 7),
        *(guesses(n, 0, 100 * n) for n in range(1, 1_001)),
    ]
    found = read_moment_answers(events)
    assert len(found) <= 200
    assert [moment.step for moment in found[:5]] == [0, 1, 3, 7, 100] and found[-1].epoch == 1_000
