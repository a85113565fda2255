"""Reads from a run's events how it classified the fixed twelve test images while it trained."""

from collections.abc import Sequence
from dataclasses import dataclass

from fvapp.core.events import Event, Guesses, drop_undone_events, find_start_event
from fvapp.core.results.curves import thin_points

MOST_MOMENTS = 200


@dataclass(frozen=True)
class MomentAnswers:
    """A network's answers to the fixed twelve test images at one moment of its training run.

    Attributes:
        step: number of training steps since the beginning of the run.
        epoch: number of the epoch that has just ended, or 0 within an epoch.
        predicted_labels: the network's answer to each image; None if its outputs are not finite.
        predicted_shares: the network's share for each of these answers.
        drawing_shares: the shares of all classes for the visitor's drawing; empty without a
            drawing.
    """

    step: int
    epoch: int
    predicted_labels: tuple[int | None, ...]
    predicted_shares: tuple[float | None, ...]
    drawing_shares: tuple[float | None, ...] = ()


def read_moment_answers(events: Sequence[Event]) -> tuple[MomentAnswers, ...]:
    """Return a network's answers at up to `MOST_MOMENTS` moments of its training run.

    Args:
        events: all events of the run. Events that a later ``RunContinued`` undid are ignored.
    """
    events = drop_undone_events(events)
    started = find_start_event(events)
    if started is None:
        return ()

    steps = started.steps_per_epoch
    found = {
        step: MomentAnswers(step, 0 if step % steps else step // steps, labels, shares, drawing)
        for event in events
        if isinstance(event, Guesses)
        for step, labels, shares, drawing in zip(
            event.steps,
            event.labels,
            event.shares,
            event.drawing or ((),) * len(event.steps),
            strict=True,
        )
    }
    early = [moment for moment in found.values() if moment.step < steps]
    late = [moment for moment in found.values() if moment.step >= steps]
    return (*early, *thin_points(late, max(2, MOST_MOMENTS - len(early))))
