"""Screens that only one mission has: a module named as the mission, which says how it goes on after the guess."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from pkgutil import iter_modules

from fvapp.core.missions import Mission
from fvapp.ui.missions.flow import Flow

OWN: Mapping[str, Flow] = {each.name: import_module(f"{__name__}.{each.name}").FLOW for each in iter_modules(__path__)}
"""By the id of the mission; the others go as :class:`~fvapp.ui.missions.flow.Flow` has it."""

_USUAL = Flow()


def flow_of(mission: Mission) -> Flow:
    """Return how a mission goes on."""
    return OWN.get(mission.id, _USUAL)
