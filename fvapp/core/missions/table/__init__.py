"""The table of missions, a module for each: its row, its runs and its judge. Its words are ``missions/<id>.toml``."""

from __future__ import annotations

from collections.abc import Mapping

from fvapp.core.missions.mission import Mission
from fvapp.core.missions.table import (
    callback,
    confusion,
    epochs,
    five_outputs,
    inside_neuron,
    layers,
    look,
    missing,
    network,
    neurons,
    no_flatten,
    outputs,
    raw_pixels,
    teach,
    wrong_labels,
    wrong_reason,
)

MISSIONS: Mapping[str, Mission] = {
    each.MISSION.id: each.MISSION
    for each in (
        look,
        network,
        outputs,
        neurons,
        no_flatten,
        five_outputs,
        layers,
        epochs,
        raw_pixels,
        callback,
        inside_neuron,
        confusion,
        wrong_labels,
        missing,
        wrong_reason,
        teach,
    )
}
"""Every mission, in the order of a lesson."""


def find_mission(text: str) -> Mission | None:
    """Return the mission of a mark or id as it stands in an address, or None."""
    wanted = text.strip().lower()
    return next((one for one in MISSIONS.values() if wanted in (one.id, one.mark.lower())), None)
