"""Draws a school class's results for the teacher's board, the projector and downloads."""

from html import escape

import streamlit as st

from fvapp.charts.class_dots import accuracy_dots_svg
from fvapp.core.classroom import Classroom, MissionResults, class_mission_results
from fvapp.core.classroom.kinds import KINDS
from fvapp.core.documents.class_results import outcome_name, predictions_sentence
from fvapp.core.missions import MISSIONS, run_labels
from fvapp.core.templates import render_template
from fvapp.i18n import Translator
from fvapp.ui.browser import draw_expander
from fvapp.ui.classroom.kinds import load_round_screens
from fvapp.ui.lesson.class_papers import draw_class_downloads
from fvapp.ui.parts import draw_command_button, draw_svg, mission_name
from fvapp.ui.visit import Visit

_NARROW = 380  # width of a results chart on the board, in CSS pixels


def draw_class_results(visit: Visit, classroom: Classroom) -> None:
    """Draw the class's results for the teacher.

    The results are in an expander, since the teacher's screen may be projected.
    """
    draw_expander(
        "class_results",
        visit.t("classroom.results.title"),
        300,
        _draw_all_results,
        visit,
        classroom,
    )


def _draw_all_results(visit: Visit, classroom: Classroom) -> None:
    t = visit.t
    with visit.messages.showing_errors_here():
        rows = visit.engine.teachers.student_rows(visit.token, classroom.id)
        results = [
            result for result in class_mission_results(classroom, rows) if result.prediction_total
        ]
        if not results:
            st.caption(t("classroom.results.none"))
        for result in results:
            with st.container(key=f"results_{result.mission}", border=True):
                draw_mission_results(result, t, "board", _NARROW)
                shown = result.mission in classroom.revealed
                draw_command_button(
                    visit,
                    t(f"classroom.results.{'hide' if shown else 'reveal'}"),
                    f"reveal_{result.mission}",
                    visit.engine.teachers.show_mission_results,
                    classroom.id,
                    result.mission,
                    not shown,
                )
        for kind in KINDS:
            load_round_screens(kind).draw_stored_round_results(visit, classroom)
        draw_class_downloads(visit, classroom)


def draw_mission_results(result: MissionResults, t: Translator, key: str, width: int) -> None:
    """Draw a mission's results: a summary, predictions beside outcomes, and all test accuracies."""
    st.html(
        f"<h3>{escape(mission_name(result.mission, t))}</h3>"
        f"<p>{escape(predictions_sentence(result, t))}</p>"
    )
    st.html(prediction_bars_html(result, t))
    mission = MISSIONS[result.mission]
    labels = run_labels(mission.run_settings(), t) if mission.has_training_runs else []
    if mission.teaching_ways:
        labels = [t(f"missions.{mission.id}.{run}") for run in ("before", *mission.teaching_ways)]
    named = len(labels) > 1
    runs = [
        (labels[dots.run_number] if named and dots.run_number < len(labels) else "", dots)
        for dots in result.trial_results
    ]
    if runs:
        draw_svg(accuracy_dots_svg(runs, t, width), key=f"{key}_dots_{result.mission}")


def prediction_bars_html(result: MissionResults, t: Translator) -> str:
    """Return HTML bars: how many students predicted each outcome and how many obtained it."""
    outcomes = dict.fromkeys((*MISSIONS[result.mission].predictions, *result.outcome_counts))
    words = {outcome: outcome_name(result.mission, outcome, t) for outcome in outcomes}
    return render_template(
        __package__,
        "poll.html",
        t=t,
        result=result,
        words=words,
        most=max((*result.prediction_counts.values(), *result.outcome_counts.values(), 1)),
    )
