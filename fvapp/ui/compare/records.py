"""Runs, events and curves for the compare page; what was read once is kept with the visit."""

import streamlit as st

from fvapp.core.datasets.starter import trained_on_starter_set
from fvapp.core.errors import FvappError
from fvapp.core.events import EpochEnded, Event
from fvapp.core.results.curves import Curves, EpochPoints, read_curves
from fvapp.core.runs import RunRecord
from fvapp.ui.visit import Visit

_KEPT = "compare_epochs"


def read_events(visit: Visit, record: RunRecord) -> tuple[Event, ...]:
    """Return all events of a run.

    Raises:
        EngineError: the run is gone.
    """
    return visit.engine.runs.events(visit.token, record.id)[0]


def is_of_starter_set(visit: Visit, record: RunRecord) -> bool:
    """Return whether a run trained on the small MNIST of an earlier version; False when it cannot
    be read.
    """
    try:
        return trained_on_starter_set(record.settings, read_events(visit, record))
    except FvappError:  # said where its curves are read
        return False


def curves_of(visit: Visit, record: RunRecord) -> Curves:
    """Return the curves of a run; empty ones, and a sentence, when it is damaged or was deleted in
    another tab.
    """
    with visit.messages.errors_said():
        return read_curves(read_events(visit, record))
    return Curves()


def epochs_of(visit: Visit, record: RunRecord) -> EpochPoints:
    """Return the epochs of these curves alone, which are kept: the page needs those of all runs."""
    kept: dict[str, tuple[int, EpochPoints]] = st.session_state.setdefault(_KEPT, {})
    if record.id not in kept or kept[record.id][0] != record.events:
        points = curves_of(visit, record).epochs
        if not points.epoch:
            return points
        kept[record.id] = (record.events, points)
    return kept[record.id][1]


def last_epoch(visit: Visit, record: RunRecord) -> EpochEnded | None:
    """Return the last completed epoch, if there is one."""
    columns = vars(epochs_of(visit, record)) if record.epoch else {"epoch": ()}
    return (
        EpochEnded(**{name: column[-1] for name, column in columns.items()})
        if columns["epoch"]
        else None
    )
