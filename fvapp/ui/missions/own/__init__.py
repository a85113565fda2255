"""Finds the flow of a mission; missions with a special flow define `FLOW` in a module here."""

from importlib import import_module
from importlib.util import find_spec

from fvapp.core.missions import Mission
from fvapp.ui.missions.flow import MissionFlow

_USUAL = MissionFlow()


def flow_of_mission(mission: Mission) -> MissionFlow:
    """Return the `FLOW` of the mission's module; without such a module, return the usual flow."""
    module = f"{__name__}.{mission.id}"
    return import_module(module).FLOW if find_spec(module) else _USUAL
