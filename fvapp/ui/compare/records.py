"""Runs, events and curves for the compare page; what was read once is kept with the visit."""

from __future__ import annotations

import streamlit as st

from fvapp.core.datasets.starter import trained_on_starter_set
from fvapp.core.errors import FvappError
from fvapp.core.events import EpochEnded, Event
from fvapp.core.results.curves import Curves, read_curves
from fvapp.core.runs import RunRecord
from fvapp.ui.visit import Visit

_KEPT_CURVES = "compare_curves"
_KEPT_EPOCHS = "compare_last_epochs"
_TAIL = 60  # events from the end in which the last epoch of a run is found


def read_records(visit: Visit) -> tuple[RunRecord, ...]:
    """Return the visitor's runs, oldest first; none, and a sentence, when the engine cannot say."""
    try:
        return visit.engine.runs(visit.token)
    except FvappError as error:
        visit.say_error(error)
        return ()


def read_events(visit: Visit, record: RunRecord) -> tuple[Event, ...]:
    """Return all events of a run.

    Raises:
        EngineError: the run is gone.
    """
    return visit.engine.events(visit.token, record.id)[0]


def is_of_starter_set(visit: Visit, record: RunRecord) -> bool:
    """Return whether a run trained on the small MNIST of an earlier version; False when it cannot be read."""
    try:
        return trained_on_starter_set(record.settings, read_events(visit, record))
    except FvappError:  # said where its curves are read
        return False


def curves_of(visit: Visit, record: RunRecord) -> Curves:
    """Return the curves of a run; empty ones, and a sentence, when it is damaged or was deleted in another tab."""
    kept: dict[str, tuple[int, Curves]] = st.session_state.setdefault(_KEPT_CURVES, {})
    if record.id not in kept or kept[record.id][0] != record.events:
        try:
            kept[record.id] = (record.events, read_curves(read_events(visit, record)))
        except FvappError as error:
            visit.say_error(error)
            return Curves()
    return kept[record.id][1]


def last_epoch(visit: Visit, record: RunRecord) -> EpochEnded | None:
    """Return the event of the last completed epoch, if there is one.

    Only the last few events are asked for: a table of 200 runs needs one of each.
    """
    kept: dict[str, tuple[int, EpochEnded | None]] = st.session_state.setdefault(_KEPT_EPOCHS, {})
    if record.id not in kept or kept[record.id][0] != record.events:
        found: EpochEnded | None = None
        after = max(0, record.events - _TAIL)
        try:
            while found is None and record.epoch:
                events, _ = visit.engine.events(visit.token, record.id, after)
                found = next((event for event in reversed(events) if isinstance(event, EpochEnded)), None)
                if not after:
                    break
                after = 0
        except FvappError:
            return None
        kept[record.id] = (record.events, found)
    return kept[record.id][1]
