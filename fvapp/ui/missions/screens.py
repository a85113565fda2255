"""The screens of a mission: their order, how far the visitor may go, and the current screen."""

from collections.abc import Sequence

import streamlit as st

from fvapp.core.missions import Mission
from fvapp.core.missions.progress import Progress

_SHOWN = "mission_screen"


def screens_of_mission(mission: Mission) -> tuple[str, ...]:
    """Return a mission's screens in order; the screen of a question is ``question:<name>``."""
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
    """Return the step of a screen; all guesses are one step, and so are all questions."""
    name = screen.partition(":")[0]
    return {"second": "predict", "done": "question"}.get(name, name)


def due_screen(mission: Mission, own: Progress, has_result: bool) -> str:
    """Return the furthest screen with something left to do."""
    if not own.judged:  # a judged mission has all guesses: earlier versions asked for fewer
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
    """Return the chosen screen if within reach, else the due one, or the result if just judged."""
    screens = screens_of_mission(mission)
    due = due_screen(mission, own, has_result)
    chosen = st.session_state.get(_SHOWN, {}).get(mission.id)
    if chosen in screens and screens.index(chosen) <= last_reachable_screen_index(screens, due):
        return chosen
    return due if own.answers or not own.judged else "result"


def last_reachable_screen_index(screens: Sequence[str], due: str) -> int:
    """Return the index of the last screen within reach; screens before the guess are optional."""
    return max(screens.index("predict"), screens.index(due))


def show_screen(mission: Mission, screen: str | None) -> None:
    """Go to a screen, or for None to the screen that is due; for callbacks."""
    kept = st.session_state.setdefault(_SHOWN, {})
    kept[mission.id] = screen
