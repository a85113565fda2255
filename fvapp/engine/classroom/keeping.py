"""Keeping the drawings of a round: as the teacher's own examples, or with the class for its data
set.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from fvapp.core.classroom.drawings import KeptWords, look_at_kept, split
from fvapp.core.classroom.kinds import KINDS
from fvapp.core.classroom.roster import Classroom
from fvapp.core.classroom.rounds import DRAWN, Round, entry_of
from fvapp.core.errors import EngineError
from fvapp.engine.classroom.register import Register
from fvapp.engine.runs.open_workspace import OpenWorkspace


class Keeping:
    """Commands of teachers may raise ``unknown_class``, that of students ``not_in_class``.

    Args:
        add_examples: keeps images with labels and sources as examples of a data set; 2 holds back
            every second.
    """

    def __init__(
        self,
        register: Register,
        add_examples: Callable[
            [OpenWorkspace, str, Sequence[tuple[np.ndarray, int, str]], int], object
        ],
    ) -> None:
        self._register = register
        self._add_examples = add_examples

    def keep_wall(self, token: str, classroom: str) -> None:
        """Keep the drawings on the wall: those of a word with the class, beside what it has of that
        word already.

        Those of a digit become the teacher's own examples, half to learn from, half for "my test".
        Nothing says whose a drawing was. It is deleted when it is taken off the wall, or when its
        student leaves, is removed, or deletes their work: at any time if it is kept with the class,
        else until the round ends.

        Raises:
            EngineError: ``no_round``: no drawings, or not revealed yet; ``limit_examples``.
        """
        with self._register.changing_own(token, classroom) as room:
            current = room.round
            if current is None or not current.revealed:
                raise EngineError("no_round")
            if not current.kept:
                self._keep(token, room, current)
                self._register.change(room, round=replace(current, kept=True))

    def look(self, token: str, classroom: str) -> KeptWords:
        """Return what a class has kept."""
        with self._register.lock:
            room = self._register.own(token, classroom)
            return look_at_kept(room.data, [*self._register.rows.drawings(room.id).values()])

    def give(self, token: str, classroom: str) -> str:
        """Make a data set of all that a class has kept, for all of its pages, and return its name.

        Which drawings are held back for the test is decided now.

        Raises:
            DatasetError, ExampleError: as ``split``: too few words, or drawings of one.
        """
        with self._register.changing_own(token, classroom) as room:
            dataset, placed = split(self._register.rows.drawings(room.id).values())
            self._register.rows.put_drawings(room.id, placed)
            self._register.change(room, data=dataset)
            return dataset

    def delete(self, token: str, classroom: str, word: str | None = None) -> None:
        """Delete the drawings of a word, None for all; a data set that had them is the class's no
        longer.
        """
        with self._register.changing_own(token, classroom) as room:
            rows = self._register.rows
            gone = [each for each in rows.drawings(room.id).values() if word in (None, each.word)]
            rows.drop_drawings(room.id, gone)
            current = room.round
            data = "" if any(each.place for each in gone) else room.data
            if current is not None and current.number in {each.round for each in gone}:
                current = replace(current, kept=False)
            self._register.change(room, data=data, round=current)

    def take_back(self, token: str) -> None:
        """Delete all that the class has kept of a student's drawings."""
        with self._register.changing_seat(token) as seat:
            self._register.drop_drawings_of(*seat)

    def _keep(self, token: str, room: Classroom, current: Round) -> None:
        students = sorted(
            (student for student, _ in self._register.workspaces_of(room)), key=lambda each: each.id
        )
        drawn = [(each.seat, entry_of(each.entry, current).drawing) for each in students]
        kept = KINDS[current.kind].keep(
            current, [(seat, drawing) for seat, drawing in drawn if drawing]
        )
        self._register.rows.put_drawings(room.id, kept.drawings)
        if kept.examples:
            self._add_examples(self._register.workspaces.open(token), DRAWN, kept.examples, 2)
