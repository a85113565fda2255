"""Students who come back to their seats from another browser, and what opens a seat to nobody else."""

from datetime import date

import pytest

from fvapp.core.missions import MISSIONS
from fvapp.core.missions.progress import Progress, write_progress
from fvapp.core.settings import RunSettings
from fvapp.engine.classroom.returning import VALID
from scripted_engine import refused


@pytest.fixture
def seat_code(room):
    """Return a new code for a seat, by nickname."""
    return lambda name: room.engine.returning.new_code(room.teacher, room.id, room.student(name))[0]


@pytest.fixture
def come_back(room):
    """Type a code in a new browser, or in that of a token; return the token that it goes on with."""
    return lambda code, token=None: room.engine.returning.come_back(token or room.enter(), code)[0].token


@pytest.fixture
def recovered(room):
    """Return the class and the nickname of who opens a workspace by a code of four groups, in a new browser."""

    def recovered(code):
        seat = room.engine.students.seat(room.engine.recover(room.enter(), code).token)
        return seat.name, seat.nickname

    return recovered


def test_a_code_takes_a_seat_with_all_its_work_to_another_browser_and_the_old_ones_are_told(room, seat_code, come_back):
    mia, engine = room.join("Mia"), room.engine
    other = engine.recover(engine.enter(None).token, engine.recovery_code(mia)).token
    run = engine.submit(mia, [RunSettings(epochs=1)])[0].id
    before, seat = engine.version(mia), engine.students.seat(mia)
    here = come_back(f" {seat_code('Mia').lower().replace('-', ' ')} ")
    assert engine.students.seat(here) == seat and engine.version(here) > before
    for command in (engine.enter, engine.version):
        for old in (mia, other):
            with refused("workspace_taken"):
                command(old)
    engine.finish()
    assert engine.run(here, run).state == "done" and list(room.students()) == ["Mia"]


def test_a_code_opens_a_seat_once_within_ten_minutes_and_only_the_latest_does(room, seat_code, come_back):
    room.join("Mia")
    first, second = seat_code("Mia"), seat_code("Mia")
    assert room.engine.returning.waits(room.teacher, room.id, room.student("Mia"))
    come_back(second)
    assert not room.engine.returning.waits(room.teacher, room.id, room.student("Mia"))
    late = seat_code("Mia")
    room.engine.skip(VALID)
    good, eager = seat_code("Mia"), room.engine.enter(None).token
    for code in (first, second, late, "", "0000-0000", room.code, *["1111-1111"] * 14):
        with refused("seat_code_unknown"):
            come_back(code, eager)
    with refused("limit_guesses"):
        come_back(good, eager)
    come_back(good)


def test_a_code_outlives_the_lesson_and_ends_with_the_seat(room, seat_code, come_back):
    room.join("Mia")
    code = seat_code("Mia")
    room.engine.teachers.close(room.teacher, room.id)
    assert room.engine.students.seat(come_back(code)) is None
    room.engine.teachers.reopen(room.teacher, room.id)
    for ban in (False, True):
        room.join("Ali")
        code = seat_code("Ali")
        room.engine.teachers.remove_student(room.teacher, room.id, room.student("Ali"), ban=ban)
        with refused("seat_code_unknown"):
            come_back(code)


def test_codes_and_taken_tokens_are_known_after_a_restart_and_not_written_down(
    room, restart, seat_code, come_back, recovered, tmp_path
):
    mia = room.join("Mia")
    ((_, card),), code = room.engine.returning.make_cards(room.teacher, room.id), seat_code("Mia")
    restart(room)
    here = come_back(code)
    restart(room)
    with refused("workspace_taken"):
        room.engine.enter(mia)
    assert recovered(card) == ("8b", "Mia") and room.engine.students.seat(here).nickname == "Mia"
    content = b"".join(path.read_bytes() for path in tmp_path.glob("fvapp.sqlite3*"))
    assert not [secret for secret in (card, code, here) if secret.encode() in content]


def test_new_cards_end_the_earlier_ones_and_a_recovery_code_of_ones_own_stays(room, seat_code, come_back, recovered):
    engine, mia = room.engine, room.join("Mia")
    room.join("Ali")
    own, make = engine.recovery_code(mia), engine.returning.make_cards
    (_, before), (_, card) = make(room.teacher, room.id)[1], make(room.teacher, room.id)[1]
    here = come_back(seat_code("Mia"))
    assert recovered(own) == recovered(card) == recovered(card) == ("8b", "Mia")
    assert engine.recovery_code(here) != own  # only hashes are kept: who asks to see it gets a new one
    for code in (before, own):
        with refused("unknown_code"):
            recovered(code)
    other = engine.teachers.open(room.teacher, "9a", "en", ["look"])
    engine.teachers.close(room.teacher, room.id)
    engine.students.join(here, other.code, "Mia")
    engine.teachers.reopen(room.teacher, room.id)
    engine.students.leave(here)
    room.join("Mia", here)
    assert recovered(card) == ("8b", "Mia")


@pytest.mark.parametrize("how", ["class", "address"])
def test_no_teacher_loses_a_class_and_nobody_takes_one(room, seat_code, come_back, recovered, how):
    engine, mia = room.engine, room.join("Mia")
    with refused("seat_code_by_teacher"):
        come_back(seat_code("Mia"), room.teacher)
    code, [(_, card)] = seat_code("Mia"), engine.returning.make_cards(room.teacher, room.id)
    if how == "class":
        engine.teachers.close(room.teacher, room.id)
        engine.teachers.close(mia, engine.teachers.open(mia, "9a", "en", ["look"]).id)
        engine.teachers.reopen(room.teacher, room.id)
    else:
        engine.teachers.show_code(mia, engine.teachers._code)
    with refused("seat_code_unknown"):
        come_back(code)
    with refused("unknown_code"):
        recovered(card)
    with refused("seat_of_teacher"):
        seat_code("Mia")
    assert engine.returning.make_cards(room.teacher, room.id) == []


def test_who_is_to_be_asked_first_uses_no_code_up(room, seat_code, come_back):
    mia, other = room.join("Mia"), room.join("Ali")
    code, own = seat_code("Mia"), room.engine.recovery_code(mia)
    for command, typed in ((room.engine.returning.come_back, code), (room.engine.recover, own)):
        with refused("work_here"):
            command(other, typed, sure=False)
    assert room.engine.students.seat(come_back(code, other)).nickname == "Mia"


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
