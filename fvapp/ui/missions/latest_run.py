"""Missions about a network there is already: the visitor's latest one, or one that is trained for them."""

from __future__ import annotations

import streamlit as st

from fvapp.core.errors import FvappError
from fvapp.core.runs import FINISHED, RunRecord
from fvapp.core.wording import run_title
from fvapp.ui.missions.kept import Lesson
from fvapp.ui.missions.runs import draw_start, find_runs, watch
from fvapp.ui.missions.steps import open_experiment


def ask_latest_run(lesson: Lesson, button: str, image: int, dense: bool = False) -> RunRecord | None:
    """Draw the button that asks the visitor's latest network; where there is none, train one first.

    Args:
        button: its words; image: the test image that is kept when it was pressed.
        dense: as for :func:`latest_run`.

    Returns:
        The run, once it was asked.
    """
    t, own, runs = lesson.visit.t, lesson.own, find_runs(lesson)
    latest = latest_run(lesson, dense)
    # What was asked, or trained for this mission, is asked again: its verdict stays. Earlier versions did not note it.
    asked = next((run for run in runs if run.state in FINISHED and run.can_continue), None)
    if asked is None and own.image is not None and not own.verdicts:
        asked = latest
    if latest is None:
        with open_experiment(lesson):
            st.markdown(t("lessons.page.no_run", dataset=_dataset(lesson)))
            draw_start(lesson, runs)
        watch(lesson, runs)
        return None
    with open_experiment(lesson, folded=asked is not None):
        st.markdown(t("lessons.page.previous_runs", dataset=_dataset(lesson), network=run_title(latest, t)))
        st.button(
            button,
            key="mission_run",
            type="primary" if asked is None else "secondary",
            on_click=lambda: lesson.keep(image=image, runs=(latest.id,), verdicts=()),
        )
    if asked is not None:
        lesson.keep(runs=(asked.id,))
    return asked


def _dataset(lesson: Lesson) -> str:
    return lesson.visit.t(f"settings.dataset.choices.{lesson.mission.dataset}")


def latest_run(lesson: Lesson, dense: bool = False) -> RunRecord | None:
    """Return the visitor's latest run on the mission's data set that has a whole answer to give.

    Args:
        dense: only a dense network with a hidden layer will do.
    """
    try:
        records = lesson.visit.engine.runs(lesson.visit.token)
    except FvappError as error:
        lesson.visit.say_error(error)
        return None
    usable = (
        record
        for record in reversed(records)
        if record.settings.dataset == lesson.mission.dataset
        and record.state in FINISHED
        and record.can_continue
        and record.settings.output_units == 10
        and not (dense and (record.settings.network != "dense" or not record.settings.hidden))
    )
    return next(usable, None)
