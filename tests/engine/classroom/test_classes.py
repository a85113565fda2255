"""Classes from opening to deletion: what teachers and students do, and what survives a restart."""

import sqlite3
from contextlib import closing
from functools import partial
from time import mktime, time

import numpy as np
import pytest

from fvapp.core.classroom.roster import TeacherControls
from fvapp.core.classroom.student_row import AWAY_SECONDS
from fvapp.core.missions import MISSIONS
from fvapp.core.missions.class_time import LESSON
from fvapp.core.missions.progress import MissionProgress, write_progress
from fvapp.engine.classroom.register import KEPT_DAYS
from fvapp.engine.store.calendar import DAY, TrustedClock
from real_engine import SMALL
from scripted_engine import ScriptedEngine, new_visitor, refused
from stored import other_process

PAGES = ("train", "draw")


def test_a_student_joins_by_code_and_takes_a_seat(room):
    mia = room.join("Mia")
    seat = room.seat(mia)
    assert seat.class_name == "8b"
    assert seat.nickname == "Mia"
    assert seat.missions == LESSON
    assert not seat.is_hand_up
    assert not room.engine.teachers.open_classes_of_teacher(mia) and room.seat(room.teacher) is None
    with refused("class_joined"):
        room.join("Mia again", mia)
    with refused("nickname_taken"):
        room.join("mia")
    room.teachers.allow_joining(False)
    with refused("class_door_closed"):
        room.join("Ali")
    assert room.seat(mia) is not None
    room.leave(mia)
    assert room.seat(mia) is None and room.students() == {}


def test_the_teachers_settings_reach_all_students_at_once_and_nobody_else(room):
    stranger = room.enter()
    untold = room.version(stranger)
    mia = room.join("Mia")
    before = room.version(mia)
    room.teachers.steer_screens(PAGES, eyes_up="Look here", pages=("draw",))
    assert room.version(mia) > before
    assert room.seat(mia).teacher_controls == TeacherControls(pages=("draw",), eyes_up="Look here")
    room.skip(2.0)
    assert room.version(stranger) == untold


def test_a_students_activity_reaches_the_teacher_within_a_second(room):
    mia = room.join("Mia")
    room.skip(1.0)
    before = room.version(room.teacher)
    room.engine.students.raise_hand(mia, True)
    room.skip(1.0)
    assert room.version(room.teacher) > before
    assert room.students()["Mia"].help_reason == "hand"
    after = room.version(room.teacher)
    room.skip(1.0)
    # Nothing has changed in the class, so its version number stays the same.
    assert room.version(room.teacher) == after
    room.engine.notes.change_note(
        mia, "lessons", lambda _: write_progress({"look": MissionProgress("held", step="watch")})
    )
    assert room.students()["Mia"].mission_step == "watch"
    room.teachers.record_student_helped(room.student("Mia"))
    assert room.teachers.class_snapshot().students_in_need == ()


def test_all_runs_of_the_class_stop_and_no_others(room):
    mia = room.join("Mia")
    stranger = room.enter()
    other = stranger.submit(SMALL)
    room.engine.runs.submit_runs(mia, [SMALL] * 3)
    assert room.teachers.stop_all_runs() == 3
    room.engine.advance()
    room.skip(1.0)
    assert {run.state for run in mia.runs()} == {"stopped"}
    assert stranger.run(other.id).state == "running"


def test_a_closed_class_frees_its_students_and_opens_again_with_them(room):
    mia = room.join("Mia")
    code = room.code
    room.teachers.steer_screens(PAGES, eyes_up="Look here", pages=("draw",))
    room.teachers.close_class()
    assert room.seat(mia) is None and room.classroom is None
    with refused("class_code_unknown"):
        room.engine.students.join_class(room.enter(), code, "Ali")
    assert [row.student.nickname for row in room.teachers.student_rows()] == ["Mia"]
    assert room.teachers.reopen_class().code != code
    assert room.seat(mia).teacher_controls == TeacherControls(pages=("draw",))


def test_a_teacher_holds_ten_classes_at_once_and_each_on_its_own(room):
    teachers = room.engine.teachers
    mia = room.join("Mia")
    first, second, third, *_ = [
        teachers.open_class(room.teacher, f"9{n}", "en", LESSON).id for n in range(9)
    ]
    with refused("limit_open_classes"):
        room.beside(room.teacher, "10")
    teachers.close_class(room.teacher, first)
    room.beside(room.teacher, "10")
    with refused("limit_open_classes"):
        teachers.reopen_class(room.teacher, first)
    # The class is still open, so opening it again changes nothing.
    assert room.teachers.reopen_class().code == room.code
    teachers.close_class(room.teacher, second)
    teachers.delete_class(room.teacher, third)
    assert len(teachers.open_classes_of_teacher(room.teacher)) == 8 and room.seat(mia)


def test_a_student_who_joins_another_class_is_shown_only_there(room):
    mia = room.join("Mia")
    engine = room.engine
    room.teachers.close_class()
    other = room.beside()
    engine.skip(1.0)
    other.join("Mimi", mia)
    room.teachers.reopen_class()
    engine.runs.submit_runs(mia, [SMALL])
    assert room.students() == {} and room.teachers.stop_all_runs() == 0
    room.rounds.start_round("seeds")
    assert room.round_of(mia) is None and len(mia.runs()) == 1
    engine._class_register.unseat_students(room.classroom)
    engine._class_register.unseat_students(other)
    # The server seats the students like this when it starts.
    engine._class_register.seat_students(*engine._class_register.class_rows.classes.values())
    assert room.seat(mia).nickname == "Mimi"
    room.leave(mia)
    room.join("Mia", mia)  # joins again, and still has a single row
    assert room.seat(mia).class_name == "8b" and set(room.students()) == {"Mia"}
    assert [row.student.nickname for row in room.teachers.student_rows()] == ["Mia"]


def test_a_removed_student_may_return_and_a_banned_one_may_not(room):
    mia = room.join("Mia")
    ali = room.join("Ali")
    room.remove("Mia")
    room.remove("Ali", ban=True)
    assert room.seat(mia) is None and room.seat(ali) is None
    room.join("Mia", mia)
    with refused("class_banned"):
        room.join("Ali two", ali)
    room.join("Ali")  # another student may use the name
    assert set(room.students()) == {"Mia", "Ali"}


def test_a_nickname_of_their_own_shows_once_the_teacher_has_let_it_and_all_pages_are_told_at_once(
    room,
):
    room.join("Mia")
    room.join("Quiet Otter", offered=True)
    assert {name: student.is_name_public for name, student in room.students().items()} == {
        "Mia": False,
        "Quiet Otter": True,
    }
    before = room.version(room.teacher)
    room.teachers.show_nickname_on_projector(room.student("Mia"))
    assert room.version(room.teacher) > before
    room.teachers.rename_student(room.student("Quiet Otter"), "Otter")
    assert all(student.is_name_public for student in room.students().values())
    with refused("nickname_taken"):
        room.teachers.rename_student(room.student("Otter"), "Mia")


def test_a_student_has_the_seat_of_the_open_class_else_of_the_latest_one(room):
    mia = room.join("Mia")
    other = room.enter()
    first = room.classroom.id
    room.teachers.close_class()
    room.skip(1.0)
    second = room.beside(other)
    second.join("Mimi", mia)
    assert room.engine.students.latest_seat(mia) == ("9a", "Mimi")
    second.teachers.close_class()
    assert room.engine.students.latest_seat(mia) == ("9a", "Mimi")
    room.engine.teachers.reopen_class(room.teacher, first)
    assert room.engine.students.latest_seat(mia) == ("8b", "Mia")
    room.remove("Mia", ban=True)
    assert room.engine.students.latest_seat(mia) == ("9a", "Mimi")
    assert room.engine.students.latest_seat(other) is None


@pytest.mark.parametrize(
    "takes_out",
    [
        lambda room, _: room.teachers.delete_class(),
        lambda room, student: room.teachers.remove_student(student),
        lambda room, student: room.teachers.remove_idle_students([student]),
    ],
)
def test_switching_to_another_student_leaves_the_student_and_deleting_the_work_does_not(
    room, takes_out
):
    mia = room.join("Mia")
    ali = room.join("Ali")
    workspace = room.engine.workspaces.workspace_id(mia)
    room.engine.workspaces.leave_workspace(mia)
    assert set(room.students()) == {"Mia", "Ali"}
    room.engine.workspaces.delete_workspace(ali)
    assert set(room.students()) == {"Mia"}
    takes_out(room, room.student("Mia"))
    # The student's workspace is deleted, because nobody can open it any more.
    with refused("unknown_workspace"):
        room.engine._engine_state.workspaces.find_or_load_workspace(workspace)


def test_after_twenty_wrong_codes_only_that_browser_waits_an_hour(room):
    eager = room.enter()
    for _ in range(20):
        with refused("class_code_unknown"):
            room.engine.students.join_class(eager, "BBBBBB", "Mia")
    with refused("limit_guesses"):
        room.join("Mia", eager)
    room.join("Ali")
    room.skip(3_601)
    room.join("Mia", eager)


def test_a_script_guesses_from_one_address_and_a_class_behind_one_never_comes_to_that(hold):
    room = hold(guesses_an_hour_all=800)
    engine = room.engine
    join = partial(room.engine.students.join_class, address="10.0.0.1")
    for number in range(42):
        student = room.enter()
        for _ in range(19 if number < 40 else 20):
            with refused("class_code_unknown"):
                join(student, "BBBBBB", "x")
        if number < 40:
            join(student, room.code, f"Mia {number}")
    script = room.enter()
    known = room.enter()
    with refused("limit_guesses_all"):
        join(script, room.code, "Bot")
    join(room.enter(), room.code, "Zoe", address="10.0.0.2")
    room.train(known)
    join(known, room.code, "Ali")
    with refused("limit_guesses_all"):
        engine.teachers.try_teachers_password(script, True, address="10.0.0.1")


def test_an_unused_class_gives_way_to_a_new_one_and_classes_have_a_limit_of_students(
    hold,
):
    room = hold(classes=2, class_members=3)
    teachers = room.engine.teachers
    three, *_ = room.join_many(3)
    with refused("class_full"):
        room.join("Ali")
    with refused("class_held"):
        room.join("Ali", room.teacher)
    with refused("class_joined"):
        room.beside(three, "8c")
    two = room.enter()
    room.beside(two, "8b")
    # A new class is allowed here, because the class 8b has no students.
    code = room.beside(room.enter(), "8c").code
    assert teachers.open_classes_of_teacher(room.teacher)
    assert not teachers.open_classes_of_teacher(two)
    room.engine.students.join_class(two, code, "Zoe")
    for student in (two, three):
        room.train(student)
    room.engine.step()
    with refused("limit_classes"):
        room.beside(room.enter(), "8d")


def test_a_script_that_opens_classes_takes_none_that_somebody_uses_and_keeps_nobody_out(hold):
    room = hold(classes=3)
    code = room.code
    host = room.enter()
    teachers = room.engine.teachers
    student, *_ = room.join_many(5)
    with refused("teachers_code_unknown"):
        teachers.claim_teachers_right(host, "0000-0000-0000-0000")
    assert teachers.all_classes(host) is None
    teachers.show_teachers_addresses(
        lambda path: teachers.claim_teachers_right(host, path.partition("=")[2])
    )
    own = room.beside(host, "9b")
    for _ in range(20):  # twenty classes with three bots each
        room.skip(1.0)
        made = room.beside(room.enter(), "x")
        for number in range(3):
            made.join(f"Bot {number}")
    assert room.code == code and teachers.open_classes_of_teacher(host)
    room.beside(room.enter(), "9c")
    own.teachers.close_class()
    room.beside(host, "9d")
    found = teachers.all_classes(host)
    assert sorted(each.name for each, _ in found) == ["8b", "9b", "9c", "9d", "x"]
    for classroom, _ in found:
        teachers.delete_class(host, classroom.id)
    assert teachers.all_classes(host) == () and room.seat(student) is None


DEEDS = {
    "train": lambda room, token: room.engine.runs.submit_runs(token, [SMALL]),
    "draw": lambda room, token: room.engine.notes.remember_page_data(token, "drawing_mnist", b"[]"),
    "draw in a round": lambda room, token: draw_and_keep(room, token),
    "predict": lambda room, token: room.engine.notes.change_note(
        token, "lessons", lambda _: write_progress({"look": MissionProgress(prediction="held")})
    ),
    "keep an example": lambda room, token: room.engine.examples.keep_example(
        token, "mnist", np.eye(28, dtype=np.uint8), 1
    ),
}


def draw_and_keep(room, token):
    engine = room.engine
    room.rounds.start_round("word", "fish")
    number = engine.teachers.open_classes_of_teacher(room.teacher)[0].round.number
    engine.rounds.put_drawing_on_wall(token, number, np.eye(28, dtype=np.uint8) * 255)
    room.rounds.reveal_round()
    room.class_drawings.keep_wall_drawings()
    room.rounds.end_round()


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
def test_any_activity_takes_a_student_off_the_list_of_idle_ones(room, deed):
    mia = room.join("Mia")
    bot = room.join("Bot")
    # The bot has followed a link to the class and done nothing else.
    room.engine.notes.remember_page_data(bot, "class_link", room.code.encode())
    deed(room, mia)
    room.skip(1.0)
    seen = room.teachers.class_snapshot().students
    assert {each.nickname: each.has_done_nothing for each in seen} == {"Mia": False, "Bot": True}
    kept = sum(room.class_drawings.summarize_kept_drawings().drawings_by_word.values())
    assert kept == (deed is DEEDS["draw in a round"])
    room.join("Late")  # joins after the teacher has looked
    assert room.teachers.remove_idle_students([each.id for each in seen]) == 1
    assert set(room.students()) == {"Mia", "Late"} and room.seat(bot) is None
    assert sum(room.class_drawings.summarize_kept_drawings().drawings_by_word.values()) == kept


def test_a_student_who_keeps_drawing_is_not_idle(room):
    mia = room.join("Mia")
    room.join("Ali")
    assert len(room.students()) == 2
    for drawing in (b"[1]", b"[1,2]"):
        room.skip(119.0)
        room.engine.notes.remember_page_data(mia, "drawing_mnist", drawing)
        assert {each.nickname: each.idle_minutes for each in room.students().values()}["Mia"] == 0
    assert room.students()["Ali"].idle_minutes == 4


def test_joining_a_full_class_replaces_an_absent_student_who_did_nothing(hold):
    room = hold(class_members=3)
    mia, ali, script = map(room.join, ("Mia", "Ali", "Bot"))
    room.train(mia)
    with refused("class_full"):
        room.join("Zoe")
    room.skip(AWAY_SECONDS + 1)
    room.version(ali)
    room.join("Zoe")
    assert room.seat(mia) and room.seat(ali) and room.seat(script) is None
    with refused("class_full"):
        room.join("Bot", script)


def test_a_class_outlives_the_server_and_a_damaged_row_of_it_does_no_harm(hold, restart, tmp_path):
    room = hold("zh-Hans")
    mia = room.join("Mia")
    ali = room.join("Ali")
    room.teachers.steer_screens(PAGES, up_to="network")
    room.engine.close()
    with other_process(tmp_path) as database:
        database.execute("UPDATE members SET body = 'no' WHERE body LIKE '%\"Ali\"%'")
    restart(room)
    assert room.seat(mia).teacher_controls.up_to == "network" and room.seat(ali) is None
    assert room.classroom.language == "zh-Hans"


def test_a_class_with_missions_of_another_version_goes_on_and_stops_no_other_one(
    scripted, tmp_path
):
    engine = scripted()
    teachers = [new_visitor(engine) for _ in range(3)]
    for token, missions in zip(teachers, (("look", "network"), ("network",), LESSON), strict=True):
        code = engine.teachers.open_class(token, "8b", "en", missions).code
        engine.students.join_class(new_visitor(engine), code, "Mia")
    engine.rounds.start_round(
        teachers[0],
        engine.teachers.open_classes_of_teacher(teachers[0])[0].id,
        "predict",
        "network",
    )
    engine.close()
    with other_process(tmp_path) as database:
        database.execute(
            "UPDATE classes SET body = replace(body, '\"network\"', '\"of a later version\"')"
        )
    engine = scripted()
    engine.start()
    for token, missions in zip(
        teachers, (("look",), tuple(MISSIONS), LESSON[:1] + LESSON[2:]), strict=True
    ):
        engine.workspaces.latest_change_number(token)
        engine.skip(1.0)
        (room,) = engine.teachers.open_classes_of_teacher(token)
        assert (room.missions, room.round) == (missions, None)
        assert [
            each.mission for each in engine.teachers.class_snapshot(token, room.id).students
        ] == [missions[0]]


def test_a_class_goes_thirty_days_after_its_last_use_once_another_day_of_use_says_so(room):
    engine = room.engine
    teacher = room.teacher
    engine.teachers.close_class(teacher, room.id)
    engine.skip(KEPT_DAYS * DAY)
    assert len(engine.teachers.classes_of_teacher(teacher)) == 1
    engine.skip(61)
    assert engine.teachers.classes_of_teacher(teacher) == ()
    assert engine._class_register.class_rows.classes
    assert engine.teachers.clock_error(teacher).code == "classes_hidden"
    engine.skip(DAY)
    assert engine.teachers.clock_error(teacher) is None
    assert not engine._class_register.class_rows.classes


CLOCKS = {
    "forty days ahead for a day": [(0, 0), (40, 40), (1, 1), (2, 2), (3, 3)],
    "forty days ahead and back in a lesson": [(0, 0), (1, 41), (41, 1), (2, 2), (3, 3)],
    "three years back, set right in a lesson": [(0, 0), (-1095, 1), (2, 2), (3, 3)],
    "three years back for a day": [(0, 0), (-1095, -1095), (1, 1), (2, 2), (3, 3)],
    "three years ahead for a day, and unused": [(0, 1095), (1, 1), (2, 2), (3, 3)],
    "holidays": [(0, 0), (29, 29)],
}
"""Name of a case -> pairs of days: the clock's date when the app starts, and later in a lesson."""


@pytest.mark.parametrize("days", CLOCKS.values(), ids=CLOCKS)
def test_a_wrong_clock_loses_no_class(tmp_path, days):
    teacher = other = mia = None
    for first, then in days:
        with closing(ScriptedEngine(tmp_path, set_by=first * DAY)) as engine:
            engine.start()
            if teacher is None:
                teacher, other, mia = (new_visitor(engine) for _ in range(3))
                code = engine.teachers.open_class(teacher, "8b", "en", LESSON).code
                engine.students.join_class(mia, code, "Mia")
                engine.teachers.close_class(
                    other, engine.teachers.open_class(other, "9a", "en", LESSON).id
                )
            engine.students.find_own_seat(mia)
            engine.set_by = then * DAY
            engine.skip(61)
            assert bool(engine.teachers.clock_error(teacher)) == (first != then or first == 40)
            assert len(engine._class_register.class_rows.classes) == 2
    with closing(ScriptedEngine(tmp_path, set_by=days[-1][0] * DAY)) as engine:
        assert engine.students.find_own_seat(mia)
        assert engine.teachers.open_classes_of_teacher(teacher)
        assert engine.teachers.classes_of_teacher(other)
        assert all(
            each.used <= time() + (first + 1) * DAY
            for each in engine._class_register.class_rows.classes.values()
        )
    with closing(sqlite3.connect(tmp_path / "copies" / "hour.sqlite3")) as copy:
        assert copy.execute("SELECT count(*) FROM classes").fetchone() == (2,)


def test_a_class_of_today_stays_after_a_date_to_come_was_believed(tmp_path):
    for day in (0, 40, 41, 1, 2):
        with closing(ScriptedEngine(tmp_path, set_by=day * DAY)) as engine:
            engine.start()
            teacher = new_visitor(engine)
            engine.teachers.open_class(teacher, "8b", "en", LESSON)
            engine.skip(61)
            assert engine.teachers.open_classes_of_teacher(teacher)


def test_a_midnight_within_a_lesson_makes_no_other_day_of_use(tmp_path):
    clock = [0.0]
    midnight = mktime((2026, 12, 12, 0, 0, 0, 0, 0, -1))
    for day, found in ((0, 0), (1, 0), (41, 1), (42, 41)):
        calendar = TrustedClock(tmp_path / "clock", lambda: clock[0], lambda: clock[0])
        for clock[0] in (midnight + day * DAY - 60, midnight + day * DAY + 60):
            calendar.check_if_clock_was_set()
        assert (calendar.believed_time > midnight + 3 * DAY) == (found == 41)


def test_a_weekend_asleep_is_no_jump_and_a_set_clock_is_told_for_an_hour(room):
    room.skip(3 * DAY)
    assert room.engine.teachers.clock_error(room.teacher) is None
    room.engine.set_by = -2 * DAY
    room.skip(61)
    assert room.engine.teachers.clock_error(room.teacher).values["days"] == 2
    room.skip(3_601)
    assert room.engine.teachers.clock_error(room.teacher) is None


@pytest.mark.parametrize(
    ("use", "values"), [("find_own_seat", ()), ("raise_hand", (True,))], ids=["page", "command"]
)
def test_students_use_a_class_without_its_teacher(room, use, values):
    mia = room.join("Mia")
    for _ in range(3):
        room.skip((KEPT_DAYS - 1) * DAY)
        getattr(room.engine.students, use)(mia, *values)
    assert len(room.engine.teachers.classes_of_teacher(room.teacher)) == 1


def test_deleted_data_are_gone_from_the_database_and_its_copies(room, tmp_path):
    def everywhere() -> bytes:
        files = [tmp_path / "fvapp.sqlite3", *(tmp_path / "copies").glob("*.sqlite3")]
        return b"".join(file.read_bytes() for file in files)

    engine = room.engine
    mia = room.join("Unmistakable")
    ali = room.join("Ali")
    engine.skip(61)
    room.leave(ali)  # leaving makes the engine copy its database again
    engine.skip(6)
    engine._journal._copy_thread.join()
    engine.skip(6)
    assert everywhere().count(b"Unmistakable") >= 2
    room.leave(mia)
    engine.skip(61)
    engine._journal._copy_thread.join()
    engine.skip(6)
    engine.close()
    assert everywhere() and b"Unmistakable" not in everywhere()
