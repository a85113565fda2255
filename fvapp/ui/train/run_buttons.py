"""What can be done with a run: stop, pause, go on, one more epoch, once again."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from fvapp.core.errors import FvappError
from fvapp.core.runs import RunRecord
from fvapp.ui.visit import Visit, click_id


def draw_buttons(visit: Visit, record: RunRecord | None) -> None:
    """Draw the buttons that make sense for the run's state, in a row whose height stays."""
    with st.container(horizontal=True, key="run_buttons"):
        if record is None:
            st.space("small")  # an empty row is not drawn, and the charts would jump with the first run
            return
        state = record.state
        if state in ("queued", "running"):
            _button(visit, "train_stop", ":material/stop:", lambda: visit.engine.stop(visit.token, record.id))
        if state == "running":
            _button(visit, "train_pause", ":material/pause:", lambda: visit.engine.pause(visit.token, record.id))
        if state == "paused":
            _button(visit, "train_resume", ":material/play_arrow:", lambda: _resume(visit, record))
        if state == "lost" and record.can_continue:
            _button(
                visit, "train_resume", ":material/play_arrow:", lambda: _resume(visit, record), epoch=record.epoch + 1
            )
        if state in ("stopped", "done") and record.can_continue:
            _button(visit, "train_more", ":material/add:", lambda: _resume(visit, record, 1), n=1)
            _button(visit, "train_more_5", ":material/add:", lambda: _resume(visit, record, 5), n=5)
        if state in ("lost", "failed"):
            _button(visit, "run_again", ":material/replay:", lambda: _again(visit, record))


def _button(visit: Visit, key: str, icon: str, command: Callable[[], None], **values: object) -> None:
    words = key + ("_from" if "epoch" in values else "")
    st.button(visit.t(f"train.buttons.{words}", **values), key=key, icon=icon, on_click=_do, args=(visit, command))


def _do(visit: Visit, command: Callable[[], None]) -> None:
    try:
        command()
    except FvappError as error:
        visit.say_error_next(error)


def _resume(visit: Visit, record: RunRecord, more_epochs: int = 0) -> None:
    visit.engine.resume(visit.token, record.id, more_epochs)
    st.session_state["shown_run"] = record.id


def _again(visit: Visit, record: RunRecord) -> None:
    (new,) = visit.engine.submit(visit.token, [record.settings], click=click_id("again", record.id))
    st.session_state["shown_run"] = new.id
