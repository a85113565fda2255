"""Determines a mission's screens in order, the reachable screens, and the current screen."""

from collections.abc import Sequence

import streamlit as st

from fvapp.core.missions import Mission
from fvapp.core.missions.progress import MissionProgress

_SHOWN = "mission_screen"


def screens_of_mission(mission: Mission) -> tuple[str, ...]:
    """Return the names of a mission's screens in order; questions are ``question:<name>``."""
    return (
        *mission.screens_before,
        "predict",
        *(("second",) if mission.second_prediction else ()),
        "watch",
        "result",
        *mission.screens_after,
        *(f"question:{question.name}" for question in mission.questions),
        "done",
    )


def screen_container_key(screen: str) -> str:
    """Return the key of the container in which a screen is drawn."""
    return f"screen_{screen.replace(':', '_')}"


def step_of_screen(screen: str) -> str:
    """Return the step that a screen belongs to.

    Both guesses belong to one step. All questions and the last screen belong to one step, too.
    """
    name = screen.partition(":")[0]
    return {"second": "predict", "done": "question"}.get(name, name)


def next_due_screen(mission: Mission, own: MissionProgress, has_mission_result: bool) -> str:
    """Return the next screen on which the visitor still has something to do."""
    # A judged mission needs no further guess: earlier versions of the app may have judged it after
    # fewer guesses.
    if not own.judged:
        if own.prediction is None:
            return next(
                (screen for screen in mission.screens_before if not getattr(own, screen)), "predict"
            )
        if not own.has_predicted_all(mission):
            return "second"
        return "result" if has_mission_result else "watch"
    open_ones = (
        question.name for question in mission.questions if question.name not in own.answers
    )
    name = next(open_ones, None)
    return "done" if name is None else f"question:{name}"


def current_screen(mission: Mission, own: MissionProgress, has_mission_result: bool) -> str:
    """Return the chosen screen if reachable, else the next screen with something to do.

    If the mission has just been judged, return the result screen instead of the first question.
    """
    screens = screens_of_mission(mission)
    due = next_due_screen(mission, own, has_mission_result)
    chosen = st.session_state.get(_SHOWN, {}).get(mission.id)
    if chosen in screens and screens.index(chosen) <= last_reachable_screen_index(screens, due):
        return chosen
    return due if own.answers or not own.judged else "result"


def last_reachable_screen_index(screens: Sequence[str], due: str) -> int:
    """Return the index of the last reachable screen, given the next screen with something to do.

    The guess is always reachable, because the screens before the guess can be skipped.
    """
    return max(screens.index("predict"), screens.index(due))


def show_screen(mission: Mission, screen: str | None) -> None:
    """Choose the screen to show next; call this function in widget callbacks.

    Args:
        screen: the screen's name; None for the next screen with something to do.
    """
    kept = st.session_state.setdefault(_SHOWN, {})
    kept[mission.id] = screen
