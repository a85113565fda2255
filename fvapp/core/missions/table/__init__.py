"""The table of missions: a module for each, with its row, runs and judge.

The words of a mission are in ``missions/<id>.toml``.
"""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from fvapp.core.missions.mission import Mission

_ROWS: list[Mission] = [
    import_module(f"{__name__}.{each.name}").MISSION for each in iter_modules(__path__)
]

MISSIONS: Mapping[str, Mission] = {
    mission.id: mission
    for mission in sorted(
        _ROWS, key=lambda mission: (mission.mark.isdigit(), len(mission.mark), mission.mark)
    )
}
"""Every mission by id, in the order of a lesson: by mark, letters first, then numbers."""


def find_mission(text: str) -> Mission | None:
    """Return the mission with a mark or id from an address, or None."""
    wanted = text.strip().lower()
    return next((one for one in MISSIONS.values() if wanted in (one.id, one.mark.lower())), None)
