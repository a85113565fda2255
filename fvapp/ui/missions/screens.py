"""The screens of a mission, one step each: which there are, how far the visitor may go, which one
is shown.
"""

from collections.abc import Sequence

import streamlit as st

from fvapp.core.missions import Mission
from fvapp.core.missions.progress import Progress

_SHOWN = "mission_screen"


def screens_of(mission: Mission) -> tuple[str, ...]:
    """Return the names of a mission's screens in their order; ``question:<name>`` for each of its
    questions.
    """
    return (
        *mission.before,
        "predict",
        *(("second",) if mission.second else ()),
        "watch",
        "result",
        *mission.after,
        *(f"question:{question.name}" for question in mission.questions),
        "done",
    )


def screen_key(screen: str) -> str:
    """Return the key of the container that holds a screen."""
    return f"screen_{screen.replace(':', '_')}"


def step_of(screen: str) -> str:
    """Return the step a screen belongs to; several guesses are one step, and so are several
    questions.
    """
    name = screen.partition(":")[0]
    return {"second": "predict", "done": "question"}.get(name, name)


def due_screen(mission: Mission, own: Progress, has_result: bool) -> str:
    """Return the furthest screen there is something to do on."""
    if not own.judged:  # else done with an earlier version, which may have asked for less
        if own.prediction is None:
            return next(
                (screen for screen in mission.before if not getattr(own, screen)), "predict"
            )
        if not own.predicted_all(mission):
            return "second"
        return "result" if has_result else "watch"
    open_ones = (
        question.name for question in mission.questions if question.name not in own.answers
    )
    name = next(open_ones, None)
    return "done" if name is None else f"question:{name}"


def shown_screen(mission: Mission, own: Progress, has_result: bool) -> str:
    """Return the screen the visitor chose, where it can be gone to, else that which is due; at
    first the result.
    """
    screens = screens_of(mission)
    due = due_screen(mission, own, has_result)
    chosen = st.session_state.get(_SHOWN, {}).get(mission.id)
    if chosen in screens and screens.index(chosen) <= reach(screens, due):
        return chosen
    return due if own.answers or not own.judged else "result"


def reach(screens: Sequence[str], due: str) -> int:
    """Return the place of the last screen that can be gone to: nobody need do what stands before
    the guess.
    """
    return max(screens.index("predict"), screens.index(due))


def show_screen(mission: Mission, screen: str | None) -> None:
    """Go to a screen; None: to the one that is due. For callbacks."""
    kept = st.session_state.setdefault(_SHOWN, {})
    kept[mission.id] = screen
