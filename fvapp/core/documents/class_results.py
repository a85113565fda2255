"""Writes the results of a school class, as tables for a spreadsheet and as a page to print."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from io import StringIO

from fvapp.core.classroom import Classroom, MissionResults, ResultRow, StudentRow
from fvapp.core.missions.table import MISSIONS
from fvapp.core.missions.verdict import outcome_words
from fvapp.core.names import escape_csv_cell
from fvapp.core.templates import render_template
from fvapp.core.wording import Translate, percentage_points_text

_COLUMNS = (
    "mission",
    "prediction",
    "verdict",
    "right",
    "run",
    "state",
    "seed",
    "epochs",
    "accuracy",
    "seconds",
)
_OF_MISSION = ("prediction", "verdict", "right", "seconds")


def class_facts_line(classroom: Classroom, students: int, t: Translate) -> str:
    """Return a line about a school class: open or closed, number of students, last day of use."""
    facts = (
        t(
            "classroom.open.is_open"
            if classroom.is_open_to_students
            else "classroom.open.is_closed"
        ),
        t("classroom.open.students", n=students),
        t(
            "classroom.open.last_used",
            date=datetime.fromtimestamp(classroom.used).strftime("%Y-%m-%d"),
        ),
    )
    return " · ".join(facts)


def predictions_sentence(result: MissionResults, t: Translate) -> str:
    """Return a sentence on the most frequent prediction of students, and how often it came true."""
    if not result.prediction_counts:
        return t("classroom.results.none")
    outcome, count = max(result.prediction_counts.items(), key=lambda pair: pair[1])
    left_open = result.outcome_counts.get(None, 0)
    sentence = "sentence_open" if left_open else "sentence"
    if not result.verdict_total:
        sentence = "not_judged"
    return t(
        f"classroom.results.{sentence}",
        n=count,
        total=result.prediction_total,
        choice=outcome_name(result.mission, outcome, t).rstrip(".。"),
        came=result.outcome_counts.get(outcome, 0),
        judged=result.verdict_total,
        open=left_open,
    )


def student_names_in_tables(
    rows: Iterable[StudentRow], named: bool, t: Translate
) -> dict[str, str]:
    """Return each student's name in tables, by id: the nickname if `named`, else a number."""
    students = sorted(
        (row.student for row in rows), key=lambda student: student.nickname.casefold()
    )
    numbered = {
        student.id: t("classroom.results.student_number", n=n)
        for n, student in enumerate(students, start=1)
    }
    return {student.id: student.nickname for student in students} if named else numbered


def class_results_csv(rows: Iterable[ResultRow], names: Mapping[str, str], t: Translate) -> bytes:
    """Return a CSV file with a line for each run of each mission that a student began.

    Args:
        names: student id -> name, from :func:`student_names_in_tables`.
    """
    return _write_safe_csv(_results_table(rows, names, t))


def students_csv(
    classroom: Classroom, rows: Iterable[StudentRow], names: Mapping[str, str], t: Translate
) -> bytes:
    """Return a CSV file with a line for each student and several columns for each mission.

    One column contains the time at which a student was last seen. If the student has not been seen
    since the server started, the time of the last run, or of joining the class, is used instead.

    Args:
        names: student id -> name, from :func:`student_names_in_tables`.
    """
    missions = [mission for mission in classroom.missions if mission in MISSIONS]
    head = [
        f"{MISSIONS[mission].short_name} · {_column_heading(name, t)}"
        for mission in missions
        for name in _OF_MISSION
    ]
    lines: list[list[object]] = [
        [_column_heading("student", t), _column_heading("last_seen", t), *head]
    ]
    for row in sorted(rows, key=lambda row: row.student.nickname.casefold()):
        seen = max(row.last_seen_at, row.student.joined, *(run.created for run in row.runs))
        lines.append(
            [names[row.student.id], datetime.fromtimestamp(seen).strftime("%Y-%m-%d %H:%M")]
        )
        for mission in missions:
            own = row.progress[mission]
            trained = [
                run.result.seconds
                for run in row.runs
                if run.id in own.runs and run.result is not None
            ]
            lines[-1] += _result_cells(ResultRow(row.student, mission, own, None), t)[1:4]
            lines[-1].append(f"{sum(trained):.1f}" if trained else "")
    return _write_safe_csv(lines)


def _write_safe_csv(lines: Iterable[Sequence[object]]) -> bytes:
    """Return a CSV file without any cell that a spreadsheet would treat as a formula.

    All cells are quoted, because a semicolon in a text would start a new cell in a spreadsheet that
    separates cells by semicolons.
    """
    file = StringIO()
    csv.writer(file, quoting=csv.QUOTE_ALL).writerows(
        [escape_csv_cell(str(cell)) for cell in line] for line in lines
    )
    return file.getvalue().encode("utf-8-sig")  # Excel recognises UTF-8 by the byte order mark


def class_report_html(
    results: Sequence[MissionResults],
    rows: Sequence[ResultRow],
    names: Mapping[str, str],
    t: Translate,
) -> str:
    """Return the results of a school class as HTML to print.

    Args:
        names: student id -> name, from :func:`student_names_in_tables`.
    """
    return render_template(
        __package__,
        "class_report.html",
        t=t,
        results=results,
        table=_results_table(rows, names, t),
        sentence=predictions_sentence,
        points=percentage_points_text,
        missions=MISSIONS,
    )


def _results_table(
    rows: Iterable[ResultRow], names: Mapping[str, str], t: Translate
) -> list[Sequence[object]]:
    """Return the lines of a results table: first the headings, then a line for each of `rows`."""
    head = [_column_heading(name, t) for name in ("student", *_COLUMNS)]
    return [head, *((names[row.student.id], *_result_cells(row, t)) for row in rows)]


def _result_cells(row: ResultRow, t: Translate) -> list[object]:
    mission = MISSIONS[row.mission]
    own = row.progress
    run = row.run
    prediction = outcome_name(row.mission, own.prediction, t) if own.prediction else ""
    came = outcome_name(row.mission, own.verdicts[0].shown_outcome, t) if own.verdicts else ""
    right = (
        f"{own.count_correct_first_tries(mission)}/{len(mission.questions)}" if own.answers else ""
    )
    cells: list[object] = [
        f"{mission.short_name} · {t(f'missions.{mission.id}.title')}",
        prediction,
        came,
        right,
    ]
    if run is not None:
        cells += [run.number, t(f"states.{run.state}"), run.settings.seed, run.epoch]
        if run.result is not None:
            accuracy = "" if run.result.is_untested else f"{run.result.test_accuracy:.4f}"
            cells += [accuracy, f"{run.result.seconds:.1f}"]
    return cells + [""] * (len(_COLUMNS) - len(cells))


def outcome_name(mission: str, outcome: str | None, t: Translate) -> str:
    """Return the name of an outcome of a mission, as the page of the mission shows it."""
    return outcome_words(mission, MISSIONS[mission].predictions, outcome, t)


def _column_heading(name: str, t: Translate) -> str:
    return t(f"classroom.results.{name}")
