"""Missions with screens of their own: each module has its mission's name and holds its `FLOW`."""

from importlib import import_module
from importlib.util import find_spec

from fvapp.core.missions import Mission
from fvapp.ui.missions.flow import MissionFlow

_USUAL = MissionFlow()


def flow_of_mission(mission: Mission) -> MissionFlow:
    """Return the `FLOW` of the mission's own module, or the usual flow if it has none."""
    module = f"{__name__}.{mission.id}"
    return import_module(module).FLOW if find_spec(module) else _USUAL
