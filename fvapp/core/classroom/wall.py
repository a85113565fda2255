"""Defines rounds in which students draw, and the wall on which all drawings are projected."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from math import ceil

import numpy as np

from fvapp.core.classroom.roster import Classroom
from fvapp.core.classroom.round_kind import GetView, RoundKind
from fvapp.core.classroom.rounds import (
    Round,
    RoundEntry,
    RoundView,
    StudentRound,
    pack_image,
)
from fvapp.core.classroom.student_row import StudentRow
from fvapp.core.errors import EngineError

DRAW_SECONDS = 20.0
GRACE_SECONDS = 3.0  # extra seconds to finish a stroke begun before the drawing deadline
_ASPECT_RATIO = 2.05  # width divided by height of the projected wall of square drawings


@dataclass(frozen=True)
class WallTile:
    """A drawing on the projected wall, with a network's answer if a network reads the drawings.

    Attributes:
        student_id: id of the student who drew it; used only to take the drawing off the wall.
    """

    student_id: str
    drawing: str
    predicted_label: int | None = None


@dataclass(frozen=True)
class WallRoundView(RoundView):
    """The drawings (tiles) to project; they stay in the same order while more drawings arrive."""

    tiles: tuple[WallTile, ...] = ()


@dataclass(frozen=True)
class WallRound(StudentRound):
    """A drawing round as one student sees it.

    Attributes:
        has_drawn: whether the student's drawing is on the projected wall.
        is_taken_off: whether the teacher has taken the drawing off the wall.
        is_kept: whether the teacher has kept the drawing.
        predicted_label: the network's answer for the drawing; None until results are revealed.
    """

    has_drawn: bool = False
    is_taken_off: bool = False
    is_kept: bool = False
    predicted_label: int | None = None


class WallRoundKind(RoundKind):
    """A round in which everybody has the same time to draw."""

    def recognise_drawing(self, image: np.ndarray) -> int | None:
        """Return a network's answer for a drawing; None if no network reads the drawings."""
        return None

    def record_drawing(
        self, current: Round, entry: RoundEntry, image: np.ndarray, now: float
    ) -> RoundEntry:
        if not is_drawing_accepted(current, entry, now):
            raise EngineError("round_over")
        return replace(entry, drawing=pack_image(image), label=self.recognise_drawing(image))

    def begin_drawing_late(self, current: Round, entry: RoundEntry, now: float) -> RoundEntry:
        if current.revealed or entry.off or entry.drawing:
            raise EngineError("round_over")
        return replace(entry, began=now)

    def turn_end_time(self, current: Round, entry: RoundEntry) -> float:
        return drawing_deadline(current, entry) + GRACE_SECONDS

    def has_answered(self, classroom: Classroom, row: StudentRow) -> bool:
        return bool(row.student.entry_in(classroom.current_round).drawing)

    def has_partly_answered(self, classroom: Classroom, row: StudentRow, now: float) -> bool:
        current = classroom.current_round
        return super().has_partly_answered(classroom, row, now) or is_drawing_accepted(
            current, row.student.entry_in(current), now
        )

    def class_view(
        self, classroom: Classroom, rows: Sequence[StudentRow], now: float
    ) -> WallRoundView:
        current = classroom.current_round
        tiles = tuple(
            WallTile(student.id, entry.drawing, entry.label)
            for student in sorted((row.student for row in rows), key=lambda student: student.id)
            if (entry := student.entry_in(current)).drawing
        )
        return WallRoundView(*self.count_answered(classroom, rows, now), tiles)

    def student_view(
        self, classroom: Classroom, row: StudentRow, now: float, get_view: GetView
    ) -> WallRound:
        current = classroom.current_round
        entry = row.student.entry_in(current)
        drawn = bool(entry.drawing)
        return WallRound(
            *current.fields_for_students,
            covers_pages_until=drawing_deadline(current, entry)
            if is_drawing_accepted(current, entry, now)
            else None,
            has_drawn=drawn,
            is_taken_off=entry.off,
            is_kept=current.kept and drawn,
            predicted_label=entry.label if current.revealed and drawn else None,
        )


def drawing_deadline(current: Round, entry: RoundEntry) -> float:
    """Return when a student's time to draw is over."""
    return max(current.started, entry.began) + DRAW_SECONDS


def is_drawing_accepted(current: Round, entry: RoundEntry, now: float) -> bool:
    """Return whether a student's drawing is still accepted.

    If the server's clock is set back, a round may seem to start in the future. So a drawing is also
    refused if more time seems to be left than a round lasts.
    """
    left = drawing_deadline(current, entry) + GRACE_SECONDS - now
    return not current.revealed and not entry.off and 0 < left <= DRAW_SECONDS + GRACE_SECONDS


def count_labels(tiles: Iterable[WallTile]) -> list[tuple[int, int]]:
    """Return each label that a network gave to drawings with its count, most common first."""
    return Counter(
        tile.predicted_label for tile in tiles if tile.predicted_label is not None
    ).most_common()


def wall_columns(frames: int) -> int:
    """Return the number of columns with which `frames` drawings best fill the projected wall."""
    possible = range(1, frames + 1)
    return max(
        possible, key=lambda columns: min(_ASPECT_RATIO / columns, 1 / ceil(frames / columns))
    )
