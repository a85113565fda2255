"""Every command of a class, sent by everybody who may not give it."""

import numpy as np
import pytest

from engine.test_strangers import COMMANDS
from fvapp.core.errors import EngineError
from fvapp.core.missions import MISSIONS
from fvapp.core.missions.class_time import LESSON
from fvapp.core.settings import RunSettings

OPEN_TO_ALL = {
    *(
        f"teachers.{name}"
        for name in ("open_class", "classes", "all_classes", "clock_trouble", "show_code", "try_word")
    ),
    *("students.seat", "students.nickname"),
}
"""They answer "none", or ask for a secret."""

MAKES_ONE = {"teachers.open", "students.join"}
CHECKED = [
    (*name.split("."), wanted)
    for name, wanted in COMMANDS
    if name.startswith(("teachers.", "students.", "rounds.")) and name not in OPEN_TO_ALL | MAKES_ONE
]


OWN_CLASS = {
    "student of another class": {"students.leave", "students.raise_hand", "students.show_network"},
    "student": {"students.leave", "students.raise_hand", "students.show_network"},
    "other teacher": {
        *("teachers.close", "teachers.remove_idle", "teachers.reveal", "teachers.set_door", "teachers.snapshot"),
        *("teachers.steer", "teachers.stop_all", "rounds.look", "rounds.start"),
    },
}
"""What is answered about the class or the seat that somebody has; all else is refused."""

OF_STUDENTS = {"begin_drawing", "draw", "predict", "take_off_own", "train"}


@pytest.fixture
def stranger(room, request):
    """Somebody of the kind that a test asks for: the kind and a token."""
    token = room.engine.enter(None).token
    if request.param in ("student of another class", "other teacher"):
        other = room.engine.enter(None).token
        code = room.engine.teachers.open(other, "9a", "en", LESSON).code
        if request.param == "other teacher":
            return request.param, other
        room.engine.students.join(token, code, "Zoe")
    elif request.param in ("student", "removed", "banned"):
        room.join("Zoe", token)
        if request.param != "student":
            room.engine.teachers.remove_student(room.teacher, room.student("Zoe"), ban=request.param == "banned")
    return request.param, token


KINDS = ["stranger", "student of another class", "removed", "banned", "other teacher", "student"]


def give(room, stranger, part, command, *values, **changes):
    """Give a command as a stranger: it is refused, or answered with nothing of the teacher's class."""
    kind, token = stranger
    function = getattr(getattr(room.engine, part), command)
    if f"{part}.{command}" not in OWN_CLASS.get(kind, ()):
        with pytest.raises(EngineError) as refused:
            function(token, *values, **changes)
        assert refused.value.code in ("unknown_class", "unknown_student", "not_in_class", "no_round", "round_over")
        return
    answer = repr(function(token, *values, **changes))
    assert not [name for name in ("Mia", room.student("Mia"), room.classroom.id) if name in answer]


@pytest.mark.parametrize("stranger", KINDS, indirect=True)
@pytest.mark.parametrize(("part", "command", "wanted"), CHECKED, ids=[f"{a}.{b}" for a, b, _ in CHECKED])
def test_nobody_else_commands_a_class(room, stranger, part, command, wanted):
    mia = room.join("Mia")
    room.engine.submit(mia, [RunSettings(epochs=1)])
    room.engine.students.raise_hand(mia, True)
    values = {"student": room.student("Mia"), "classroom": room.classroom.id, "nickname": "Forged", "mission": "look"}
    values |= {"closable": ("draw",), "door": False, "shown": True, "up": False, "code": "forged"}
    values |= {"kind": "seeds", "number": 1, "choice": "held", "image": np.zeros((28, 28), np.uint8)}
    changes = {"eyes_up": "Forged", "pages": ("draw",)} if command == "steer" else {}
    before, students = room.classroom, room.students()
    give(room, stranger, part, command, *(values[each] for each in wanted), **changes)
    assert room.classroom == before and room.engine.students.seat(mia).nickname == "Mia"
    after = room.students()
    assert after["Mia"] == students["Mia"] and "Forged" not in after
    assert room.engine.teachers.stop_all(room.teacher) == 1  # nobody has stopped the run


@pytest.mark.parametrize("stranger", KINDS, indirect=True)
@pytest.mark.parametrize(("kind", "revealed"), [("predict", False), ("seeds", False), ("draw", False), ("draw", True)])
def test_nobody_else_takes_part_in_a_round_or_commands_it_or_keeps_its_wall(room, stranger, kind, revealed):
    mia, rounds = room.join("Mia"), room.engine.rounds
    rounds.start(room.teacher, kind, {"predict": "look", "draw": "7"}.get(kind, ""))
    drawn = np.eye(28, dtype=np.uint8)
    if kind == "draw":
        rounds.draw(mia, 1, drawn)
    if revealed:
        rounds.reveal(room.teacher)
    room.engine.skip(1.0)
    before, seen = room.classroom, rounds.look(room.teacher)
    values = {"student": room.student("Mia"), "kind": "seeds", "number": 1, "choice": MISSIONS["look"].predictions[0]}
    values |= {"image": drawn}
    for part, command, wanted in CHECKED:
        if part == "rounds" and not (stranger[0] == "student" and command in OF_STUDENTS):
            give(room, stranger, part, command, *(values[each] for each in wanted))
    room.engine.skip(1.0)
    assert room.classroom == before and rounds.look(room.teacher) == seen
    assert room.engine.examples.kept(stranger[1]) == room.engine.examples.kept(room.teacher) == ()
