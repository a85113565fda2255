"""Lets students return to their seats (places in a class) by a code, card or assignment link.

Because anybody can open a class, seat codes and cards are available only if the teacher has proved
who they are, with the private teacher link or the teacher password. A code or card opens only a
student's work in that class, and only while the class is open or an assignment is due. A workspace
that teaches a class has no codes, and codes made earlier no longer open it.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import date

from fvapp.core.classroom import Assignment, Classroom, SeatKeys, Student, keep_known_missions
from fvapp.core.errors import EngineError
from fvapp.engine.api import Workspace
from fvapp.engine.classroom.register import ClassRegister
from fvapp.engine.classroom.teachers import NOTE
from fvapp.engine.runs import OpenWorkspace, tokens

VALID = 600.0  # seconds for which a seat code shown on the board is valid
MOST_ASSIGNMENTS = 50  # maximum number per class; links of older assignments stop working


class SeatReturnCommands:
    """Commands with which students return to their class: by seat code, card or assignment.

    Teachers' commands may raise ``unknown_class``: the class is not an open class of this teacher.
    """

    def __init__(self, register: ClassRegister) -> None:
        self._class_register = register

    # Teachers' commands

    def make_seat_code(self, token: str, classroom: str, student: str) -> tuple[str, float]:
        """Return a one-time code that moves a seat to another browser, and the code's expiry time.

        Earlier codes for the seat stop working. The expiry time is in seconds since 1970.

        Raises:
            EngineError: ``unknown_student``: there is no such student; ``codes_unproven``: the
                teacher has not used the private teacher link or the teacher password;
                ``seat_of_teacher``: the student also teaches a class, so a code would open their
                classes.
        """
        with self._class_register.edit_class(token, classroom) as room:
            found = self._class_register.find_student(room, student)
            self._check_codes_allowed(room)
            if self._belongs_to_teacher(found.workspace):
                raise EngineError("seat_of_teacher")
            code = tokens.new_code(tokens.SEAT_GROUPS)
            until = self._class_register.now() + VALID
            self._class_register.store_student(
                room, replace(found, back=tokens.hash_secret(code), back_until=until)
            )
            return code, until

    def is_seat_code_valid(self, token: str, classroom: str, student: str) -> bool:
        """Return whether the latest code for a student's seat can still open the seat."""
        with self._class_register.lock:
            return self._can_code_open_seat(
                self._class_register.find_student(
                    self._class_register.find_own_open_class(token, classroom), student
                )
            )

    def which_students_have_cards(self, token: str, classroom: str) -> dict[str, bool]:
        """Return, by student id, whether each student has a seat card; omit teachers' seats."""
        with self._class_register.lock:
            students = self._class_register.class_rows.unbanned_students(
                self._class_register.find_own_open_class(token, classroom).id
            )
            return {
                student.id: bool(student.card)
                for student in students
                if not self._belongs_to_teacher(student.workspace)
            }

    def make_seat_cards(
        self, token: str, classroom: str, reprinted: Collection[str] = ()
    ) -> list[tuple[str, str]]:
        """Make cards that reopen students' seats; return each card's nickname and code.

        Cards are made for students who have none, and for those whose card is replaced.

        Args:
            reprinted: ids of students whose card is replaced. Their earlier card stops working, and
                browsers that opened the seat with a code or card lose access.

        Raises:
            EngineError: ``codes_unproven``: the teacher has not used the private teacher link or
                the teacher password.
        """
        cards = []
        with self._class_register.edit_class(token, classroom) as room:
            self._check_codes_allowed(room)
            for student in self._class_register.class_rows.unbanned_students(room.id):
                if (student.id in reprinted or not student.card) and not self._belongs_to_teacher(
                    student.workspace
                ):
                    code = tokens.new_code()
                    cards.append((student.nickname, code))
                    if student.card:
                        self._class_register.revoke_seat_access(
                            room, student, tokens.hash_secret(code)
                        )
                    else:
                        self._class_register.store_student(
                            room, replace(student, card=tokens.hash_secret(code))
                        )
            self._class_register.workspaces.change_counter.record_visible_change(room.owner)
        return sorted(cards, key=lambda card: card[0].casefold())

    def assign_missions(
        self, token: str, classroom: str, missions: Collection[str], due: date
    ) -> Assignment:
        """Assign missions to a class, due on a given day; a repeated assignment keeps its link.

        Raises:
            EngineError: ``class_without_missions``: none of these missions belongs to the class.
        """
        with self._class_register.edit_class(token, classroom) as room:
            chosen = keep_known_missions(set(missions) & set(room.missions))
            kept = {
                (assignment.missions, assignment.due): assignment for assignment in room.assignments
            }
            # The link lets students join the class. It contains a secret key instead of the class's
            # id, because pages show the id to anybody.
            made = Assignment(tokens.new_link_key(), chosen, due.isoformat())
            made = kept.pop((made.missions, made.due), made)
            self._class_register.update_class_fields(
                room, assignments=(*kept.values(), made)[-MOST_ASSIGNMENTS:]
            )
            return made

    # Students' commands

    def open_seat_by_code(self, token: str, code: str, sure: bool = True) -> tuple[Workspace, str]:
        """Open the seat of a code with the work done there; return the workspace and nickname.

        Other browsers lose their access to the seat, but not to the rest of the workspace. Wrong
        codes are not counted: a code has 40 random bits, and while it is valid the server cannot
        answer enough requests for anybody to guess it.

        Args:
            token: the token of the browser in which the code is typed, which now opens the seat.
                No new token is made, because it might never reach the browser.
            sure: whether to open the seat even if this browser loses access to other work.

        Raises:
            EngineError: ``seat_code_unknown``: the code was used, has expired, or never existed;
                ``seat_code_by_teacher``: the browser would lose its classes; ``work_here``: the
                browser would lose other work, and `sure` is False; or students cannot return to the
                class now, see `ClassRegister.check_seats_open`.
        """
        with self._class_register.edit_workspace(token) as own:
            workspaces = self._class_register.workspaces
            if self._belongs_to_teacher(own.id):
                raise EngineError("seat_code_by_teacher")
            typed = tokens.parse_code(code[:40], tokens.SEAT_GROUPS) or ""
            found = self._find_seat_by_code("back", tokens.hash_secret(typed))
            if found is None or not self._can_code_open_seat(found[1]):
                raise EngineError("seat_code_unknown")
            classroom, student = found
            self._class_register.check_seats_open(classroom.id)
            workspace = workspaces.find_or_load_workspace(student.workspace)
            opened = workspaces.open_class_work(token, workspace, classroom.id, sure)
            workspaces.take_over_class_work(token, workspace, classroom.id)
            self._class_register.store_student(classroom, replace(student, back="", back_until=0.0))
            workspaces.change_counter.record_visible_change(classroom.owner)
            return opened, student.nickname

    def find_seat_of_card(self, code_hash: str) -> tuple[OpenWorkspace, str] | None:
        """Return the workspace and class id that a card with this code opens, or None.

        Called with the engine's lock held.

        Raises:
            EngineError: students cannot return now, see `ClassRegister.check_seats_open`.
        """
        found = self._find_seat_by_code("card", code_hash)
        if found is None:
            return None
        classroom, student = found
        self._class_register.check_seats_open(classroom.id)
        return self._class_register.workspaces.find_or_load_workspace(
            student.workspace
        ), classroom.id

    def list_seat_keys(self, token: str) -> list[SeatKeys]:
        """Return, for each of a student's seats, how other browsers can open it or have opened it.

        The list is empty if this browser itself opened its seat with a code or card.
        """
        register = self._class_register
        with register.locked_workspace(token) as own:
            seats = (
                [] if own.scope.only_class_id else register.class_rows.seats_of_workspace(own.id)
            )
            found = [
                SeatKeys(
                    classroom.id,
                    classroom.name,
                    opens_by_code=self._can_code_open_seat(student),
                    opens_by_card=bool(student.card),
                    is_card_pending=not classroom.codes,
                    browser_count=register.workspaces.count_browsers_of_class(
                        own.whole_workspace, classroom.id
                    ),
                    was_taken_elsewhere=not own.scope.includes_class(classroom.id),
                )
                for classroom, student in seats
                if not student.banned
            ]
        return [
            doors
            for doors in found
            if doors.opens_by_code
            or doors.opens_by_card
            or doors.browser_count
            or doors.was_taken_elsewhere
        ]

    def revoke_own_seat_access(self, token: str, classroom: str) -> None:
        """Give this browser its seat back; revoke the seat's code, card and other browsers' access.

        Raises:
            EngineError: ``seat_only``: this browser opened the seat with a code or card;
                ``not_in_class``: the student has no seat in this class.
        """
        register = self._class_register
        with register.edit_workspace(token) as own:
            if own.scope.only_class_id:
                raise EngineError("seat_only")
            for room, student in register.class_rows.seats_of_workspace(own.id):
                if room.id == classroom and not student.banned:
                    register.revoke_seat_access(room, student)
                    register.workspaces.change_counter.record_visible_change(room.owner)
                    return
            raise EngineError("not_in_class")

    def find_assignment(self, token: str, key: str) -> tuple[Classroom, Assignment]:
        """Return the assignment whose link has this key, and its class, which may be closed.

        Raises:
            EngineError: ``assignment_unknown``: no class has an assignment with this key.
        """
        register = self._class_register
        with register.locked_workspace(token):
            for classroom in register.class_rows.classes.values():
                if classroom.id not in register.hidden_classes and (
                    found := classroom.find_assignment(key)
                ):
                    return classroom, found
        raise EngineError("assignment_unknown")

    def find_homework(self, token: str) -> tuple[Classroom, Assignment] | None:
        """Return the closed class that this browser opened by seat code or card, and its homework.

        The homework is the class's last assignment. The result is None for all other browsers. The
        codes and cards of a closed class work only while an assignment is due.
        """
        with self._class_register.locked_workspace(token) as own:
            room = self._class_register.class_rows.classes.get(own.scope.only_class_id)
            if room is None or room.code or not room.assignments:
                return None
            return room, room.assignments[-1]

    # Private methods

    def _check_codes_allowed(self, classroom: Classroom) -> None:
        if not classroom.codes:
            raise EngineError("codes_unproven")

    def _can_code_open_seat(self, student: Student) -> bool:
        left = student.back_until - self._class_register.now()
        # A code that seems valid for more than twice `VALID` is refused: the clock was set back.
        return bool(student.back) and 0.0 < left < 2 * VALID

    def _find_seat_by_code(self, field: str, code_hash: str) -> tuple[Classroom, Student] | None:
        """Return the class and student whose seat has this code, or None.

        Seats of teachers are ignored.

        Args:
            field: the field of `Student` that holds the hash of a code.
        """
        for classroom in self._class_register.class_rows.classes.values():
            for student in self._class_register.class_rows.all_students(classroom.id):
                if (
                    getattr(student, field) == code_hash
                    and classroom.id not in self._class_register.hidden_classes
                ):
                    return (
                        None
                        if self._belongs_to_teacher(student.workspace)
                        else (classroom, student)
                    )
        return None

    def _belongs_to_teacher(self, workspace: str) -> bool:
        """Return whether a workspace owns classes, or has opened the private teacher link."""
        owns = any(
            classroom.owner == workspace
            for classroom in self._class_register.class_rows.classes.values()
        )
        found = self._class_register.find_workspace(workspace)
        return owns or (found is not None and NOTE in found.notes)
