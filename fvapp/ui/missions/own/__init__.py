"""Screens that only one mission has: a module named as the mission, which says how it goes on after
the guess.
"""

from importlib import import_module
from importlib.util import find_spec

from fvapp.core.missions import Mission
from fvapp.ui.missions.flow import Flow

_USUAL = Flow()


def flow_of(mission: Mission) -> Flow:
    """Return how a mission goes on: as its module's `FLOW` says, where it has one."""
    module = f"{__name__}.{mission.id}"
    return import_module(module).FLOW if find_spec(module) else _USUAL
