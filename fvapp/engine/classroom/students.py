"""Students' commands in a school class: join, leave, raise a hand, show a network."""

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from fvapp.core.classroom import (
    ATTEMPTS,
    AWAY_SECONDS,
    MOST_LINE,
    Classroom,
    SentNetworkText,
    Student,
    StudentClassView,
    WallNetwork,
    check_nickname,
    make_student_class_view,
    next_seat_number,
    parse_join_code,
    runs_counted_as_attempts,
    wall_network_code,
)
from fvapp.core.classroom.kinds import KINDS
from fvapp.core.classroom.kinds.think import revealed_choices
from fvapp.core.datasets import Dataset
from fvapp.core.errors import EngineError
from fvapp.core.inspection import Network
from fvapp.core.missions import MISSIONS
from fvapp.core.names import clean_name
from fvapp.core.runs import RunRecord
from fvapp.core.settings import RunSettings
from fvapp.engine.api import ShownNetwork
from fvapp.engine.classroom.register import ClassRegister
from fvapp.engine.classroom.rounds import RoundCommands
from fvapp.engine.runs import OpenWorkspace, Run, tokens

_OF_MISSIONS = tuple(mission.run_group_prefix for mission in MISSIONS.values())


class StudentCommands:
    """Students' commands in a school class.

    Commands that need a seat raise ``not_in_class`` if the visitor has none in an open class.

    Args:
        network: returns a run's current network.
        dataset: returns the data set a run was trained on.
    """

    def __init__(
        self,
        register: ClassRegister,
        rounds: RoundCommands,
        network: Callable[[Run], Network],
        dataset: Callable[[Run], Dataset],
    ) -> None:
        self._class_register = register
        self._rounds = rounds
        self._limits = register.limits
        self._load_network = network
        self._load_dataset = dataset

    def find_own_seat(self, token: str) -> StudentClassView | None:
        """Return the visitor's seat in an open class, or None outside a class."""
        register = self._class_register
        with register.lock:
            if not register.class_rows.classes:
                return None
            workspace = register.workspaces.open_workspace(token)
            found = register.find_seat(workspace)
            if found is None:
                return None
            classroom, student = found
            return replace(
                make_student_class_view(classroom, student),
                round=self._rounds.student_round_view(classroom, student, workspace, token),
                wall_network_code=wall_network_code(student, workspace.runs, register.now()),
                drawing_count=sum(
                    drawing.seat == student.seat
                    for drawing in register.class_rows.kept_drawings(classroom.id)
                ),
                think_choices=revealed_choices(classroom, student, tokens.browser_id(token)),
            )

    def latest_seat(self, token: str) -> tuple[str, str] | None:
        """Return the visitor's current or else last class's name, and their nickname there."""
        with self._class_register.locked_workspace(token) as workspace:
            seat = self._class_register.find_seat(workspace)
            known = (
                [seat] if seat else self._class_register.class_rows.seats_of_workspace(workspace.id)
            )
            seats = [
                (student.joined, room.name, student.nickname)
                for room, student in known
                if not student.banned and workspace.scope.includes_class(room.id)
            ]
        return max(seats)[1:] if seats else None

    def join_class(
        self, token: str, code: str, nickname: str, offered: bool = False, address: str = ""
    ) -> StudentClassView:
        """Take a seat in the class that a code belongs to; return the class as the student sees it.

        Args:
            code: the class's code, typed or from its link, or the key of an assignment.
            offered: whether the app suggested the nickname; the caller has verified this.
            address: the browser's network address, if known, for limits on wrong guesses.

        Raises:
            EngineError: ``class_code_missing``: the code is empty; ``class_code_unknown``: no open
                class has the code; ``limit_guesses``, ``limit_guesses_all``: there were too many
                wrong codes; ``class_door_closed``: the teacher has stopped admission;
                ``class_banned``: the teacher has banned the student; ``class_full``: the class has
                no free seat; ``class_held``: the visitor teaches an open class; the visitor is
                already in a class (`ClassRegister.check_not_seated`), or the nickname is unsuitable
                (`check_nickname`).
        """
        if not code:
            raise EngineError("class_code_missing")
        with self._class_register.atomic_changes():
            register = self._class_register
            workspace = register.workspaces.open_workspace(token)
            register.check_not_seated(workspace, 1, "class_held")
            classroom = self._find_class_by_code(workspace, code, address)
            students = register.class_rows.all_students(classroom.id)
            if any(student.banned and student.workspace == workspace.id for student in students):
                raise EngineError("class_banned")
            if not classroom.door:
                raise EngineError("class_door_closed")
            if (
                len(register.class_rows.unbanned_students(classroom.id))
                >= self._limits.class_members
            ):
                self._remove_idle_student(classroom)
            present = register.class_rows.unbanned_students(classroom.id)
            before = next(
                (student for student in present if student.workspace == workspace.id), None
            )
            if before is not None and not workspace.scope.includes_class(classroom.id):
                raise EngineError("seat_elsewhere")
            name = check_nickname(
                nickname, (student.nickname for student in present if student is not before)
            )
            register.workspaces.store_workspace(workspace)
            row = before or Student(
                secrets.token_hex(4), workspace.id, "", seat=next_seat_number(students)
            )
            student = Student(
                row.id,
                row.workspace,
                name,
                bool(offered),
                joined=register.now(),
                seat=row.seat,
                card=row.card,
                answers=row.answers,
                noted_from=0.0,
            )
            register.seat_student(classroom, student)
            register.record_class_use(classroom)
            return make_student_class_view(classroom, student)

    def leave_class(self, token: str) -> None:
        """Leave the class, and delete the student's nickname, answers and drawings there.

        Raises:
            EngineError: ``seat_only``: a code or card gave this browser access only to the work in
                this class, which it would lose.
        """
        with self._class_register.edit_seat(token) as seat:
            if self._class_register.workspaces.open_workspace(token).scope.only_class_id:
                raise EngineError("seat_only")
            self._class_register.delete_student_with_data(*seat)

    def raise_hand(self, token: str, up: bool) -> None:
        """Raise or lower the student's hand, which calls the teacher."""
        with self._class_register.edit_seat(token) as (classroom, student):
            self._class_register.store_student(
                classroom, replace(student, hand_at=self._class_register.now() if up else None)
            )

    def apply_hunt_settings(
        self, workspace: OpenWorkspace, settings: Sequence[RunSettings], group: str | None
    ) -> tuple[Sequence[RunSettings], str | None]:
        """Return settings and group for new runs, changed so that the runs take part in a hunt.

        A hunt is a contest between networks. Settings and group are returned unchanged if the class
        is not on a hunt, for runs of missions, and for runs on the visitor's own data set. Called
        with the engine's lock held.

        Raises:
            EngineError: ``hunt_tries``: the student has no tries left in the hunt;
                ``hunt_parameters``, ``hunt_epochs``: the run exceeds the hunt's limits.
        """
        seat = self._class_register.find_seat(workspace)
        hunt = seat[0].current_round_group_name if seat else None
        seal = workspace.hunt_seals_by_group.get(hunt)
        if (
            seal is None
            or (group or "").startswith(_OF_MISSIONS)
            or settings[0].dataset_info.is_own
        ):
            return settings, group
        settings = [seal.attempt_settings(wanted) for wanted in settings]
        _check_hunt_tries_left(len(settings), workspace.runs.values(), hunt)
        return settings, hunt

    def check_hunt_allows_resuming(self, run: Run, record: RunRecord) -> None:
        """Check that a hunt (a contest) lets a run resume as `record`; the engine's lock is held.

        Raises:
            EngineError: ``hunt_tries``: the run was lost, and the student's other runs have used up
                the tries; ``hunt_parameters``, ``hunt_epochs``: the run exceeds the hunt's limits;
                ``hunt_revealed``: the projector already shows the run's result.
        """
        if run.active_hunt_seal:
            run.active_hunt_seal.hunt_budget.check_within_budget(record.final_settings)
            _check_hunt_tries_left(
                1,
                [other for other in run.workspace.runs.values() if other is not run],
                record.group,
            )
        elif (
            record.group
            and (seat := self._class_register.find_seat(run.workspace))
            and seat[0].current_round_group_name == record.group
        ):
            KINDS[seat[0].current_round.kind].check_run_can_resume(seat[0].current_round)

    def show_network_on_wall(
        self, token: str, run_id: str, language: str, name: str = "", own_drawings: bool = False
    ) -> None:
        """Show a run's network on the wall (class display); replace the student's earlier network.

        Args:
            language, name, own_drawings: stored with the network, see `WallNetwork`.

        Raises:
            EngineError: ``unknown_run``: the visitor has no such run; ``hunt_sealed``: the results
                of the run's hunt (a contest between networks) are still hidden.
        """
        with self._class_register.lock:
            self._class_register.workspaces.find_run(token, run_id)
        with self._class_register.edit_seat(token) as (classroom, student):
            wall = WallNetwork(
                secrets.token_urlsafe(16),
                run_id,
                clean_name(name),
                bool(own_drawings),
                language,
                since=self._class_register.now(),
            )
            self._class_register.store_student(classroom, replace(student, wall=wall))

    def take_network_off_wall(self, token: str) -> None:
        """Take the student's own network off the wall, the class's shared display."""
        with self._class_register.edit_seat(token) as (classroom, student):
            self._class_register.store_student(classroom, replace(student, wall=None))

    def send_line_to_teacher(self, token: str, typed: str, written: str) -> None:
        """Send the teacher a line of text written by a network, replacing the line sent before.

        Args:
            typed: the beginning of the line, which the student typed.
            written: the rest of the line, which the network wrote.
        """
        with self._class_register.edit_seat(token) as (classroom, student):
            cut = max(0, len(typed) + len(written) - MOST_LINE)
            text = clean_name((typed + written)[cut:], MOST_LINE)
            self._class_register.store_student(
                classroom,
                replace(
                    student,
                    line=SentNetworkText(text, max(0, len(typed) - cut)) if text else None,
                ),
            )

    def find_network_on_wall(self, code: str) -> ShownNetwork:
        """Return the network with this code on an open class's wall (display); no token is needed.

        Raises:
            EngineError: ``unknown_run``: no wall shows a network with this code; ``hunt_sealed``:
                the results of the network's hunt (a contest) are still hidden; ``examples_gone``:
                examples that the network trained on were deleted; ``no_model``,
                ``no_weights_yet``: the run has no weights.
        """
        classroom, wall, run = self._find_run_on_wall(code)
        return ShownNetwork(
            classroom.id, wall, run.record, self._load_network(run), self._load_dataset(run)
        )

    def _find_run_on_wall(self, code: str) -> tuple[Classroom, WallNetwork, Run]:
        register = self._class_register
        with register.lock:
            for classroom in filter(register.is_class_open, register.class_rows.classes.values()):
                for student in register.class_rows.unbanned_students(classroom.id):
                    if student.wall and student.wall.code == code:
                        workspace = register.find_workspace(student.workspace)
                        sits = register.is_seated(classroom, student)
                        if (
                            sits
                            and workspace
                            and wall_network_code(student, workspace.runs, register.now())
                        ):
                            return (
                                classroom,
                                student.wall,
                                workspace.runs[student.wall.run].require_unsealed_run(),
                            )
            raise EngineError("unknown_run")

    def _remove_idle_student(self, classroom: Classroom) -> None:
        """Make room in a full class by removing the longest absent student without a finished run.

        Otherwise a script that joins hundreds of times would keep students out.

        Raises:
            EngineError: ``class_full``: every absent student has a finished run.
        """
        here_since = self._class_register.clock() - AWAY_SECONDS
        seats = self._class_register.workspaces_of_class(classroom)
        idle = [
            (workspace.seen_at, student) for student, workspace in seats if workspace.is_newcomer
        ]
        seen, student = min(idle, key=lambda row: row[0], default=(here_since, None))
        if student is None or seen >= here_since:
            raise EngineError("class_full", most=self._limits.class_members)
        self._class_register.remove_student(classroom, student)

    def _find_class_by_code(self, workspace: OpenWorkspace, code: str, address: str) -> Classroom:
        """Return the open class with this code or link key; limit how often codes are guessed."""
        register = self._class_register
        classes = [
            classroom
            for classroom in register.class_rows.classes.values()
            if register.is_class_open(classroom)
        ]
        linked = next((classroom for classroom in classes if classroom.is_link_code(code)), None)
        if linked is not None:
            return linked
        typed = parse_join_code(code)
        found = next((classroom for classroom in classes if classroom.code == typed), None)
        if (
            not register.count_guess_if_wrong(workspace, found is not None, address)
            or found is None
        ):
            raise EngineError("class_code_unknown")
        return found


def _check_hunt_tries_left(wanted: int, runs: Iterable[Run], hunt: str | None) -> None:
    """Check that a student with these runs may train `wanted` more networks in a contest."""
    left = ATTEMPTS - len(runs_counted_as_attempts((run.record for run in runs), hunt))
    if wanted > left:
        raise EngineError("hunt_tries", left=max(0, left), most=ATTEMPTS)
