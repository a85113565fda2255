"""A class's results as a table, on paper and as dots; no typed text becomes a formula or HTML."""

import csv
import re
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from fvapp.charts.class_dots import RADIUS, WIDTH, accuracy_dots_svg
from fvapp.core.classroom.results import (
    TrialResult,
    TrialResults,
    class_mission_results,
    result_rows,
)
from fvapp.core.classroom.roster import Classroom, Student
from fvapp.core.classroom.student_row import StudentRow
from fvapp.core.documents.class_results import (
    class_report_html,
    class_results_csv,
    predictions_sentence,
    student_names_in_tables,
    students_csv,
)
from fvapp.core.documents.papers import seat_cards_html
from fvapp.core.missions import MISSIONS
from fvapp.core.missions.progress import MissionProgress, read_progress
from fvapp.core.missions.verdict import OUTCOMES, MissionVerdict
from fvapp.core.runs import RunRecord, RunResult
from fvapp.core.settings import RunSettings
from fvapp.i18n import Translator
from fvapp.ui.classroom.results import prediction_bars_html

T = Translator("en")
ROOM = Classroom("c", "t", "8b", "en", ("network",))
WILD = [
    "=cmd|'/c calc'!A1",
    "+1",
    "-1",
    "@SUM(A1)",
    '<script>alert("x")</script>',
    'a,"b";c',
    "\ufeffMia",
    "x;=1+1",
]


def row(nickname, number):
    run = RunRecord(
        f"r{number}", 1, RunSettings(seed=number), "done", result=RunResult(0.5, 0.8, 2.0), epoch=5
    )
    own = MissionProgress(
        prediction="held", judged=True, verdicts=(MissionVerdict("not_held"),), runs=(run.id,)
    )
    student = Student(f"m{number}", f"w{number}", nickname)
    return StudentRow(student, {**read_progress(None), "network": own}, [run], (), 0.0)


ROWS = [row(name, number) for number, name in enumerate(WILD)]
NAMES = student_names_in_tables(ROWS, True, T)


def test_the_table_has_a_line_for_each_and_no_cell_is_a_formula():
    text = class_results_csv(result_rows(ROOM, ROWS), NAMES, T).decode("utf-8-sig")
    head, *lines = csv.reader(text.splitlines())
    assert len(lines) == len(WILD) and len({len(line) for line in (head, *lines)}) == 1
    assert not [cell for line in lines for cell in line if cell[:1] in tuple("=+-@\t\r")]
    title = T(
        "missions.page.name", mark=MISSIONS["network"].short_name, title=T("missions.network.title")
    )
    assert {"0.8000", "2.0", title} <= set(lines[0])
    # In many countries, spreadsheets read semicolons as separators.
    apart = [cell for line in csv.reader(text.splitlines(), delimiter=";") for cell in line]
    assert len(apart) == len(lines) + 1
    assert not [cell for cell in apart if cell.startswith(tuple("=+-@\t\r"))]


def test_the_other_table_has_a_line_for_each_student_and_the_same_columns_for_each_mission(t):
    text = students_csv(replace(ROOM, missions=("network", "look")), ROWS, NAMES, t)
    assert text.startswith(b"\xef\xbb\xbf")  # without this mark, Excel misreads Chinese text
    head, *lines = csv.reader(text.decode("utf-8-sig").splitlines())
    assert len(lines) == len(WILD) and {len(line) for line in (head, *lines)} == {2 + 2 * 4}
    assert not [cell for line in lines for cell in line if cell[:1] in tuple("=+-@\t\r")]
    held, not_held = (t(f"missions.network.predict.{outcome}") for outcome in ("held", "not_held"))
    assert [line[2:] for line in lines] == [[held, not_held, "", "2.0", "", "", "", ""]] * len(WILD)
    assert {line[1][:4] for line in lines} == {"1970"}
    assert "&lt;script&gt;" in seat_cards_html([(WILD[4], "7KQ2")], "", t)


@pytest.mark.parametrize(("rows", "has_spread"), [(ROWS, True), (ROWS[:1], False)])
def test_a_single_run_has_no_spread(rows, has_spread):
    body = class_report_html(class_mission_results(ROOM, rows), [], {}, T)
    assert T("classroom.results.accuracy") in body and ("spread" in body) == has_spread


@pytest.mark.parametrize("named", [True, False])
def test_the_paper_escapes_names_or_leaves_them_out(named):
    body = class_report_html(
        class_mission_results(ROOM, ROWS),
        list(result_rows(ROOM, ROWS)),
        student_names_in_tables(ROWS, named, T),
        T,
    )
    assert "<script>" not in body and ("&lt;script&gt;" in body) == named
    assert ("Student 1" in body) != named
    assert predictions_sentence(class_mission_results(ROOM, ROWS)[0], T)[:8] in body


def test_the_sentence_says_what_most_predicted_and_for_how_many_it_came_out():
    said = predictions_sentence(class_mission_results(ROOM, ROWS)[0], T)
    assert said.startswith("8 of 8 predicted") and "for 0 of 8" in said
    waiting = [
        replace(each, progress={**each.progress, "network": MissionProgress(prediction="held")})
        for each in ROWS
    ]
    assert "No result yet" in predictions_sentence(class_mission_results(ROOM, waiting)[0], T)


def test_wall_table_and_paper_say_of_a_verdict_what_its_student_reads(t):
    open_one = MissionProgress(
        "within_noise", judged=True, verdicts=(MissionVerdict("within_noise", undecided=OUTCOMES),)
    )
    rows = [replace(each, progress={**each.progress, "network": open_one}) for each in ROWS]
    (result,) = class_mission_results(ROOM, rows)
    assert dict(result.outcome_counts) == {None: 8}
    words = t("missions.page.too_close")
    said = predictions_sentence(result, t)
    assert said == t(
        "classroom.results.sentence_open",
        **{"n": 8, "total": 8, "came": 0, "judged": 8, "open": 8},
        choice=t("missions.network.predict.within_noise").rstrip(".。"),
    )
    assert (
        class_results_csv(result_rows(ROOM, rows), NAMES, t).decode("utf-8-sig").count(words) == 8
    )
    assert words in prediction_bars_html(result, t)
    assert said in class_report_html([result], list(result_rows(ROOM, rows)), NAMES, t)


@pytest.mark.parametrize("named", [True, False])
def test_tables_and_paper_say_nicknames_all_of_them_or_none_and_call_a_student_the_same(t, named):
    students = [row(f"Mia {number}x", number) for number in range(12)]
    # This student has not started a mission, and so appears in only one of the two tables.
    students[3] = replace(students[3], progress=read_progress(None))
    names = student_names_in_tables(students, named, t)
    lines = list(result_rows(ROOM, students))
    first = class_results_csv(lines, names, t).decode("utf-8-sig")
    second = students_csv(ROOM, students, names, t)
    papers = (
        first
        + second.decode("utf-8-sig")
        + class_report_html(class_mission_results(ROOM, students), lines, names, t)
    )
    assert [each.student.nickname in papers for each in students] == [named] * 12
    called = [
        {line[0] for line in list(csv.reader(text.splitlines()))[1:]}
        for text in (first, second.decode("utf-8-sig"))
    ]
    assert called[1] == set(names.values()) and called[0] == called[1] - {names["m3"]}


@pytest.mark.parametrize(
    "accuracies", [[0.5], [0.1, 1.0], [0.0] * 3, [0.88] * 200, [0.8 + n / 2_000 for n in range(60)]]
)
def test_dots_stand_within_their_axis_however_many_there_are(t, accuracies):
    svg = ElementTree.fromstring(
        accuracy_dots_svg(
            [("<512>", TrialResults(0, tuple(map(TrialResult, accuracies, range(200)))))], t
        )
    )
    circles = [each for each in svg.iter() if each.tag.endswith("circle")]
    assert len(circles) == len(accuracies)
    assert all(
        RADIUS <= float(each.get("cx")) <= WIDTH - RADIUS and float(each.get("cy")) > 0
        for each in circles
    )
    places = [(each.get("cx"), each.get("cy")) for each in circles]
    assert len(set(places)) == len(places)


def test_the_runs_of_a_mission_stand_above_one_axis_below_each_other():
    runs = [
        (f"{n} neurons", TrialResults(n, (TrialResult(0.8, 1), TrialResult(0.8 + n / 1_000, 2))))
        for n in range(1, 5)
    ]
    svg = ElementTree.fromstring(accuracy_dots_svg(runs, T))
    circles = [
        (float(each.get("cx")), float(each.get("cy")))
        for each in svg.iter()
        if each.tag.endswith("circle")
    ]
    lines = [(circles[place], circles[place + 1]) for place in range(0, 8, 2)]
    # The same accuracy is drawn at the same x in all four lines.
    assert len({first[0] for first, _ in lines}) == 1
    assert [max(a[1], b[1]) < min(c[1], d[1]) for (a, b), (c, d) in pairwise(lines)] == [True] * 3
    said = [each.text for each in svg.iter() if each.tag.endswith("text")]
    assert [text for text in said if "neurons" in text] == [
        f"{n} neurons · 2 runs" for n in range(1, 5)
    ]
    assert said[-2:] == ["79%", "82%"]


@pytest.mark.parametrize("width", [WIDTH, 320])
def test_the_band_is_named_and_as_wide_on_the_axis_as_the_spread_that_is_stated(t, width):
    results = TrialResults(0, tuple(map(TrialResult, (0.864, 0.8721, 0.8774), range(3))))
    svg = ElementTree.fromstring(accuracy_dots_svg([("", results)], t, width))
    (band,) = (each for each in svg.iter() if each.tag.endswith("rect"))
    (line,) = (each.get("d") for each in svg.iter() if each.tag.endswith("path"))
    *_, (left, _, right) = re.findall(r"M([\d.]+) ([\d.]+)H([\d.]+)", line)
    said = [each for each in svg.iter() if each.tag.endswith("text")]
    assert [each.text for each in said[-3:]] == [t("classroom.results.band"), "86%", "88%"]
    assert [each.get("x") for each in said[-2:]] == [left, right], "the axis ends at its numbers"
    points = 2 * float(band.get("width")) / (float(right) - float(left))
    assert points == pytest.approx(2 * 100 * results.accuracy_standard_deviation, abs=0.01)
