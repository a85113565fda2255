"""Helpers that train and collect events, and a mark for cases that take long."""

from functools import partial
from itertools import chain

import pytest

from fvapp.core.events import Guesses, event_to_json
from fvapp.learn.training import train

as_long = partial(pytest.param, marks=pytest.mark.long)
"""Return a case that is tested only in the long form of the tests."""


def train_and_tell(settings, dataset, **options):
    """Train; return the outcome and the events."""
    events = []
    return train(settings, dataset, emit=events.append, **options), events


def train_quietly(settings, dataset, **options):
    """Train without listening to the events; return the outcome."""
    return train(settings, dataset, emit=lambda event: None, **options)


def of_kind(events, kind):
    return [event for event in events if isinstance(event, kind)]


def guesses_of(events):
    """Return the guesses at each moment as (step, labels, shares)."""
    told = (
        zip(event.steps, event.labels, event.shares, strict=True)
        for event in of_kind(events, Guesses)
    )
    return list(chain.from_iterable(told))


def without_seconds(events):
    return [
        {name: value for name, value in event_to_json(event).items() if name != "seconds"}
        for event in events
    ]
