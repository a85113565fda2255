"""Draws the buttons for a run, such as stop, pause, resume and more epochs."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from fvapp.core.runs import RunRecord
from fvapp.ui.browser import click_id
from fvapp.ui.networks.model_choice import select_model_for_drawing
from fvapp.ui.parts import find_page
from fvapp.ui.taken_home.take_home import draw_take_home_button
from fvapp.ui.visit import Visit

_ASKED = "run_asked_to"


def requested_action(record: RunRecord) -> str | None:
    """Return the pending request to "stop" or "pause" a run that is still training, or None."""
    run_id, action = st.session_state.get(_ASKED, ("", None))
    return action if run_id == record.id and record.state == "running" else None


def draw_run_buttons(visit: Visit, record: RunRecord | None, primary: bool) -> None:
    """Draw the buttons that are useful in the run's state, in a row of constant height.

    Args:
        primary: whether one of these buttons may be the page's primary button.
    """
    if record is None:
        return

    with st.container(horizontal=True, key="run_buttons"):
        state = record.state
        if _has_ended_with_network(record):
            if record.settings.has_one_output_per_class:
                if st.button(
                    visit.t("train.buttons.try_network"),
                    key="try_network",
                    icon=":material/draw:",
                    type="primary" if primary else "secondary",
                ):
                    select_model_for_drawing(visit, record)
                    st.switch_page(find_page("draw"))
                draw_take_home_button(visit, record.settings.dataset, record, "at_home_trained")
            else:
                st.caption(visit.t("train.extra_outputs"))
        if record.taught is not None:
            return  # a taught network can only be taught further, on the draw page
        actions = {"stop": ("queued", "running"), "pause": ("running",)}
        for action, states in actions.items():
            if state in states:
                _draw_run_button(
                    visit,
                    f"train_{action}",
                    f":material/{action}:",
                    partial(_request_action, visit, record, action),
                    disabled=requested_action(record) is not None,
                )
        goes_on = state == "lost" and record.has_checkpoint
        if goes_on or state == "paused":
            _draw_run_button(
                visit,
                "train_resume",
                ":material/play_arrow:",
                lambda: _resume_run(visit, record),
                variant="_from" if goes_on else "",
                epoch=record.epoch + 1,
            )
        if _can_train_more(visit, record, 1):
            _draw_run_button(
                visit, "train_more", ":material/add:", lambda: _resume_run(visit, record, 1)
            )
        if state in ("lost", "failed"):
            _draw_run_button(
                visit, "run_again", ":material/replay:", lambda: _train_again(visit, record)
            )


def draw_five_more_epochs(visit: Visit, record: RunRecord) -> None:
    """Draw a button that trains the run for five more epochs, if the run can train further."""
    if _can_train_more(visit, record, 5) and record.taught is None:
        _draw_run_button(
            visit,
            "train_more_5",
            ":material/add:",
            lambda: _resume_run(visit, record, 5),
            variant="_at_most" if record.settings.may_end_early else "",
        )


def _has_ended_with_network(record: RunRecord) -> bool:
    return record.state in ("stopped", "done") and record.has_checkpoint


def _can_train_more(visit: Visit, record: RunRecord, epochs: int) -> bool:
    """Return whether a run can train further; a hunt (a contest) limits the number of epochs."""
    budget = visit.hunt_budget if record.sealed else None
    within = budget is None or record.epoch + epochs <= budget.epochs
    return within and _has_ended_with_network(record)


def _draw_run_button(
    visit: Visit,
    key: str,
    icon: str,
    command: Callable[[], None],
    disabled: bool = False,
    variant: str = "",
    **values: object,
) -> None:
    def run_command() -> None:
        with visit.messages.queueing_errors():
            command()

    st.button(
        visit.t(f"train.buttons.{key}{variant}", **values),
        key=key,
        icon=icon,
        disabled=disabled,
        on_click=run_command,
    )


def _request_action(visit: Visit, record: RunRecord, action: str) -> None:
    (visit.engine.runs.stop_run if action == "stop" else visit.engine.runs.pause_run)(
        visit.token, record.id
    )
    st.session_state[_ASKED] = (record.id, action)


def _resume_run(visit: Visit, record: RunRecord, more_epochs: int = 0) -> None:
    st.session_state.pop(_ASKED, None)
    visit.engine.runs.resume_run(visit.token, record.id, more_epochs)
    st.session_state["shown_run"] = record.id


def _train_again(visit: Visit, record: RunRecord) -> None:
    (new,) = visit.engine.runs.submit_runs(
        visit.token, [record.settings], click=click_id("again", record.id), like=[record.id]
    )
    st.session_state["shown_run"] = new.id
