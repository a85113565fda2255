"""Every command of a class, sent by everybody who may not give it."""

from datetime import date

import numpy as np
import pytest

from engine.test_strangers import COMMANDS
from fvapp.core.errors import FvappError
from fvapp.core.missions import MISSIONS
from fvapp.core.missions.class_time import LESSON
from fvapp.core.settings import RunSettings

OPEN_TO_ALL = {
    *(
        f"teachers.{name}"
        for name in (
            "open_classes",
            "classes",
            "all_classes",
            "address_waits",
            "clock_trouble",
            "show_code",
            "try_word",
        )
    ),
    *("students.seat", "students.nickname", "returning.come_back", "returning.assigned", "returning.doors"),
}
"""They answer "none", or ask for a secret."""

MAKES_ONE = {"teachers.open", "students.join"}
CHECKED = [
    (*name.split("."), wanted)
    for name, wanted in COMMANDS
    if name.startswith(("teachers.", "students.", "rounds.", "keeping.", "returning."))
    and name not in OPEN_TO_ALL | MAKES_ONE
]


OF_A_SEAT = {"keeping.take_back", "students.leave", "students.raise_hand", "students.take_off_network"}
OWN_CLASS = {
    **{each: OF_A_SEAT for each in ("student of another teacher", "student of the other class")},
    "student": OF_A_SEAT | {"returning.end_doors"},
    "by the other class": {
        *("teachers.close", "teachers.remove_idle", "teachers.reveal", "teachers.set_door", "teachers.snapshot"),
        *("teachers.steer", "teachers.stop_all", "teachers.rows", "teachers.reopen", "teachers.delete"),
        *("rounds.look", "rounds.start", "returning.assign", "returning.have_cards"),
        *("keeping.look", "keeping.delete"),
    },
}
"""What is answered about the class or the seat that somebody has; all else is refused."""

OF_STUDENTS = {"answer", "begin_drawing", "draw", "take_off_own", "train"}


@pytest.fixture
def stranger(room, request):
    """Somebody of the kind that a test asks for: the kind, a token, and the class that this one names."""
    kind, token = request.param, room.engine.enter(None).token
    if "other" in kind:
        owner = room.engine.enter(None).token if "teacher" in kind else room.teacher
        other = room.engine.teachers.open(owner, "9a", "en", LESSON)
        room.engine.students.join(token, other.code, "Zoe")
        if "student" not in kind:
            return kind, owner, other.id if owner == room.teacher else room.id
    elif kind != "stranger":
        room.join("Zoe", token)
        if kind != "student":
            room.engine.teachers.remove_student(room.teacher, room.id, room.student("Zoe"), ban=kind == "banned")
    return kind, token, room.id


KINDS = ["stranger", "student of another teacher", "student of the other class", "removed", "banned", "student"]
KINDS += ["another teacher", "by the other class"]


def give(room, stranger, part, command, *values, **changes):
    """Give a command as a stranger: it is refused, or answered with nothing of the teacher's class."""
    kind, token, _ = stranger
    function = getattr(getattr(room.engine, part), command)
    if f"{part}.{command}" not in OWN_CLASS.get(kind, ()):
        with pytest.raises(FvappError) as refused:
            function(token, *values, **changes)
        assert refused.value.code in (
            "unknown_class",
            "unknown_student",
            "not_in_class",
            "no_round",
            "round_over",
            "own_classes",
            "unknown_run",
            "codes_unproven",
            "teachers_right_missing",
        )
        return
    answer = repr(function(token, *values, **changes))
    assert not [name for name in ("Mia", room.student("Mia"), room.classroom.id) if name in answer]


@pytest.mark.parametrize("stranger", KINDS, indirect=True)
@pytest.mark.parametrize(("part", "command", "wanted"), CHECKED, ids=[f"{a}.{b}" for a, b, _ in CHECKED])
def test_nobody_else_commands_a_class(room, stranger, part, command, wanted):
    mia = room.join("Mia")
    (run,) = room.engine.submit(mia, [RunSettings(epochs=1)])
    room.engine.students.raise_hand(mia, True)
    values = {"run_id": run.id, "language": "en"}
    values |= {"student": room.student("Mia"), "classroom": stranger[2], "nickname": "Forged", "mission": "look"}
    values |= {"missions": ["look"], "due": date(2026, 12, 5), "students": [room.student("Mia")]}
    values |= {"closable": ("draw",), "door": False, "shown": True, "up": False, "code": "forged"}
    values |= {"kind": "seeds", "number": 1, "answer": "held", "image": np.zeros((28, 28), np.uint8)}
    changes = {"eyes_up": "Forged", "pages": ("draw",)} if command == "steer" else {}
    before, students = room.classroom, room.students()
    give(room, stranger, part, command, *(values[each] for each in wanted), **changes)
    assert room.classroom == before and room.engine.students.seat(mia).nickname == "Mia"
    after = room.students()
    assert after["Mia"] == students["Mia"] and "Forged" not in after
    assert room.engine.teachers.stop_all(room.teacher, room.id) == 1  # nobody has stopped the run


@pytest.mark.parametrize("stranger", KINDS, indirect=True)
@pytest.mark.parametrize(("kind", "revealed"), [("predict", False), ("seeds", False), ("draw", False), ("draw", True)])
def test_nobody_else_takes_part_in_a_round_or_commands_it_or_keeps_its_wall(room, stranger, kind, revealed):
    mia, rounds = room.join("Mia"), room.engine.rounds
    rounds.start(room.teacher, room.id, kind, {"predict": "look", "draw": "7"}.get(kind, ""))
    drawn = np.eye(28, dtype=np.uint8)
    if kind == "draw":
        rounds.draw(mia, 1, drawn)
    if revealed:
        rounds.reveal(room.teacher, room.id)
    room.engine.skip(1.0)
    before, seen = room.classroom, rounds.look(room.teacher, room.id)
    values = {"student": room.student("Mia"), "kind": "seeds", "number": 1, "answer": MISSIONS["look"].predictions[0]}
    values |= {"image": drawn, "classroom": stranger[2]}
    for part, command, wanted in CHECKED:
        if part in ("rounds", "keeping") and not (stranger[0] == "student" and command in OF_STUDENTS):
            give(room, stranger, part, command, *(values[each] for each in wanted))
    room.engine.skip(1.0)
    assert room.classroom == before and rounds.look(room.teacher, room.id) == seen
    assert room.engine.examples.kept(stranger[1]) == room.engine.examples.kept(room.teacher) == ()
