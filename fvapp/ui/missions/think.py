"""Draws the "What do you think?" questions for visitors who are not in a class."""

from collections.abc import Mapping
from dataclasses import asdict

import streamlit as st

from fvapp.core.classroom import StoredAnswer
from fvapp.core.classroom.kinds.think import (
    PARTS,
    add_answer,
    choices_given_in_browser,
    question_form_for_seat,
)
from fvapp.core.missions.progress import MissionProgress, unfinished_missions
from fvapp.core.schema import read_as_type_or_none
from fvapp.core.seeds import workspace_seed
from fvapp.engine.runs import browser_id
from fvapp.ui.browser import draw_expander
from fvapp.ui.lesson.think import (
    HEIGHT,
    draw_changed_answers,
    draw_current_question,
    draw_own_answers_expander,
)
from fvapp.ui.visit import Visit

NOTE = "think"
"""Name under which the workspace stores a visitor's answers to the eight think questions."""


def draw_think_questions_expander(visit: Visit, progress: Mapping[str, MissionProgress]) -> None:
    """Draw an expander with the questions before the first or after the last mission.

    Students in a class, who answer the questions together, get their answers instead, once both
    parts have ended.
    """
    if visit.seat:
        draw_own_answers_expander(visit, visit.seat)
        return
    begun = any(own.judged for own in progress.values())
    part = ""
    if not unfinished_missions(progress):
        part = PARTS[1]
    elif not begun:
        part = PARTS[0]
    if part:
        draw_expander(
            f"think_{part}",
            visit.t(f"think.alone.{part}"),
            HEIGHT,
            _draw_due_questions,
            visit,
            part,
        )


def _draw_due_questions(visit: Visit, part: str) -> None:
    t = visit.t
    browser = browser_id(visit.token)
    kept: tuple[StoredAnswer, ...] = ()
    with visit.messages.showing_errors():
        kept = _parse_answers_note(visit.read_note(NOTE))
    before, after = (choices_given_in_browser(browser, kept, stage) for stage in PARTS)

    def save_answer(item: int, choice: str) -> None:
        given = StoredAnswer(part, item, choice, browser)
        with visit.messages.queueing_errors():
            visit.engine.notes.change_note(
                visit.token,
                NOTE,
                lambda note: [
                    asdict(kept) for kept in add_answer(_parse_answers_note(note), given)
                ],
            )

    form = question_form_for_seat(workspace_seed(visit.token), part)
    given = before if part == PARTS[0] else after
    through = draw_current_question(
        visit, f"think_{part}", form, given, save_answer, t("think.alone.private")
    )
    if through and part == PARTS[0]:
        st.markdown(t("think.alone.over"))
    if through and part == PARTS[1]:
        draw_changed_answers(visit, before, after)


def _parse_answers_note(note: object | None) -> tuple[StoredAnswer, ...]:
    return read_as_type_or_none(tuple[StoredAnswer, ...], note) or ()
