"""What is read of the twelve test images from a run's events."""

from fvapp.core.events import BlockEnded, Continued, EpochEnded, Guesses, Started
from fvapp.core.results.moments import Moment, read_moments

STARTED = Started(101_770, 54_000, 6_000, steps_per_epoch=100, epochs=3)


def guesses(epoch, step, *steps, label=1):
    return Guesses(epoch, step, steps, ((label, None),) * len(steps), ((0.5, None),) * len(steps))


def test_moments_within_the_first_epoch_and_at_the_ends_of_epochs_are_told_apart():
    told = guesses(0, 8, 0, 1, 3, 7), BlockEnded(1, 8, 1.0, 0.5), guesses(1, 0, 63, 100), guesses(2, 0, 200)
    found = read_moments([STARTED, *told])
    assert [moment.step for moment in found] == [0, 1, 3, 7, 63, 100, 200]
    assert [moment.epoch for moment in found] == [0, 0, 0, 0, 0, 1, 2]
    assert found[0] == Moment(0, 0, (1, None), (0.5, None))


def test_what_a_run_went_back_behind_is_taken_back():
    before = [STARTED, guesses(1, 0, 0, 100), guesses(2, 0, 200, label=2)]
    events = [*before, Continued(1, 0), guesses(2, 0, 200, label=3)]
    assert [(moment.step, moment.labels[0]) for moment in read_moments(events)] == [(0, 1), (100, 1), (200, 3)]


def test_a_run_of_before_has_none():
    assert read_moments([]) == read_moments([STARTED, EpochEnded(1, 0.5, 0.8, None, None, 0.4)]) == ()


def test_a_long_run_keeps_its_beginning_and_both_ends():
    events = [STARTED, guesses(0, 8, 0, 1, 3, 7), *(guesses(n, 0, 100 * n) for n in range(1, 1_001))]
    found = read_moments(events)
    assert len(found) <= 200
    assert [moment.step for moment in found[:5]] == [0, 1, 3, 7, 100] and found[-1].epoch == 1_000
