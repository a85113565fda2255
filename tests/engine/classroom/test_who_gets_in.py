"""Who can still enter a class while other visitors guess its code."""

import json
import sqlite3
from contextlib import closing, suppress
from datetime import date
from functools import partial
from random import Random

import pytest

from fvapp.core.classroom.roster import CODE_LETTERS
from fvapp.core.errors import EngineError
from fvapp.core.missions.class_time import LESSON
from fvapp.engine.runs.limits import WAIT
from scripted_engine import refused

SCHOOL = "10.0.0.1"
HOME = "10.0.0.2"


@pytest.fixture
def guessed(hold):
    """Return a class at a school whose network has used up its allowance of wrong codes."""
    room = hold(guesses_an_hour_all=60)
    for _ in range(3):
        guess(room, room.enter(), 20)
    return room


def guess(room, token, times=1, address=SCHOOL):
    for _ in range(times):
        with suppress(EngineError):
            room.engine.students.join_class(token, "BBBBBB", "Eve", address=address)


def test_links_and_seat_codes_open_at_once_while_somebody_guesses_join_codes(guessed):
    engine = guessed.engine
    join = partial(guessed.engine.students.join_class, address=SCHOOL)
    guessed.beside()
    assert join(guessed.enter(), guessed.classroom.class_link_code, "By link").class_name == "8b"
    assignment = engine.seat_returns.assign_missions(
        guessed.teacher, guessed.id, LESSON, date(2027, 1, 8)
    )
    assert join(guessed.enter(), assignment.key, "By assignment").class_name == "8b"
    # The teacher types the password, because seat codes exist only after that.
    engine.teachers.try_teachers_password(guessed.teacher, True)
    guesser = guessed.enter()
    guess(guessed, guesser, 30)
    seat_code, _ = engine.seat_returns.make_seat_code(
        guessed.teacher, guessed.id, guessed.student("By link")
    )
    assert engine.seat_returns.open_seat_by_code(guesser, seat_code)[1] == "By link"


def test_a_newcomer_joins_by_code_within_a_minute_while_somebody_keeps_guessing(
    guessed,
):
    engine = guessed.engine
    mia = guessed.enter()
    join = partial(engine.students.join_class, mia, guessed.code, "Mia", address=SCHOOL)
    engine.students.join_class(guessed.enter(), guessed.code, "Zoe", address=HOME)
    for second in range(int(WAIT)):
        guess(guessed, guessed.enter(), 3)
        with refused("limit_guesses_all") as error:
            join()
        assert error.value.values["seconds"] == WAIT - second
        engine.skip(1.0)
    assert join().nickname == "Mia" and WAIT < 60


@pytest.mark.parametrize("seed", range(2))
def test_under_any_guessing_links_open_at_once_and_codes_within_a_minute(hold, seed):
    random = Random(seed)
    room = hold(guesses_an_hour=5, guesses_an_hour_all=30)
    join = room.engine.students.join_class
    guessers = [room.enter() for _ in range(40)]
    waiting: dict[str, float] = {}
    now = 0.0
    for number in range(30):
        later = random.choice((0.1, 1.0, 9.0))
        room.skip(later)
        now += later
        for _ in range(random.randrange(12)):
            letters = "".join(random.choices(CODE_LETTERS, k=6))
            with suppress(EngineError):
                join(
                    random.choice(guessers),
                    letters,
                    f"Eve {number}",
                    address=random.choice((SCHOOL, HOME)),
                )
        by_link = room.enter()
        assert join(by_link, room.classroom.class_link_code, f"Link {number}", address=SCHOOL)
        room.leave(by_link)
        waiting[room.enter()] = now
        for token, since in list(waiting.items()):
            try:
                join(token, room.code, f"Typed {number}", address=SCHOOL)
            except EngineError as error:
                assert error.code == "limit_guesses_all"
                assert error.values["seconds"] + now - since <= 60
            else:
                room.leave(token)
                del waiting[token]


def test_a_guess_costs_a_wait_in_each_browser_where_too_many_were_typed(guessed):
    eve = guessed.enter()
    codes = []
    for _ in range(100):
        try:
            guessed.engine.students.join_class(eve, "BBBBBB", "Eve", address=SCHOOL)
        except EngineError as error:
            codes.append(error.code)
        guessed.engine.skip(1.0)
    assert codes.count("class_code_unknown") == 3
    assert set(codes) == {
        "class_code_unknown",
        "limit_guesses_all",
    }


def test_a_link_ends_with_its_letters_and_another_key_before_them_opens_nothing(room):
    before = room.classroom.class_link_code
    for stale in ("x" * 16 + room.code, before.lower(), before[:16], before[1:], before + "B"):
        with refused("class_code_unknown"):
            room.engine.students.join_class(room.enter(), stale, "Mia")
    room.teachers.close_class()
    with refused("class_code_unknown"):
        room.engine.students.join_class(room.enter(), before, "Mia")
    room.teachers.reopen_class()
    with refused("class_code_unknown"):
        room.engine.students.join_class(room.enter(), before, "Mia")
    assert room.engine.students.join_class(room.enter(), room.classroom.class_link_code, "Mia")


def test_an_open_class_of_an_earlier_version_gets_a_key_and_its_letters_still_count_as_typed(
    room, restart, tmp_path
):
    code = room.code
    students = [room.join("Mia")]
    room.engine.close()
    with closing(sqlite3.connect(tmp_path / "fvapp.sqlite3")) as store, store:
        ((name, body),) = store.execute("SELECT id, body FROM classes").fetchall()
        earlier = {field: value for field, value in json.loads(body).items() if field != "key"}
        store.execute("UPDATE classes SET body = ? WHERE id = ?", (json.dumps(earlier), name))
    restart(room)
    assert room.code == code and len(room.classroom.class_link_code) == 22
    guess(room, eve := room.enter(), 20)
    with refused("limit_guesses"):
        room.join("Eve", eve)
    assert room.seat(students[0]).nickname == "Mia"
    assert room.engine.students.join_class(room.enter(), room.classroom.class_link_code, "Ali")
