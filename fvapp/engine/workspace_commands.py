"""Commands that open, recover, leave, delete and watch visitors' workspaces."""

from collections.abc import Callable

from fvapp.engine.api import Workspace
from fvapp.engine.classroom.register import ClassRegister
from fvapp.engine.classroom.returning import SeatReturnCommands
from fvapp.engine.runs import SharedEngineState


class WorkspaceCommands:
    """Commands on a visitor's workspace; each may raise the errors of `EmbeddedEngine`."""

    def __init__(
        self,
        engine_state: SharedEngineState,
        register: ClassRegister,
        returning: SeatReturnCommands,
    ) -> None:
        self._engine_state = engine_state
        self._workspaces = engine_state.workspaces
        self._class_register = register
        self._seat_returns = returning

    def enter_workspace(self, token: str | None) -> Workspace:
        """Open the workspace of `token`; an unknown token opens an empty workspace.

        The empty workspace is stored on disk as soon as the visitor does something in it.

        Args:
            token: the secret that opens the workspace. If it is None, or not in the form of a
                token, an empty workspace is opened under a new token.

        Raises:
            EngineError: ``workspace_gone``: the token was revoked, or its workspace was deleted in
                some browser; ``workspace_taken``: with a teacher's code, another browser took over
                the workspace; ``seat_ended``: the token came from a seat code or card that is no
                longer valid; ``seat_closed``: the token came from a seat code or card, the class is
                closed or hidden, and no assignment is due.
        """
        with self._engine_state.lock:
            return self._workspaces.enter_workspace(token)

    def recovery_code(self, token: str) -> str:
        """Return the code that opens this workspace on another computer; the first call creates it.

        Raises:
            EngineError: ``seat_only``: this browser opens only the work in a class.
        """
        with self._engine_state.atomic_changes():
            return self._workspaces.recovery_code(token)

    def recover_workspace(self, token: str, code: str, sure: bool = True) -> Workspace:
        """Open the workspace of a recovery code or seat card typed in the browser with `token`.

        Args:
            sure: whether to open the workspace even if this browser loses access to other work.

        Raises:
            EngineError: ``work_here``: this browser would lose access to other work, and `sure` is
                False; ``unknown_code``: the code opens no workspace; ``limit_codes``: this visitor
                typed too many wrong codes, or the code is wrong and all visitors together typed too
                many wrong codes; ``card_sleeps``, ``seat_closed``: the seat card cannot be used
                now, see `ClassRegister.check_seats_open`.
        """
        with self._engine_state.atomic_changes():
            return self._workspaces.open_workspace_by_code(
                token, code, self._seat_returns.find_seat_of_card, sure
            )

    def leave_workspace(self, token: str) -> None:
        """Revoke `token`, so that this browser no longer opens the workspace.

        Other browsers, the recovery code, and a code for the workspace's seat in a class still open
        the workspace. If no browser or code can open the workspace any more, it is deleted.
        """
        with self._engine_state.atomic_changes():
            self._class_register.delete_workspace_if_unreachable(
                self._workspaces.revoke_token(token)
            )

    def delete_workspace(self, token: str) -> None:
        """Delete the workspace with its contents, or only the part that this browser opens."""
        with self._engine_state.edit_workspace(token) as workspace:
            if workspace is not workspace.whole_workspace:
                self._workspaces.revoke_token(token)
            self._class_register.delete_workspace(workspace)
            self._class_register.delete_workspace_if_unreachable(workspace.whole_workspace)

    def latest_change_number(self, token: str) -> int:
        """Return the number of the latest change that this visitor can see.

        A page that reads this number before it reads the runs' records knows which version it
        shows. The number continues to grow after the server restarts. The call also marks the
        visitor as present.
        """
        with self._engine_state.locked_workspace(token) as workspace:
            return self._workspaces.change_counter.version_of_workspace(workspace.id)

    def workspace_id(self, token: str) -> str:
        """Return the id that `call_on_changes` reports; unlike the token, it is not a secret."""
        with self._engine_state.locked_workspace(token) as workspace:
            return workspace.id

    def workspace_status(self, token: str | None) -> tuple[str, bool, bool]:
        """Return a workspace's id, whether it is in an open class, and whether a run has ended.

        A workspace is in a school class if it has a student's seat there, or teaches the class.
        """
        with self._engine_state.locked_workspace(token) as workspace:
            register = self._class_register
            in_class = bool(
                register.find_seat(workspace) or register.open_classes_of_workspace(workspace.id)
            )
            return workspace.id, in_class, not workspace.is_newcomer

    def call_on_changes(self, listener: Callable[[str | None, int, bool], None]) -> None:
        """Call `listener` for each change with a workspace id, a number, and whether it is urgent.

        The id is None if the change concerns everybody. The number grows with each change. All
        changes are urgent except new places in the queue. `listener` is called from any thread,
        with the engine's lock held.
        """
        with self._engine_state.lock:
            self._workspaces.change_counter.set_change_listener(listener)
