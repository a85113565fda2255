"""Reads runs' curves for the compare page, and caches them in the session."""

import streamlit as st

from fvapp.core.datasets import was_trained_on_starter_set
from fvapp.core.errors import FvappError
from fvapp.core.events import EpochEnded
from fvapp.core.results.curves import EpochPoints, LearningCurves, read_curves
from fvapp.core.runs import RunRecord
from fvapp.ui.visit import Visit

_KEPT = "compare_epochs"


def is_run_on_starter_set(visit: Visit, record: RunRecord) -> bool:
    """Return whether a run was trained on the small MNIST set of earlier versions of the app.

    If the run is unreadable, return False.
    """
    try:
        return was_trained_on_starter_set(record.settings, visit.read_events(record))
    except FvappError:  # the page reports this error when it reads the run's curves
        return False


def read_run_curves(visit: Visit, record: RunRecord) -> LearningCurves:
    """Return a run's curves; show an error and return no curves if it is damaged or deleted."""
    with visit.messages.showing_errors():
        return read_curves(visit.read_events(record))
    return LearningCurves()


def read_run_epochs(visit: Visit, record: RunRecord) -> EpochPoints:
    """Return the points of a run's learning curves, one per epoch.

    The points are cached because the page needs them for all runs.
    """
    kept: dict[str, tuple[int, EpochPoints]] = st.session_state.setdefault(_KEPT, {})
    if record.id not in kept or kept[record.id][0] != record.events:
        points = read_run_curves(visit, record).epoch_points
        if not points.epoch:
            return points
        kept[record.id] = (record.events, points)
    return kept[record.id][1]


def read_last_epoch(visit: Visit, record: RunRecord) -> EpochEnded | None:
    """Return a run's last completed epoch; None if no epoch has been completed."""
    points = read_run_epochs(visit, record) if record.epoch else EpochPoints()
    if not points.epoch:
        return None
    return EpochEnded(**{name: column[-1] for name, column in vars(points).items()})
