"""The screens of a mission: their order, which ones the visitor can reach, and the current one."""

from collections.abc import Sequence

import streamlit as st

from fvapp.core.missions import Mission
from fvapp.core.missions.progress import Progress

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


def screen_key(screen: str) -> str:
    """Return the key of the container that holds a screen."""
    return f"screen_{screen.replace(':', '_')}"


def step_of_screen(screen: str) -> str:
    """Return the step that a screen belongs to; both guesses are one step, and so are questions."""
    name = screen.partition(":")[0]
    return {"second": "predict", "done": "question"}.get(name, name)


def due_screen(mission: Mission, own: Progress, has_result: bool) -> str:
    """Return the next screen on which the visitor has something left to do."""
    if not own.judged:  # earlier versions asked for fewer guesses: once judged, ask for no more
        if own.prediction is None:
            return next(
                (screen for screen in mission.screens_before if not getattr(own, screen)), "predict"
            )
        if not own.has_predicted_all(mission):
            return "second"
        return "result" if has_result else "watch"
    open_ones = (
        question.name for question in mission.questions if question.name not in own.answers
    )
    name = next(open_ones, None)
    return "done" if name is None else f"question:{name}"


def current_screen(mission: Mission, own: Progress, has_result: bool) -> str:
    """Return the chosen screen if reachable, else the one due, or the result if just judged."""
    screens = screens_of_mission(mission)
    due = due_screen(mission, own, has_result)
    chosen = st.session_state.get(_SHOWN, {}).get(mission.id)
    if chosen in screens and screens.index(chosen) <= last_reachable_screen_index(screens, due):
        return chosen
    return due if own.answers or not own.judged else "result"


def last_reachable_screen_index(screens: Sequence[str], due: str) -> int:
    """Return the index of the last reachable screen; those before the guess can be skipped."""
    return max(screens.index("predict"), screens.index(due))


def show_screen(mission: Mission, screen: str | None) -> None:
    """Choose a screen to show next, or None for the one that is due; used in widget callbacks."""
    kept = st.session_state.setdefault(_SHOWN, {})
    kept[mission.id] = screen
