"""How students come back to their seats: by a code from the board, by a printed card, by the link of an assignment.

A code opens the student's whole workspace. So none is made for a workspace that is also a teacher's, and an earlier one
no longer opens it.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import date
from secrets import token_urlsafe

from fvapp.core.classroom.roster import Assignment, Classroom, Student, check_missions
from fvapp.core.errors import EngineError
from fvapp.engine.api import Workspace
from fvapp.engine.classroom.register import Register
from fvapp.engine.classroom.teachers import NOTE
from fvapp.engine.runs import tokens
from fvapp.engine.runs.open_workspace import OpenWorkspace

VALID = 600.0  # seconds in which a code from the board must be typed
MOST_ASSIGNMENTS = 50  # whose links a class knows


class Returning:
    """Commands of teachers may raise ``unknown_class``."""

    def __init__(self, register: Register) -> None:
        self._register = register

    # Teachers

    def new_code(self, token: str, classroom: str, student: str) -> tuple[str, float]:
        """Return a code that opens a seat once in another browser, and until when, in seconds since 1970.

        Earlier codes for the seat stop working.

        Raises:
            EngineError: ``unknown_student``; ``seat_of_teacher``.
        """
        with self._register.changing_own(token, classroom) as room:
            found = self._register.student(room, student)
            if self._is_teachers(found.workspace):
                raise EngineError("seat_of_teacher")
            code, until = tokens.new_code(tokens.SEAT_GROUPS), self._register.now() + VALID
            self._register.put(room, replace(found, back=tokens.hashed(code), back_until=until))
            return code, until

    def waits(self, token: str, classroom: str, student: str) -> bool:
        """Return whether the latest code for a seat still opens it."""
        with self._register.lock:
            return self._good(self._register.student(self._register.own(token, classroom), student))

    def make_cards(self, token: str, classroom: str) -> list[tuple[str, str]]:
        """Return each nickname with a lasting code for its seat; earlier cards stop working."""
        cards = []
        with self._register.changing_own(token, classroom) as room:
            for student in self._register.rows.present(room.id):
                if not self._is_teachers(student.workspace):
                    code = tokens.new_code()
                    cards.append((student.nickname, code))
                    self._register.put(room, replace(student, card=tokens.hashed(code)))
        return sorted(cards, key=lambda card: card[0].casefold())

    def assign(self, token: str, classroom: str, missions: Collection[str], due: date) -> Assignment:
        """Assign missions to a class, due on a day; the same assignment again keeps its key.

        Raises:
            EngineError: ``class_without_missions``.
        """
        with self._register.changing_own(token, classroom) as room:
            chosen = check_missions(set(missions) & set(room.missions))
            kept = {(each.missions, each.due): each for each in room.assignments}
            # Not named by the class's id, which pages say where they mean a class: this lets somebody in.
            made = Assignment(token_urlsafe(12), chosen, due.isoformat())
            made = kept.pop((made.missions, made.due), made)
            self._register.change(room, assignments=(*kept.values(), made)[-MOST_ASSIGNMENTS:])
            return made

    # Students

    def come_back(self, token: str, code: str, address: str = "", sure: bool = True) -> tuple[Workspace, str]:
        """Return the workspace of the seat that a code opens, under a new token, and the nickname.

        Browsers that had it open lose it.

        Args:
            token: of the workspace in which the code is typed; it stays as it is.
            address: of the network, where it is known; see `Guesses`.
            sure: False has a right code refused where this browser would lose sight of other work.

        Raises:
            EngineError: ``seat_code_unknown``: it was used, has expired, or never was; ``seat_code_by_teacher``: the
                browser would lose its classes; ``work_here`` unless `sure`; ``limit_guesses``, ``limit_guesses_all``.
        """
        with self._register.changing():
            own, workspaces = self._register.workspaces.open(token), self._register.workspaces
            if self._is_teachers(own.id):
                raise EngineError("seat_code_by_teacher")
            typed = tokens.read_code(code[:40], tokens.SEAT_GROUPS) or ""
            found = self._find("back", tokens.hashed(typed))
            good = found is not None and self._good(found[1])
            if not self._register.guess(own, good, address):
                raise EngineError("seat_code_unknown")
            if not sure and own.stored:
                raise EngineError("work_here")
            (classroom, student), workspace = found, workspaces.of_id(found[1].workspace)
            self._register.put(classroom, replace(student, back="", back_until=0.0))
            workspaces.versions.changed(classroom.owner)
            return workspaces.hand_over(workspace), student.nickname

    def of_card(self, code_hash: str) -> OpenWorkspace | None:
        """Return the workspace of the seat whose card has this code, or None. Called with the engine's lock held."""
        found = self._find("card", code_hash)
        return found and self._register.workspaces.of_id(found[1].workspace)

    def assigned(self, token: str, key: str) -> tuple[Classroom, Assignment]:
        """Return an assignment by the key in its link, and its class, open or closed.

        Raises:
            EngineError: ``assignment_unknown``.
        """
        register = self._register
        with register.lock:
            register.workspaces.open(token)
            for each in register.rows.classes.values():
                if each.id not in register.hidden and (found := each.assignment(key)):
                    return each, found
        raise EngineError("assignment_unknown")

    # Inside

    def _good(self, student: Student) -> bool:
        left = student.back_until - self._register.now()
        return bool(student.back) and 0.0 < left < 2 * VALID  # after a restart with the clock set back it could be days

    def _find(self, field: str, code_hash: str) -> tuple[Classroom, Student] | None:
        """Return the seat with this code, as class and student; None if its workspace is a teacher's."""
        for classroom in self._register.rows.classes.values():
            for student in self._register.rows.students(classroom.id).values():
                if getattr(student, field) == code_hash and classroom.id not in self._register.hidden:
                    return None if self._is_teachers(student.workspace) else (classroom, student)
        return None

    def _is_teachers(self, workspace: str) -> bool:
        """Return whether there are classes in a workspace, or the teacher's address was opened there."""
        owns = any(each.owner == workspace for each in self._register.rows.classes.values())
        found = self._register.of_id(workspace)
        return owns or (found is not None and NOTE in found.notes)
