"""Students who come back to their seats from another browser, and what opens a seat to nobody else."""

from datetime import date

import pytest

from fvapp.core.errors import EngineError
from fvapp.core.missions import MISSIONS
from fvapp.core.missions.progress import Progress, write_progress
from fvapp.core.settings import RunSettings
from fvapp.engine.classroom.returning import VALID
from fvapp.engine.runs import tokens


def refused(code):
    return pytest.raises(EngineError, match=f"^{code}\\b")


@pytest.fixture
def seat_code(room):
    """Return a new code for a seat, by nickname."""
    return lambda name: room.engine.returning.new_code(room.teacher, room.id, room.student(name))[0]


@pytest.fixture
def come_back(room):
    """Type a code in a new browser, or in that of a token; return the token that it goes on with."""
    come_back, enter = room.engine.returning.come_back, room.engine.enter
    return lambda code, token=None: come_back(token or enter(None).token, code)[0].token


def test_a_code_takes_a_seat_with_all_its_work_to_another_browser_and_the_old_ones_are_told(room, seat_code, come_back):
    mia, engine = room.join("Mia"), room.engine
    other = engine.recover(engine.enter(None).token, engine.recovery_code(mia)).token
    run = engine.submit(mia, [RunSettings(epochs=1)])[0].id
    before, seat = engine.version(mia), engine.students.seat(mia)
    code = seat_code("Mia")
    here, nickname = engine.returning.come_back(engine.enter(None).token, f" {code.lower().replace('-', ' ')} ")
    assert nickname == "Mia" and engine.students.seat(here.token) == seat and engine.version(here.token) > before
    for old in (mia, other):
        for command in (engine.enter, engine.version):
            with refused("workspace_taken"):
                command(old)
    engine.finish()
    assert engine.run(here.token, run).state == "done"
    assert [row.student.nickname for row in engine.teachers.rows(room.teacher, room.id)] == ["Mia"]


def test_a_code_opens_a_seat_once_within_ten_minutes_and_only_the_latest_does(room, seat_code, come_back):
    room.join("Mia")
    first, second = seat_code("Mia"), seat_code("Mia")
    with refused("seat_code_unknown"):
        come_back(first)
    seat = room.id, room.student("Mia")
    assert room.engine.returning.waits(room.teacher, *seat)
    come_back(second)
    assert not room.engine.returning.waits(room.teacher, *seat)
    late = seat_code("Mia")
    room.engine.skip(VALID)
    for code in (second, late, "", "0000-0000", room.code):
        with refused("seat_code_unknown"):
            come_back(code)


def test_a_code_outlives_server_and_lesson_and_ends_with_the_seat(room, seat_code, come_back):
    mia = room.join("Mia")
    codes = {name: seat_code(name) for name in ("Mia",)}
    room.engine.teachers.close(room.teacher, room.id)
    assert room.engine.students.seat(come_back(codes["Mia"])) is None
    classroom = room.id
    room.engine.teachers.reopen(room.teacher, classroom)
    for ban in (False, True):
        room.join("Ali")
        code = seat_code("Ali")
        room.engine.teachers.remove_student(room.teacher, classroom, room.student("Ali"), ban=ban)
        with refused("seat_code_unknown"):
            come_back(code)
    with refused("workspace_taken"):
        room.engine.enter(mia)


def test_codes_and_taken_tokens_are_known_after_a_restart_and_not_written_down(server, folder):
    engine = server()
    teacher, mia = (engine.enter(None).token for _ in range(2))
    classroom = engine.teachers.open(teacher, "8b", "en", ["look"])
    engine.students.join(mia, classroom.code, "Mia")
    student = engine.teachers.rows(teacher, classroom.id)[0].student.id
    ((_, card),) = engine.returning.make_cards(teacher, classroom.id)
    code = engine.returning.new_code(teacher, classroom.id, student)[0]
    engine = server()
    here = engine.returning.come_back(engine.enter(None).token, code)[0].token
    engine = server()
    with refused("workspace_taken"):
        engine.enter(mia)
    for _ in range(2):  # a card opens again and again, and takes nothing from anybody
        assert engine.students.seat(engine.recover(engine.enter(None).token, card).token).nickname == "Mia"
    assert engine.students.seat(here).nickname == "Mia"
    content = b"".join(path.read_bytes() for path in folder.glob("fvapp.sqlite3*"))
    assert not [secret for secret in (card, code, here) if secret.encode() in content]


def test_new_cards_end_the_earlier_ones_and_a_recovery_code_of_ones_own_stays(room, seat_code, come_back):
    engine, mia = room.engine, room.join("Mia")
    room.join("Ali")
    own = engine.recovery_code(mia)
    before = engine.returning.make_cards(room.teacher, room.id)
    cards = engine.returning.make_cards(room.teacher, room.id)
    assert [nickname for nickname, _ in cards] == ["Ali", "Mia"]
    with refused("unknown_code"):
        engine.recover(engine.enter(None).token, before[1][1])
    here = come_back(seat_code("Mia"))
    for code in (own, cards[1][1]):
        assert engine.students.seat(engine.recover(engine.enter(None).token, code).token).nickname == "Mia"
    assert engine.recovery_code(here) != own  # only hashes are kept: who asks to see it gets a new one
    with refused("unknown_code"):
        engine.recover(engine.enter(None).token, own)


def test_who_guesses_waits_an_hour(room, seat_code, come_back):
    room.join("Mia")
    code, eager = seat_code("Mia"), room.engine.enter(None).token
    for _ in range(20):
        with refused("seat_code_unknown"):
            come_back("1111-1111", eager)
    with refused("limit_guesses"):
        come_back(code, eager)
    assert len(set(code) & set(tokens.ALPHABET)) > 1 and come_back(code)


@pytest.mark.parametrize("how", ["class", "address"])
def test_no_teacher_loses_a_class_and_nobody_takes_one(room, seat_code, come_back, how, tmp_path):
    engine, mia = room.engine, room.join("Mia")
    with refused("seat_code_by_teacher"):
        come_back(seat_code("Mia"), room.teacher)
    code, ((_, card),) = seat_code("Mia"), engine.returning.make_cards(room.teacher, room.id)
    if how == "class":
        engine.students.leave(mia)
        other = engine.teachers.open(mia, "9a", "en", ["look"])
        engine.teachers.close(mia, other.id)
        room.join("Mia", mia)
    else:
        engine.teachers.show_code(mia, engine.teachers._code)
    with refused("seat_code_unknown"):
        come_back(code)
    with refused("unknown_code"):
        engine.recover(engine.enter(None).token, card)
    with refused("seat_of_teacher"):
        seat_code("Mia")
    assert engine.returning.make_cards(room.teacher, room.id) == []


def test_an_assignments_link_joins_an_open_class_whatever_its_code_is_by_now(room):
    engine, assign, mia = room.engine, room.engine.returning.assign, room.engine.enter(None).token
    first = assign(room.teacher, room.id, ["network", "look", "made up"], date(2026, 12, 5))
    assert (first.missions, first.due) == (("look", "network"), "2026-12-05")
    second = assign(room.teacher, room.id, ["look"], date(2026, 12, 6))
    assert assign(room.teacher, room.id, ["look", "network"], date(2026, 12, 5)) == first  # the same link again
    assert room.classroom.assignments == (second, first)
    engine.teachers.close(room.teacher, room.id)
    assert engine.returning.assigned(mia, second.key)[1] == second
    with refused("class_code_unknown"):
        engine.students.join(mia, first.key, "Mia")
    engine.teachers.reopen(room.teacher, room.id)
    assert engine.students.join(mia, second.key, "Mia").name == "8b"
    done = Progress(judged=True, answers={each.name: each.right for each in MISSIONS["look"].questions})
    engine.change_note(mia, "lessons", lambda _: write_progress({"look": done}))
    assert room.students()["Mia"].assigned == 1
    engine.teachers.set_door(room.teacher, room.id, False)
    with refused("class_door_closed"):
        engine.students.join(engine.enter(None).token, first.key, "Ali")
    for wrong in ("", room.id, room.code, first.key[:-1]):
        with refused("assignment_unknown"):
            engine.returning.assigned(mia, wrong)


def test_who_is_to_be_asked_first_uses_no_code_up(room, seat_code):
    mia, other = room.join("Mia"), room.engine.enter(None).token
    room.engine.write_note(other, "drawings", [])
    code, own = seat_code("Mia"), room.engine.recovery_code(mia)
    with refused("work_here"):
        room.engine.returning.come_back(other, code, sure=False)
    with refused("work_here"):
        room.engine.recover(other, own, sure=False)
    with refused("seat_code_unknown"):
        room.engine.returning.come_back(other, "1111-1111", sure=False)
    assert room.engine.returning.come_back(other, code)[1] == "Mia"


def test_who_joins_again_from_another_class_keeps_the_card(room):
    engine, mia = room.engine, room.join("Mia")
    [(_, card)] = engine.returning.make_cards(room.teacher, room.id)
    other = engine.teachers.open(room.teacher, "9a", "en", ["look"])
    engine.teachers.close(room.teacher, room.id)
    engine.students.join(mia, other.code, "Mia")
    engine.teachers.reopen(room.teacher, room.id)
    engine.students.leave(mia)
    room.join("Mia", mia)
    assert engine.students.seat(engine.recover(engine.enter(None).token, card).token).name == "8b"
