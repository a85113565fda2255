"""Missions with a course of their own: each module is named after a mission and defines `FLOW`."""

from importlib import import_module
from importlib.util import find_spec

from fvapp.core.missions import Mission
from fvapp.ui.missions.flow import MissionFlow

_USUAL = MissionFlow()


def flow_of_mission(mission: Mission) -> MissionFlow:
    """Return the `FLOW` of the mission's module, or the usual flow if the mission has no module."""
    module = f"{__name__}.{mission.id}"
    return import_module(module).FLOW if find_spec(module) else _USUAL
