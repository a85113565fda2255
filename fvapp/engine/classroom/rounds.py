"""Commands for rounds: tasks in which a whole class answers, draws or trains at the same time."""

import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import numpy as np

from fvapp.core.classroom import (
    AWAY_SECONDS,
    Classroom,
    Round,
    RoundEntry,
    RoundView,
    Student,
    StudentRound,
    StudentRow,
)
from fvapp.core.classroom import rounds as rules
from fvapp.core.classroom.kinds import KINDS
from fvapp.core.errors import EngineError, FvappError
from fvapp.core.missions.progress import NOTE, write_progress
from fvapp.core.runs import RunRecord
from fvapp.core.settings import RunSettings
from fvapp.core.stack import IMAGE_SHAPE
from fvapp.engine.classroom.register import ClassRegister
from fvapp.engine.classroom.votes import VoteCounter
from fvapp.engine.classroom.watching import ClassSnapshots
from fvapp.engine.runs import OpenWorkspace, Run, tokens


class RoundCommands:
    """Commands for the rounds of school classes.

    Teachers' commands may raise ``unknown_class`` (the teacher has no such open class) and
    ``no_round`` (the class has no round). Students' commands take the round's number. They may
    raise ``not_in_class`` (the visitor has no seat in an open class) and ``round_over`` (the round
    with this number is over).

    Attributes:
        now: returns the time in seconds since 1970, by the clock to which rounds' deadlines refer.

    Args:
        queue_round_runs: queues runs with the given settings as a group, ahead of the workspace's
            other runs. If the group exceeds a limit, none of the runs is queued.
    """

    def __init__(
        self,
        register: ClassRegister,
        snapshots: ClassSnapshots,
        votes: VoteCounter,
        queue_round_runs: Callable[[OpenWorkspace, list[RunSettings], str], None],
    ) -> None:
        self._class_register = register
        self._snapshots = snapshots
        self._vote_counter = votes
        self._queue_round_runs = queue_round_runs
        self.now = register.now
        self._last_update_at = self.now()

    # Teachers' commands

    def start_round(self, token: str, classroom: str, kind: str, subject: str = "") -> Classroom:
        """Start a round on all screens of the class; starting the same round again changes nothing.

        Args:
            kind: the name of the kind of round, a key of ``KINDS``.
            subject: what the round is about, such as a word to draw, in the form the kind expects.

        Raises:
            EngineError: ``round_under_way``: the outcome of another round is not revealed yet;
                ``round_unknown``: there is no such kind of round, or no such subject;
                ``round_voters``: too few networks can vote; ``class_words``: the class has already
                kept drawings of the maximum number of words; ``round_counted``: the class has
                already answered this part of the questionnaire.
            DatasetError: ``own_class_name``: the word cannot be the name of a class.
        """
        with self._class_register.edit_class(token, classroom) as room:
            row = KINDS.get(kind)
            if row is None or not row.accepts_round_subject(subject, room.missions):
                raise EngineError("round_unknown")
            row.check_round_can_start(room, subject)
            subject = row.validate_round_subject(
                subject, self._class_register.class_rows.kept_drawings(room.id)
            )
            before = room.round
            if before is not None and not before.revealed:
                if (before.kind, before.subject) == (kind, subject):
                    return room
                raise EngineError("round_under_way")
            students = self._class_register.seated_students(room)
            if len(self._vote_counter.voting_runs(room)) < row.fewest_voters:
                raise EngineError("round_voters", least=row.fewest_voters)
            self.clear_round(room)
            here = [
                (student, workspace)
                for student, workspace in students
                if self._class_register.clock() - workspace.seen_at <= AWAY_SECONDS
            ]
            number = room.rounds + 1
            now = self.now()
            networks = rules.networks_per_student(len(here))
            secret = secrets.randbelow(rules.MOST_SECRET + 1)
            made = Round(number, kind, subject, networks, started=now, secret=secret)
            room = self._class_register.update_class_fields(room, round=made, rounds=number)
            taken: set[int] = set()
            for student, workspace in here:
                self._queue_missing_networks(room, student, workspace, taken)
            self._snapshots.update_class_snapshot(room)
            self._vote_counter.count_votes_if_due(room)
            return self._class_register.class_rows.classes[classroom]

    def reveal_round(self, token: str, classroom: str) -> Classroom:
        """Reveal the outcome of the round to everybody."""
        with self._edit_round(token, classroom) as (room, current):
            room = self._class_register.update_class_fields(
                self._with_round_outcome(room), round=replace(current, revealed=True)
            )
            self._snapshots.update_class_snapshot(room)
            return room

    def end_round(self, token: str, classroom: str) -> Classroom:
        """End the round and delete its drawings, but keep students' predictions and runs."""
        with self._edit_round(token, classroom) as (room, _):
            room = self.clear_round(room)
            self._snapshots.update_class_snapshot(room)
            return room

    def take_drawing_off_wall(self, token: str, classroom: str, student: str) -> None:
        """Delete a student's drawing from the wall (shared display) for the rest of the round."""
        with self._edit_round(token, classroom) as (room, current):
            found = self._class_register.find_student(room, student)
            self._delete_wall_drawing(room, found, RoundEntry(current.number, off=True))

    def record_sentence_decision(
        self, token: str, classroom: str, sentences: Iterable[tuple[str, str]], accepted: bool
    ) -> None:
        """Accept or reject sentences that the teacher has read.

        Args:
            sentences: each student's id and the text the teacher has read. If the student has
                changed a sentence since, it is neither accepted nor rejected.
        """
        with self._edit_round(token, classroom) as (room, current):
            read: dict[str, set[str]] = {}
            for student, text in sentences:
                read.setdefault(student, set()).add(text)
            for found in self._class_register.class_rows.unbanned_students(room.id):
                if found.id in read:
                    entry = found.entry_in(current)
                    self._store_round_entry(
                        room, found, rules.record_sentence_decision(entry, read[found.id], accepted)
                    )
            self._snapshots.update_class_snapshot(room)

    def round_view(self, token: str, classroom: str) -> RoundView | None:
        """Return the state of the round, at most a second old, or None if there is no round."""
        with self._class_register.lock:
            return self._snapshots.round_view(
                self._class_register.find_own_open_class(token, classroom)
            )

    # Students' commands

    def answer_round(self, token: str, number: int, answer: str) -> None:
        """Store a student's answer in the round; a prediction is also stored in their mission.

        Raises:
            EngineError: ``round_unknown``: the round does not accept this answer.
        """
        with self._edit_round_entry(token, number) as (classroom, student, _):
            current = classroom.current_round
            if current.revealed:
                raise EngineError("round_over")
            workspaces = self._class_register.workspaces
            workspace = workspaces.open_workspace(token)
            row = self._student_row(classroom, student, workspace, token)
            after = KINDS[current.kind].record_answer(current, row, answer)
            if after.student != student:
                self._class_register.store_student(classroom, after.student)
            if after.progress != row.progress:
                workspaces.update_stored_note(
                    workspace, NOTE, lambda _: write_progress(after.progress)
                )

    def put_drawing_on_wall(self, token: str, number: int, image: np.ndarray) -> None:
        """Put a student's drawing on the wall, the class's shared display; classify a digit.

        Args:
            image: uint8 [28, 28], prepared as a network's input.

        Raises:
            EngineError: ``bad_image``: the image has another type or shape.
        """
        with self._edit_round_entry(token, number) as (classroom, student, entry):
            image = np.asarray(image)
            if image.dtype != np.uint8 or image.shape != IMAGE_SHAPE:
                raise EngineError("bad_image")
            current = classroom.current_round
            self._store_round_entry(
                classroom,
                student,
                KINDS[current.kind].record_drawing(current, entry, image, self.now()),
            )

    def take_own_drawing_off_wall(self, token: str, number: int) -> None:
        """Take the student's own drawing off the wall, the class's shared display."""
        with self._edit_round_entry(token, number) as (classroom, student, entry):
            if entry.drawing:
                self._delete_wall_drawing(
                    classroom, student, replace(entry, drawing="", label=None)
                )

    def begin_late_drawing(self, token: str, number: int) -> None:
        """Give a student who joins late the full time to draw, unless they have drawn already."""
        with self._edit_round_entry(token, number) as (classroom, student, entry):
            current = classroom.current_round
            self._store_round_entry(
                classroom,
                student,
                KINDS[current.kind].begin_drawing_late(current, entry, self.now()),
            )

    def train_missing_networks(self, token: str, number: int) -> None:
        """Train the round's networks that a student still lacks.

        Networks are missing if the student came late, or if runs were refused or lost.

        Raises:
            EngineError: the networks exceed a limit, as in ``RunCommands.submit_runs``.
        """
        with self._edit_round_entry(token, number) as (classroom, student, _):
            runs = [
                run
                for _, workspace in self._class_register.seated_students(classroom)
                for run in workspace.runs.values()
            ]
            taken = {run.settings.seed for run in self._runs_of_round(classroom, runs)}
            refused = self._queue_missing_networks(
                classroom, student, self._class_register.workspaces.open_workspace(token), taken
            )
        if refused is not None:
            raise refused

    def student_round_view(
        self, classroom: Classroom, student: Student, workspace: OpenWorkspace, token: str
    ) -> StudentRound | None:
        """Return the class's round as a student's page shows it, or None if there is no round.

        Called with the engine's lock held.

        Args:
            token: the token of the student's browser.
        """
        if classroom.round is None:
            return None
        row = self._student_row(classroom, student, workspace, token)
        look = partial(self._snapshots.round_view, classroom)
        return KINDS[classroom.round.kind].student_view(classroom, row, self.now(), look)

    # Methods called by other parts of the engine, with the lock held

    def clear_round(self, classroom: Classroom) -> Classroom:
        """End a class's round, if any; delete students' entries and unfinished drawings in it."""
        self._class_register.class_rows.delete_round_entries(classroom.id)
        if classroom.current_round_group_name is None:
            return classroom
        for _, workspace in self._class_register.workspaces_of_class(classroom):
            for memory in workspace.page_data_by_scope.values():
                memory.pop(classroom.current_round_group_name, None)
        return self._class_register.update_class_fields(
            self._with_round_outcome(classroom), round=None
        )

    # Methods called at regular intervals

    def update_rounds(self) -> None:
        """Redraw the pages of students whose time to draw is over, and count votes that are due.

        Called with the engine's lock held.
        """
        before = self._last_update_at
        self._last_update_at = self.now()
        for classroom in list(self._class_register.class_rows.classes.values()):
            current = classroom.round
            if current is None:
                continue
            self._vote_counter.count_votes_if_due(classroom)
            if not current.revealed:
                for student in self._class_register.class_rows.all_students(classroom.id):
                    end = KINDS[current.kind].turn_end_time(current, student.entry_in(current))
                    if before < end <= self._last_update_at:
                        self._class_register.notify_student(student)

    # Private methods

    @contextmanager
    def _edit_round(self, token: str, classroom: str) -> Iterator[tuple[Classroom, Round]]:
        with self._class_register.edit_class(token, classroom) as room:
            if room.round is None:
                raise EngineError("no_round")
            yield room, room.round

    @contextmanager
    def _edit_round_entry(
        self, token: str, number: int
    ) -> Iterator[tuple[Classroom, Student, RoundEntry]]:
        with self._class_register.edit_seat(token) as (classroom, student):
            current = classroom.round
            if current is None or current.number != number:
                raise EngineError("round_over")
            yield classroom, student, student.entry_in(current)

    def _with_round_outcome(self, classroom: Classroom) -> Classroom:
        """Return a class with its round's outcome, which is computed unless already revealed."""
        current = classroom.current_round
        if current.revealed:
            return classroom
        return KINDS[current.kind].finish_round(
            classroom, self._class_register.class_rows.unbanned_students(classroom.id)
        )

    def _student_row(
        self, classroom: Classroom, student: Student, workspace: OpenWorkspace, token: str
    ) -> StudentRow:
        return replace(
            self._snapshots.student_row(classroom, student, workspace),
            browser_hash=tokens.browser_id(token),
        )

    def _store_round_entry(self, classroom: Classroom, student: Student, entry: RoundEntry) -> None:
        self._class_register.store_student(classroom, replace(student, entry=entry))

    def _delete_wall_drawing(
        self, classroom: Classroom, student: Student, entry: RoundEntry
    ) -> None:
        """Delete a student's drawing and its copies; replace the student's entry in the round."""
        self._class_register.delete_wall_example(classroom, student)
        self._class_register.class_rows.replace_student_fields(classroom.id, student, entry=entry)
        self._class_register.notify_student(student)
        self._snapshots.update_class_snapshot(classroom)

    def _runs_of_round(self, classroom: Classroom, runs: Iterable[Run]) -> list[RunRecord]:
        return rules.runs_of_round((run.record for run in runs), classroom.current_round_group_name)

    def _queue_missing_networks(
        self, classroom: Classroom, student: Student, workspace: OpenWorkspace, taken: set[int]
    ) -> FvappError | None:
        """Queue the round's networks that a student lacks; if the queue refuses, return the error.

        Args:
            taken: seeds of the class's networks; the seeds of the queued networks are added.
        """
        current = classroom.current_round
        wants = KINDS[current.kind].count_networks_to_queue(current, student.joined)
        count = wants - len(self._runs_of_round(classroom, workspace.runs.values()))
        wanted = [RunSettings(seed=seed) for seed in rules.find_unused_seeds(taken, count)]
        refused = None
        try:
            if wanted:
                self._queue_round_runs(workspace, wanted, classroom.current_round_group_name or "")
                taken |= {settings.seed for settings in wanted}
        except FvappError as error:
            refused = error
        entry = student.entry_in(current)
        if entry.refused != (refused is not None):
            self._store_round_entry(classroom, student, replace(entry, refused=refused is not None))
        return refused
