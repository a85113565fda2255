"""Commands that keep students' drawings and texts, and make a class's data set from them."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from fvapp.core.classroom import (
    DIGIT_DATASET,
    SENTENCES,
    Classroom,
    CollectionSummary,
    Round,
    make_class_dataset,
    make_class_text,
    summarize_drawings,
)
from fvapp.core.classroom.kinds import KINDS
from fvapp.core.errors import EngineError
from fvapp.engine.classroom.register import ClassRegister
from fvapp.engine.runs import OpenWorkspace


class ClassDrawingCommands:
    """Commands on the drawings and texts that a school class keeps.

    Teachers' commands may raise ``unknown_class`` (the teacher has no such open class). The
    students' command may raise ``not_in_class`` (the visitor has no seat in an open class).

    Args:
        add_examples: stores images, labels and sources as examples of a data set in a workspace.
            If its last argument is 2, every second image is held out for testing.
    """

    def __init__(
        self,
        register: ClassRegister,
        add_examples: Callable[
            [OpenWorkspace, str, Sequence[tuple[np.ndarray, int, str]], int], object
        ],
    ) -> None:
        self._class_register = register
        self._add_examples = add_examples

    def keep_wall_drawings(self, token: str, classroom: str) -> None:
        """Keep the drawings on the class's wall, the shared display shown by the projector.

        Drawings of a word are kept for the class, with its earlier drawings of that word. Drawings
        of digits become the teacher's own examples, half for training and half for testing.
        Drawings are kept without nicknames.

        A drawing kept for the class is deleted when it is taken off the wall, or when its student
        leaves, is removed, or deletes their work. The teacher's examples are deleted in the same
        cases, but only until the round ends.

        Raises:
            EngineError: ``no_round``: the class has no round (a joint task), or its outcome is not
                revealed yet; ``limit_examples``: too many drawings would be kept.
        """
        with self._class_register.edit_class(token, classroom) as room:
            current = room.round
            if current is None or not current.revealed:
                raise EngineError("no_round")
            if not current.kept:
                self._keep_round_drawings(token, room, current)
                self._class_register.update_class_fields(room, round=replace(current, kept=True))

    def summarize_kept_drawings(self, token: str, classroom: str) -> CollectionSummary:
        """Return a summary of the words and drawings that a class has kept."""
        with self._class_register.lock:
            room = self._class_register.find_own_open_class(token, classroom)
            return summarize_drawings(
                room.data, self._class_register.class_rows.kept_drawings(room.id)
            )

    def make_data_set_of_drawings(self, token: str, classroom: str) -> str:
        """Turn a class's kept drawings into the class's data set, and return the data set's name.

        The command also decides which drawings are held out for testing.

        Raises:
            DatasetError, ExampleError: as ``make_class_dataset``: there are too few words, or too
                few drawings of a word.
        """
        with self._class_register.edit_class(token, classroom) as room:
            dataset, placed = make_class_dataset(
                self._class_register.class_rows.kept_drawings(room.id)
            )
            self._class_register.class_rows.store_drawings(room.id, placed)
            self._class_register.update_class_fields(room, data=dataset)
            return dataset

    def make_text_data_set(
        self, token: str, classroom: str, texts: Sequence[tuple[int, str]], base: str
    ) -> str:
        """Turn texts into the class's data set, and return the data set's name.

        Each text is kept in the form that networks read. A text is deleted when its student leaves,
        is removed, or deletes their work. New texts replace the class's earlier texts.

        Args:
            texts: for each writer, the seat number (0 for the teacher) and the text as typed, which
                the teacher has read.
            base: name of the text data set that the texts can be mixed into, such as "stories".

        Raises:
            ExampleError: ``text_long``, ``text_short``: the texts have too many or too few
                characters; ``example_dataset``: there is no data set `base`.
        """
        with self._class_register.edit_class(token, classroom) as room:
            dataset, kept = make_class_text(room.round.number if room.round else 0, texts, base)
            rows = self._class_register.class_rows
            before = [each for each in rows.kept_drawings(room.id) if each.word == SENTENCES]
            rows.delete_drawings(room.id, before)
            rows.store_drawings(room.id, kept)
            self._class_register.update_class_fields(room, data=dataset)
            return dataset

    def make_sentence_data_set(self, token: str, classroom: str) -> str:
        """Make the class's data set from sentences the teacher accepted; return its name.

        Raises:
            EngineError: ``no_round``: the class has no round (a joint task).
            ExampleError: ``text_long``, ``text_short``: the sentences have too many or too few
                characters.
        """
        with self._class_register.edit_class(token, classroom) as room:
            current = room.current_round
            texts = [
                (student.seat, accepted)
                for student in self._class_register.class_rows.unbanned_students(room.id)
                if (accepted := student.entry_in(current).accepted_text)
            ]
            return self.make_text_data_set(token, classroom, texts, current.subject)

    def delete_kept_drawings(self, token: str, classroom: str, word: str | None = None) -> None:
        """Delete the class's drawings of one word, or all its drawings.

        If the deleted drawings are part of the class's data set, the data set is deleted, too. Runs
        on a deleted data set cannot continue, but their networks are kept.

        Args:
            word: the word whose drawings are deleted; `SENTENCES` for the class's texts, which are
                stored as drawings; None for all drawings.
        """
        with self._class_register.edit_class(token, classroom) as room:
            rows = self._class_register.class_rows
            gone = [
                drawing for drawing in rows.kept_drawings(room.id) if word in (None, drawing.word)
            ]
            rows.delete_drawings(room.id, gone)
            current = room.round
            data = "" if any(drawing.place for drawing in gone) else room.data
            if current is not None and current.number in {drawing.round for drawing in gone}:
                current = replace(current, kept=False)
            self._class_register.update_class_fields(room, data=data, round=current)

    def delete_own_drawings(self, token: str) -> None:
        """Delete all drawings by the calling student that the class has kept."""
        with self._class_register.edit_seat(token) as seat:
            self._class_register.delete_student_drawings(*seat)

    def _keep_round_drawings(self, token: str, room: Classroom, current: Round) -> None:
        students = sorted(
            (student for student, _ in self._class_register.workspaces_of_class(room)),
            key=lambda student: student.id,
        )
        drawn = [(student.seat, student.entry_in(current).drawing) for student in students]
        kept = KINDS[current.kind].collect_kept_drawings(
            current, [(seat, drawing) for seat, drawing in drawn if drawing]
        )
        self._class_register.class_rows.store_drawings(room.id, kept.drawings)
        if kept.examples:
            self._add_examples(
                self._class_register.workspaces.open_workspace(token),
                DIGIT_DATASET,
                kept.examples,
                2,
            )
