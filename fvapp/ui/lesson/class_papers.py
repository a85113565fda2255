"""Draws download buttons for a school class's results, and a warning if the server's clock is wrong."""

from collections.abc import Callable

import streamlit as st

from fvapp.core.classroom import Classroom, StudentRow, class_mission_results, result_rows
from fvapp.core.classroom.kinds.think import write_answer_count_table
from fvapp.core.documents.class_results import (
    class_report_html,
    class_results_csv,
    student_names_in_tables,
    students_csv,
)
from fvapp.core.documents.papers import printable_sheet_html
from fvapp.ui.messages import draw_message
from fvapp.ui.parts import draw_download
from fvapp.ui.visit import Visit


def draw_clock_warning(visit: Visit) -> None:
    """Draw a warning if the clock of the computer that runs the app is wrong."""
    with visit.messages.showing_errors_here():
        if trouble := visit.engine.teachers.clock_error(visit.token):
            draw_message("notice", trouble.to_sentence(visit.t))


def draw_class_downloads(visit: Visit, classroom: Classroom, key: str = "") -> None:
    """Draw buttons to download a school class's results; a file is made only when requested.

    Args:
        key: suffix for the widget keys, needed on pages that list several classes.
    """
    t = visit.t
    named = st.checkbox(t("classroom.results.with_names"), key=f"with_names{key}")

    def rows_and_names() -> tuple[list[StudentRow], dict[str, str]]:
        rows = visit.engine.teachers.student_rows(visit.token, classroom.id)
        return rows, student_names_in_tables(rows, named, t)

    def make_runs_csv() -> bytes:
        rows, names = rows_and_names()
        return class_results_csv(result_rows(classroom, rows), names, t)

    def make_class_report() -> str:
        rows, names = rows_and_names()
        return printable_sheet_html(
            classroom.name,
            class_report_html(
                class_mission_results(classroom, rows),
                list(result_rows(classroom, rows)),
                names,
                t,
            ),
            t,
        )

    files: dict[str, Callable[[], str | bytes]] = {
        "students": lambda: students_csv(classroom, *rows_and_names(), t),
        "csv": make_runs_csv,
        "report": make_class_report,
    }
    if classroom.tallies:
        files["think"] = lambda: write_answer_count_table(classroom.tallies)
    with st.container(horizontal=True):
        for name, make in files.items():
            words = f"classroom.results.{name}"
            draw_download(f"class_{name}{key}", t(words), make, t(f"{words}_file"))
