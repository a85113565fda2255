"""Every command of the engine, given by visitors who may not see all of a student's work."""

from collections.abc import Iterator
from datetime import date
from inspect import signature
from itertools import product

import numpy as np
import pytest

from engine.classroom.conftest import open_room
from engine.every_command import VALUES, commands_with_token
from fvapp.core.errors import FvappError
from fvapp.core.inspection.questions import TestLogitsQuestion
from fvapp.core.settings import RunSettings
from scripted_engine import new_visitor

NOTES = ("lessons", "drawings", "reflection", "own_set", "settings", "draw", "teacher")
SMALL = RunSettings(epochs=1, train_images=1_000)
PLENTY = {
    name: 100_000
    for name in ("guesses_an_hour", "codes_a_minute", "runs", "queued", "queued_first", "minutes")
}
# Arguments that commands do not require.
OPTIONAL = ("like", "dataset", "word", "ban", "reprinted")
LAST = [
    "examples.delete_examples",
    "examples.relabel_example",
    "runs.delete_run",
    "runs.rename_run",
    "seat_returns.make_seat_cards",
    "teachers.remove_idle_students",
    "teachers.remove_student",
    "students.leave_class",
    "seat_returns.revoke_own_seat_access",
    "teachers.close_class",
    "teachers.delete_class",
    "workspaces.delete_workspace",
    "workspaces.leave_workspace",
]
"""Commands that are tried last, because they end a seat, a class or a browser's own work."""


class World:
    """A student, Mia, with work from home, from a class that a student opened, from 9a and from 8b.

    Mia's seat is in 8b now.

    Attributes:
        mia: the token of her browser, which opens all of her work.
        work: for each place, the ids of a run and an example, and words in notes written there.
        cards: the codes on her cards, by class.
    """

    def __init__(self, engine) -> None:
        self.engine = engine
        self.mia = new_visitor(engine)
        self.work = {}
        self.cards = {}
        self.rooms = {name: open_room(engine, name=name) for name in ("9a", "8b", "fun")}
        for name in ("9a", "8b"):
            engine.teachers.try_teachers_password(self.rooms[name].teacher, True)
        self._work_at("home")
        for name in ("fun", "9a", "8b"):
            # Closing the previous class would also empty her seat. This is the hardest case for
            # protecting her work, because she has not left the class herself.
            engine._engine_state.workspaces.seats_by_workspace.clear()
            self.rooms[name].join("Mia", self.mia)
            self._work_at(name)
            if name != "fun":
                ((_, self.cards[name]),) = self.rooms[name].seat_returns.make_seat_cards()
        self._take_part_in_8b()

    def _take_part_in_8b(self) -> None:
        """Have Mia draw in a round, raise her hand and start another run."""
        self.rooms["8b"].rounds.start_round("draw", "7")
        self.engine.rounds.put_drawing_on_wall(self.mia, 1, np.eye(28, dtype=np.uint8))
        self.engine.students.raise_hand(self.mia, True)
        self.work["8b"] += (self.mia.submit(SMALL).id, self.student("8b"))

    def student(self, name: str, nickname: str = "Mia") -> str:
        rows = self.rooms[name].teachers.student_rows()
        return next((row.student.id for row in rows if row.student.nickname == nickname), "")

    def _work_at(self, where: str) -> None:
        engine = self.engine
        token = self.mia
        image = np.zeros((28, 28), np.uint8)
        run = self.mia.submit(SMALL).id
        engine.finish()
        image[len(self.work)] = 255
        example = engine.examples.keep_example(token, "mnist", image, len(self.work)).id
        run_name, drawing, progress, reflection, canvas = words = [
            f"{kind} of {where}" for kind in "NDPRC"
        ]
        engine.runs.rename_run(token, run, run_name)
        engine.notes.change_note(token, "drawings", lambda rows: [*(rows or []), drawing])
        engine.notes.change_note(token, "lessons", lambda done: {**(done or {}), where: progress})
        engine.notes.write_note(token, "reflection", reflection)
        engine.notes.remember_page_data(token, "canvas", canvas.encode())
        self.work[where] = (run, example, *words)

    def all_of(self, places: list[str]) -> list[object]:
        """Return everything stored about Mia's seat, and about her work at these places."""
        engine = self.engine
        token = self.everything
        mine = [word for place in places for word in self.work[place]]
        records = [record for record in engine.runs.list_runs(token) if record.id in mine]
        notes = (
            engine.notes.read_note(token, "drawings"),
            engine.notes.read_note(token, "lessons").values(),
        )
        return [
            *self.seen_by_the_teacher_of_8b(),
            *(engine.runs.read_events(token, record.id) for record in records),
            *([each for each in found if each in mine] for found in notes),
            [each for each in engine.examples.kept_examples(token) if each.id in mine],
            records,
            engine.notes.recall_page_data(token, "canvas"),
            engine.students.find_own_seat(token),
        ]

    def seen_by_the_teacher_of_8b(self) -> list[object]:
        """Return Mia's class, row, drawings on the wall, and the examples her teacher kept."""
        room = self.rooms["8b"]
        mia = room.students()["Mia"]
        return [
            self.engine.teachers.open_classes_of_teacher(room.teacher),
            mia,
            [tile for tile in room.rounds.round_view().tiles if tile.student_id == mia.id],
            room.kept(room.teacher),
        ]

    @property
    def everything(self) -> str:
        """A token that opens all of Mia's work, whatever was removed from her browser."""
        return self.engine.workspaces.recover_workspace(
            new_visitor(self.engine), self.recovery_code
        ).token

    def walk(self, token: str, hidden: list[str]) -> Iterator[tuple[str, object]]:
        """Give every command with all arguments that could refer to Mia's work.

        Args:
            token: the token of a visitor without rights in class 8b.

        Yields:
            Each command's name, and its answer or the code of its refusal.
        """
        engine = self.engine
        seats = [self.student(name) for name, room in self.rooms.items() if room.teacher != token]
        runs, examples = zip(*(self.work[place][:2] for place in hidden), strict=True)
        pools = {
            **{name: [value] for name, value in VALUES.items()},
            "run_id": runs,
            "model": runs,
            "example": examples,
            "like": [[each] for each in runs],
            "examples": [[each] for each in examples],
            "classroom": [room.id for room in self.rooms.values()],
            "student": seats,
            "name": NOTES,
            "names": [["cat", "dog"]],
            "classes": [["cat", "dog"]],
            "nickname": ["Forged"],
            "code": [self.rooms["8b"].code, "FORGED", "0000-0000"],
            "key": ["forged"],
            "word": [None, "cat"],
            "missions": [["look"]],
            "mission": ["look"],
            "due": [date(2030, 1, 1)],
            "kind": ["seeds"],
            "number": [1],
            "choice": ["held"],
            "closable": [("draw",)],
            "language": ["en"],
            "path": ["forged"],
            "right": [False],
            "up": [True],
            "door": [False],
            "shown": [True],
            "ban": [False, True],
            "change": [lambda before: before],
            "data": [b"forged"],
            "question": [TestLogitsQuestion(10, 0)],
            "reprinted": [seats],
            "students": [seats],
            "answer": ["held"],
        }
        for command, function, wanted in sorted(
            commands_with_token(engine),
            key=lambda row: LAST.index(row[0]) if row[0] in LAST else -1,
        ):
            optional = [
                name
                for name in OPTIONAL
                if name in signature(function).parameters and name not in wanted
            ]
            for names in (wanted, [*wanted, *optional]):
                for values in product(*(pools[name] for name in names)):
                    given = dict(zip(names, values, strict=True))
                    try:
                        answer = function(token, **given)
                        assert given.get("classroom") != self.rooms["8b"].id, (
                            f"{command} is its teacher's"
                        )
                    except FvappError as refused:
                        answer = refused.code
                    yield command, answer


@pytest.fixture
def world(scripted):
    engine = scripted(**PLENTY)
    world = World(engine)
    world.recovery_code = engine.workspaces.recovery_code(world.mia)
    return world


def removed(world: World, ban: bool = False) -> str:
    token = world.rooms["8b"].join("Zoe")
    world.rooms["8b"].remove("Zoe", ban=ban)
    return token


def by_card(world: World) -> str:
    return world.engine.workspaces.recover_workspace(
        new_visitor(world.engine), world.cards["9a"]
    ).token


def by_code(world: World) -> str:
    code, _ = world.rooms["9a"].seat_returns.make_seat_code(world.student("9a"))
    return world.engine.seat_returns.open_seat_by_code(new_visitor(world.engine), code)[0].token


def by_card_of_a_closed_class(world: World) -> str:
    token = by_card(world)
    world.rooms["9a"].teachers.close_class()
    return token


def by_card_of_a_seat_that_is_gone(world: World) -> str:
    token = by_card(world)
    world.rooms["9a"].teachers.remove_student(world.student("9a"))
    return token


WALKERS = {
    "stranger": (lambda world: new_visitor(world.engine), ""),
    "classmate": (lambda world: world.rooms["8b"].join("Zoe"), ""),
    "removed": (removed, ""),
    "banned": (lambda world: removed(world, ban=True), ""),
    "student who holds a class that she was in": (lambda world: world.rooms["fun"].teacher, "fun"),
    "teacher of a class that she was in": (lambda world: world.rooms["9a"].teacher, "9a"),
    "browser with a card of that class": (by_card, "9a"),
    "browser with a code of that class": (by_code, "9a"),
    "browser with a card of that class, closed": (by_card_of_a_closed_class, ""),
    "browser with a card of a seat that is gone": (by_card_of_a_seat_that_is_gone, ""),
}
"""Visitor -> how the visitor enters, and the class in which they may see and change Mia's work."""


@pytest.mark.parametrize(
    ("walker", "revealed"),
    [*((walker, False) for walker in WALKERS), ("classmate", True), ("banned", True)],
)
def test_nobody_opens_or_changes_work_of_another_or_commands_a_class_by_any_command(
    world, walker, revealed
):
    # The commands that keep the wall's drawings or start another round are allowed only after the
    # reveal.
    if revealed:
        world.rooms["8b"].rounds.reveal_round()
    enter, own = WALKERS[walker]
    token = enter(world)
    hidden = [place for place in world.work if place != own]
    before = world.all_of(hidden)
    # Mia has examples and runs that could be taken.
    assert len(before[-4]) == len(hidden) < len(before[-3])
    answers = list(world.walk(token, hidden))
    assert {name for name, _ in answers} == {row[0] for row in commands_with_token(world.engine)}
    for command, answer in answers:
        told = [word for place in hidden for word in world.work[place] if word in repr(answer)]
        assert not told, f"{command} tells {told}"
    assert world.all_of(hidden) == before


@pytest.mark.parametrize(
    "walker", ["browser with a card of that class", "teacher of a class that she was in"]
)
def test_the_walk_finds_what_is_not_hidden(world, walker):
    """Prove that the walk can find work, because it finds the work that the walker may see."""
    enter, own = WALKERS[walker]
    told = repr(list(world.walk(enter(world), [own])))
    run, _, run_name, *_ = world.work[own]
    assert run in told and run_name in told
