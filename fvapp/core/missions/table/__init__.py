"""Lists the missions.

Each mission has a TOML file, and a module with its runs and the function that judges them. The
texts of a mission are in the catalogue file ``missions/<id>.toml``.
"""

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from fvapp.core.missions.mission import Mission

_ROWS: list[Mission] = [
    import_module(f"{__name__}.{module.name}").MISSION for module in iter_modules(__path__)
]

MISSIONS: Mapping[str, Mission] = {
    mission.id: mission
    for mission in sorted(
        _ROWS,
        key=lambda mission: (
            mission.short_name.isdigit(),
            len(mission.short_name),
            mission.short_name,
        ),
    )
}
"""Every mission by id, sorted by short name: letters first, then numbers."""


def find_mission(text: str) -> Mission | None:
    """Return the mission with the short name or id `text`, or None."""
    wanted = text.strip().lower()
    return next(
        (
            mission
            for mission in MISSIONS.values()
            if wanted in (mission.id, mission.short_name.lower())
        ),
        None,
    )
