"""A school class for tests: its teacher, and the commands that teachers and students give."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from fvapp.core.missions.class_time import LESSON
from fvapp.core.runs import RunRecord
from fvapp.core.settings import RunSettings
from scripted_engine import ScriptedEngine, new_visitor

SHORT = RunSettings(epochs=1)


class OnClass:
    """The commands of one part of the engine, which a class's teacher gives for that class."""

    def __init__(self, part: object, teacher: str, classroom: str) -> None:
        self._part = part
        self._given = (teacher, classroom)

    def __getattr__(self, name: str) -> Callable:
        return partial(getattr(self._part, name), *self._given)


@dataclass
class Room:
    """A teacher with an open class, and its students by nickname."""

    engine: ScriptedEngine
    teacher: str
    id: str
    hunter: str = ""

    def __getattr__(self, part: str) -> OnClass:
        """Return a part's commands for this class, as in ``room.rounds.start_round("seeds")``."""
        return OnClass(getattr(self.engine, part), self.teacher, self.id)

    def enter(self) -> str:
        return new_visitor(self.engine)

    def join(self, nickname: str, token: str | None = None, offered: bool = False) -> str:
        token = token or self.enter()
        self.engine.students.join_class(token, self.code, nickname, offered)
        return token

    def beside(self, teacher: str = "", name: str = "9a") -> "Room":
        """Return a new class on the same server; its teacher is `teacher`, or else this teacher."""
        teacher = teacher or self.teacher
        made = self.engine.teachers.open_class(teacher, name, "en", LESSON)
        return Room(self.engine, teacher, made.id)

    def join_many(self, count: int) -> list[str]:
        """Have students join as "Student 1", "Student 2" and so on; return their tokens."""
        return [self.join(f"Student {number}") for number in range(1, count + 1)]

    def seat(self, token: str):
        """Return what a student's own pages show of the class, or None."""
        return self.engine.students.find_own_seat(token)

    def round_of(self, token: str):
        """Return what a student's own pages show of the round, or None."""
        return self.seat(token).round

    def leave(self, token: str) -> None:
        self.engine.students.leave_class(token)

    def remove(self, nickname: str, ban: bool = False) -> None:
        self.teachers.remove_student(self.student(nickname), ban=ban)

    def version(self, token: str) -> int:
        """Return the number that rises with each change that a visitor's pages must show."""
        return self.engine.workspaces.latest_change_number(token)

    def kept(self, token: str, dataset: str | None = None):
        return self.engine.examples.kept_examples(token, dataset)

    def train(self, token: str, settings: RunSettings = SHORT) -> RunRecord:
        """Submit a run, train all runs to the end, and return the record of the new run."""
        (run,) = self.engine.runs.submit_runs(token, [settings])
        self.finish()
        return self.engine.runs.get_run(token, run.id)

    def finish(self) -> None:
        self.engine.finish()

    def skip(self, seconds: float) -> None:
        self.engine.skip(seconds)

    @property
    def classroom(self):
        open_classes = self.engine.teachers.open_classes_of_teacher(self.teacher)
        return next((each for each in open_classes if each.id == self.id), None)

    @property
    def code(self) -> str:
        return self.classroom.code

    def students(self):
        """Return the students by nickname, as the teacher sees them a second later."""
        self.skip(1.0)
        return {student.nickname: student for student in self.teachers.class_snapshot().students}

    def student(self, nickname: str) -> str:
        return self.students()[nickname].id

    def draw_words(self, students: Sequence[str], *words: str) -> str:
        """Have students draw each word in a round, and give all drawings to the class.

        Returns:
            The name of the data set that consists of the drawings.
        """
        for word in words:
            number = self.rounds.start_round("word", word).round.number
            for seat, token in enumerate(students):
                image = np.random.default_rng([number, seat]).integers(0, 256, (28, 28), np.uint8)
                self.engine.rounds.put_drawing_on_wall(token, number, image)
            self.rounds.reveal_round()
            self.class_drawings.keep_wall_drawings()
        self.rounds.end_round()
        return self.class_drawings.make_data_set_of_drawings()
