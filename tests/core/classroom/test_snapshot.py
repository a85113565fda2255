"""Where each student is and who needs help, derived from the students' rows and the time."""

from dataclasses import replace
from random import Random

import pytest

from fvapp.core.classroom.results import class_mission_results, result_rows
from fvapp.core.classroom.roster import Classroom, Student
from fvapp.core.classroom.rounds import Round, RoundEntry, round_group_name
from fvapp.core.classroom.snapshot import (
    LONG_ON_STEP,
    find_current_mission_step,
    take_class_snapshot,
    update_latest_activity,
)
from fvapp.core.classroom.student_row import StudentRow
from fvapp.core.missions.progress import MissionProgress, read_progress
from fvapp.core.missions.verdict import MissionVerdict
from fvapp.core.runs import KerasError, RunRecord, RunResult
from fvapp.core.settings import RunSettings

MISSIONS = ("network", "outputs", "no_flatten")
ROOM = Classroom("c", "teacher", "8b", "en", MISSIONS, "KTRWPX")
NOW = 10_000.0
# Progress of a student who has predicted in a round but has not opened the mission.
ASKED = MissionProgress(prediction="held")
PREDICTED = replace(ASKED, step="watch")
JUDGED = MissionProgress(prediction="held", judged=True, verdicts=(MissionVerdict("not_held"),))
DONE = replace(JUDGED, answers={"softmax": "a", "unseen": "c"})


def row(name, progress=None, runs=(), seen=NOW, **student):
    student = Student(name, f"workspace of {name}", name, **student)
    return StudentRow(student, {**read_progress(None), **(progress or {})}, runs, (), seen)


def run(number, accuracy=None, error=None, group=None, state=None, seed=7):
    result = RunResult(0.5, accuracy, 1.0) if accuracy is not None else None
    state = state or ("failed" if error else "done")
    settings = RunSettings(seed=seed)
    made = RunRecord(
        f"run {number}", number, settings, state, group=group, created=NOW, result=result
    )
    return replace(made, error=KerasError("ValueError", error) if error else None)


def snapshot(*rows, now=NOW, room=ROOM):
    watches = {each.student.id: update_latest_activity(each, None, MISSIONS, NOW) for each in rows}
    return take_class_snapshot(room, rows, watches, now)


def during(kind, subject=""):
    """Return the class during its fourth round."""
    return replace(ROOM, round=Round(4, kind, subject), rounds=4)


@pytest.mark.parametrize(
    ("progress", "place"),
    [
        ({}, ("network", "start")),
        ({"network": ASKED}, ("network", "start")),
        ({"network": MissionProgress(step="predict")}, ("network", "predict")),
        ({"network": PREDICTED}, ("network", "watch")),
        ({"network": replace(PREDICTED, step="predict")}, ("network", "predict")),
        ({"network": replace(JUDGED, step="result")}, ("network", "result")),
        ({"network": replace(ASKED, attempt=1)}, ("network", "watch")),
        ({"network": JUDGED}, ("network", "question")),
        ({"network": DONE}, ("outputs", "start")),
        ({"outputs": PREDICTED}, ("outputs", "watch")),
        ({"look": PREDICTED}, ("network", "start")),
    ],
)
def test_a_students_place_is_the_last_mission_begun_or_the_next_one(progress, place):
    assert find_current_mission_step({**read_progress(None), **progress}, MISSIONS) == place


def test_who_needs_help_comes_first_and_then_who_is_behind():
    rows = (
        row("far", {"network": DONE, "outputs": PREDICTED}),
        row("behind"),
        row("stuck", runs=[run(1, error="no"), run(2, error="no")]),
        row("asks", hand_at=NOW - 130),
    )
    seen = snapshot(*rows)
    assert [(student.id, student.help_reason) for student in seen.students] == [
        ("asks", "hand"),
        ("stuck", "error"),
        ("behind", None),
        ("far", None),
    ]
    assert len(seen.students_in_need) == 2
    assert seen.not_started_student_count == 1
    assert seen.working_student_count == 1
    assert seen.done_student_count == 0
    assert seen.present_student_count == 4
    assert seen.students[0].help_minutes == 2


def test_while_all_may_draw_all_take_part_in_the_round():
    room = during("draw", "1")
    for started, kind in ((NOW - 19, "draw"), (NOW - 60, "")):
        seen = snapshot(
            row("Mia"), room=replace(room, round=replace(room.current_round, started=started))
        )
        assert [each.round_kind for each in seen.students] == [kind]


def test_the_chart_of_missions_shows_those_who_are_here_like_the_counts_above_it():
    seen = snapshot(row("here"), row("away", seen=NOW - 1_000), row("done", {"network": DONE}))
    assert [each.id for each in seen.students_in_mission("network")] == ["here"]
    assert seen.present_student_count == 2


def test_a_board_does_not_show_who_has_answered_what_do_you_think():
    rows = row("Mia", entry=RoundEntry(4, answer="given")), row("Ali")
    seen = snapshot(*rows, room=during("think", "before"))
    assert [each.round_kind for each in seen.students] == ["think", "think"]


ROUNDS = {
    "predicts": ("predict", {"progress": {"network": ASKED}}),
    "draws": ("draw", {"entry": RoundEntry(4)}),
    "trains": ("seeds", {"runs": [run(1, 0.8, group=round_group_name("c", 4))]}),
    "hunts": ("hunt", {"runs": [run(1, state="running", group=round_group_name("c", 4))]}),
}


@pytest.mark.parametrize(("kind", "did"), ROUNDS.values(), ids=ROUNDS)
def test_who_takes_part_in_a_round_is_at_work_and_who_does_not_is_not(kind, did):
    rows = row("Mia", **did), row("Ali"), row("Zoe", entry=RoundEntry(3))
    seen = snapshot(*rows, room=during(kind, "network" if kind == "predict" else ""))
    kinds = {each.id: each.round_kind for each in seen.students}
    assert kinds == {"Mia": kind, "Ali": "", "Zoe": ""}
    assert seen.working_student_count == 1
    assert seen.not_started_student_count == 2
    assert seen.present_student_count == 3


@pytest.mark.parametrize(
    "change",
    [
        {"entry": RoundEntry(1)},
        {"made": ("a drawing",)},
        {"runs": [run(1, 0.8)]},
        {"runs": [run(1, state="running")]},
    ],
)
def test_any_activity_or_training_ends_a_students_idle_minutes(change):
    before = update_latest_activity(row("a"), None, MISSIONS, NOW)
    made = change.pop("made", ())
    after = NOW + 300
    now = replace(row("a", **change, seen=after), work_versions=made)
    for moment in (after, after + 120) if now.is_training else (after,):
        before = update_latest_activity(now, before, MISSIONS, moment)
        assert take_class_snapshot(ROOM, [now], {"a": before}, moment).students[0].idle_minutes == 0
    idle = update_latest_activity(row("b"), None, MISSIONS, NOW)
    assert update_latest_activity(row("b"), idle, MISSIONS, after).last_active_at == NOW


@pytest.mark.parametrize(
    "runs",
    [
        [run(1, error="no"), run(2, error="other")],
        [run(1, error="no"), run(2, 0.8)],
        [run(1, error="no", group="mission-3-1"), run(2, error="no", group="mission-3-2")],
    ],
    ids=["two errors", "it went", "wrong on purpose"],
)
def test_different_errors_or_errors_that_a_mission_intends_need_no_help(runs):
    assert snapshot(row("a", runs=runs)).students_in_need == ()


def test_a_student_long_on_a_step_needs_help_unless_a_run_trains_or_the_page_is_closed():
    later = NOW + LONG_ON_STEP + 1
    at = {"network": PREDICTED}
    stuck = row("a", at, seen=later)
    waiting = row("b", at, [run(1, state="running")], later)
    gone = row("c", at)
    seen = snapshot(stuck, waiting, gone, row("never began", seen=later), now=later)
    assert [(student.id, student.help_reason) for student in seen.students_in_need] == [
        ("a", "long")
    ]
    assert [student.id for student in seen.students if not student.is_present] == ["c"]
    helped = replace(stuck, student=replace(stuck.student, helped_at=later))
    assert snapshot(helped, now=later).students_in_need == ()


def test_time_on_a_step_counts_from_the_last_change_of_it():
    first = row("a")
    watch = update_latest_activity(first, None, MISSIONS, NOW)
    assert update_latest_activity(first, watch, MISSIONS, NOW + 60) is watch
    drawn = replace(first, activity_version=("a drawing",))
    busy = update_latest_activity(drawn, watch, MISSIONS, NOW + 60)
    assert (busy.step_started_at, busy.last_active_at) == (NOW + 60, NOW + 60)
    assert (
        update_latest_activity(first, watch, MISSIONS, NOW + 60, held=40).step_started_at
        == NOW + 40
    )
    on = replace(first, progress={**first.progress, "network": PREDICTED})
    assert update_latest_activity(on, watch, MISSIONS, NOW + 60).step_started_at == NOW + 60


@pytest.mark.parametrize("seed", range(8))
def test_who_works_outside_of_missions_is_not_stuck_on_a_step(seed):
    draw = Random(seed)
    own = row("a", {"network": PREDICTED})
    watch = update_latest_activity(own, None, MISSIONS, NOW)
    worked = NOW
    for minute in range(1, 60):
        now = NOW + 60 * minute
        did = draw.choice(["nothing"] * 5 + ["drew", "trained", "kept", "retried"])
        if did == "retried":
            retries = {"softmax": str(minute)}
            progress = {**own.progress, "network": replace(PREDICTED, retries=retries)}
            own = replace(own, progress=progress, activity_version=(minute,))
        elif did != "nothing":
            worked = now
            change = {
                "drew": {"activity_version": (minute,)},
                "trained": {"runs": (*own.runs, run(minute, 0.8))},
                "kept": {"work_versions": (minute,)},
            }
            own = replace(own, **change[did])
        watch = update_latest_activity(own, watch, MISSIONS, now)
        here = replace(own, last_seen_at=now)
        (student,) = take_class_snapshot(ROOM, [here], {"a": watch}, now).students
        assert (student.help_reason == "long") == (now - worked > LONG_ON_STEP)


def test_a_new_answer_or_result_makes_another_snapshot_and_a_second_more_does_not():
    before = snapshot(row("a", {"network": JUDGED}))
    assert before == snapshot(row("a", {"network": JUDGED}), now=NOW + 1)
    assert before != snapshot(row("a", {"network": replace(JUDGED, answers={"softmax": "b"})}))
    assert before != snapshot(row("a", {"network": JUDGED}, runs=[run(1, 0.8)]))
    # This run was tested on only three images.
    three = replace(run(2), result=RunResult(0.1, 1.0, 1.0, by_class=((3, 3),)))
    assert snapshot(row("a", runs=[run(1, 0.8), three])).students[0].best_accuracy == 0.8


def test_results_say_who_predicted_what_and_what_came_with_mean_and_spread():
    rows = [
        row("a", {"network": replace(JUDGED, runs=("run 1",))}, [run(1, 0.86, seed=1)]),
        row("b", {"network": replace(PREDICTED, runs=("run 2",))}, [run(2, 0.88, seed=2)]),
        row("c", {"network": replace(PREDICTED, runs=("deleted",))}),
    ]
    network, outputs, _ = class_mission_results(ROOM, rows)
    assert (network.prediction_counts, network.outcome_counts) == ({"held": 3}, {"not_held": 1})
    (dots,) = network.trial_results
    assert [(dot.accuracy, dot.seed) for dot in dots.results] == [(0.86, 1), (0.88, 2)]
    assert dots.mean_accuracy == pytest.approx(0.87)
    assert dots.accuracy_standard_deviation == pytest.approx(0.0141421, abs=1e-6)
    assert (outputs.prediction_total, outputs.verdict_total, outputs.trial_results) == (0, 0, ())
    crossed = replace(JUDGED, runs=tuple(f"run {number}" for number in range(1, 6)))
    (only_me,) = class_mission_results(
        replace(ROOM, missions=("only_me",)),
        [row("d", {"only_me": crossed}, map(run, [1, 2, 3], [0.9] * 3))],
    )
    assert [each.run_number for each in only_me.trial_results] == [0, 1]


def test_the_table_has_a_line_for_each_student_mission_and_run():
    two = replace(PREDICTED, runs=("run 1", "run 2"))
    rows = [
        row("b", {"network": two}, [run(1, 0.8), run(2, 0.9)]),
        row("a", {"outputs": PREDICTED}),
        row("idle"),
    ]
    lines = [
        (line.student.id, line.mission, line.run and line.run.id)
        for line in result_rows(ROOM, rows)
    ]
    assert lines == [("a", "outputs", None), ("b", "network", "run 1"), ("b", "network", "run 2")]
