"""The path through the missions: where one is, what is done, and the way to any other."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import streamlit as st

from fvapp.core.lessons import MISSIONS, Mission
from fvapp.core.lessons.progress import Progress
from fvapp.ui.missions.kept import open_mission
from fvapp.ui.parts.component_files import make_component
from fvapp.ui.visit import Visit

KEY = "mission_path"
_component = make_component(Path(__file__))


def draw_path(visit: Visit, opened: Mission, progress: Mapping[str, Progress]) -> None:
    """Draw a stop for each mission; on a phone one line with arrows. The next mission is seen from its beginning."""
    t, ids = visit.t, list(MISSIONS)
    done = [progress[mission.id].done(mission) for mission in MISSIONS.values()]
    data = {
        "ids": ids,
        "names": [
            t("lessons.page.name", mark=mission.mark, title=t(f"lessons.{mission.id}.title"))
            for mission in MISSIONS.values()
        ],
        "done": done,
        "opened": ids.index(opened.id),
        "words": {
            "path": t("lessons.page.parts.missions"),
            "here": t("lessons.page.here", n=ids.index(opened.id) + 1, total=len(ids)),
            "done": t("lessons.page.step_done"),
            "count": t("lessons.page.done", done=sum(done), total=len(ids)),
            "previous": t("lessons.page.previous_button"),
            "next": t("lessons.page.next_button"),
        },
    }
    with st.container(key="mission"):
        _component(key=KEY, data=data, on_chosen_change=_open)


def _open() -> None:
    chosen = (st.session_state.get(KEY) or {}).get("chosen")
    if isinstance(chosen, str) and chosen in MISSIONS:  # a browser may send anything
        open_mission(chosen)
