"""Draws the path at the top of the Missions page: all missions, and the open mission's steps."""

from collections.abc import Callable, Collection
from functools import partial

import streamlit as st

from fvapp.core.missions import MISSIONS
from fvapp.ui.browser import make_component
from fvapp.ui.missions.kept import OpenMission, open_mission
from fvapp.ui.missions.screens import (
    last_reachable_screen_index,
    next_due_screen,
    screen_container_key,
    screens_of_mission,
    show_screen,
    step_of_screen,
)
from fvapp.ui.parts import mission_name, mission_step_name

KEY = "mission_path"
_component = make_component(__file__)


def draw_mission_path(
    opened: OpenMission, screen: str, show_page_part: Callable[[str], None]
) -> None:
    """Draw the path with a stop for each mission, and the open mission's steps.

    Args:
        screen: the current screen of the open mission.
        show_page_part: opens the glossary, whose link is in the list of missions on phones.
    """
    t = opened.t
    mission = opened.mission
    ids = list(MISSIONS)
    own = opened.progress_by_mission
    done = [own[stop.id].is_mission_done(stop) for stop in MISSIONS.values()]
    parts = {"glossary": t("missions.page.parts.glossary")}
    data = {
        "ids": ids,
        "marks": [stop.short_name for stop in MISSIONS.values()],
        "names": [mission_name(name, t) for name in ids],
        "asks": [t(f"missions.{stop.id}.ask") for stop in MISSIONS.values()],
        "minutes": [
            t("missions.page.minutes", n=stop.planned_minutes) for stop in MISSIONS.values()
        ],
        "numbers": [own[stop.id].result_words(stop, t) for stop in MISSIONS.values()],
        "done": done,
        "opened": ids.index(mission.id),
        "steps": _mission_step_states(opened, screen),
        "screen": screen_container_key(screen),
        "parts": parts,
        "words": {
            "path": t("missions.page.parts.missions"),
            "steps": t("missions.page.steps_label"),
            "all": t("missions.page.all"),
            "close": t("train.twelve.close"),
            "done": t("missions.page.step_done"),
            "own": t("missions.page.own_number", number="{number}"),
            "count": t("missions.page.done", done=sum(done), total=len(ids)),
        },
    }

    with st.container(key="mission"):
        _component(
            key=KEY,
            data=data,
            on_chosen_change=lambda: _call_with_valid_choice("chosen", MISSIONS, open_mission),
            on_step_change=lambda: _call_with_valid_choice(
                "step", screens_of_mission(mission), partial(show_screen, mission)
            ),
            on_part_change=lambda: _call_with_valid_choice("part", parts, show_page_part),
        )


def _mission_step_states(opened: OpenMission, screen: str) -> list[dict[str, object]]:
    """Return each step's first screen, name and state (current, done, reachable)."""
    mission = opened.mission
    own = opened.mission_progress
    screens = screens_of_mission(mission)
    # The current screen always counts as reachable, because the result screen may appear before the
    # result has been judged.
    far = max(
        last_reachable_screen_index(screens, next_due_screen(mission, own, own.judged)),
        screens.index(screen),
    )
    # Before the first answer, the screens after the result can be reached but have not been done.
    past = (
        max(screens.index("result") + 1, screens.index(screen))
        if own.judged and not own.answers
        else far
    )
    steps: dict[str, dict[str, object]] = {}
    for place, name in enumerate(screens):
        stop = step_of_screen(name)
        step = steps.setdefault(
            stop,
            {
                "screen": name,
                "can": place <= far,
                "name": mission_step_name(mission, stop, opened.t),
                "here": stop == step_of_screen(screen),
            },
        )
        step["done"] = place < past or own.is_mission_done(mission)
    return list(steps.values())


def _call_with_valid_choice(kind: str, known: Collection[str], go: Callable[[str], None]) -> None:
    chosen = (st.session_state.get(KEY) or {}).get(kind)
    if isinstance(chosen, str) and chosen in known:  # a forged message may hold anything
        go(chosen)
