"""Commands on workspaces: enter, recover, leave, delete, and hear of changes."""

from collections.abc import Callable

from fvapp.engine.api import Workspace
from fvapp.engine.classroom.register import Register
from fvapp.engine.classroom.returning import Returning
from fvapp.engine.runs.board import Board


class WorkspaceCommands:
    """Commands on a visitor's workspace; each may raise what every command of the engine may."""

    def __init__(self, board: Board, register: Register, returning: Returning) -> None:
        self._board = board
        self._workspaces = board.workspaces
        self._register = register
        self._returning = returning

    def enter(self, token: str | None) -> Workspace:
        """Open the workspace of `token`. An unknown token opens an empty one, stored once something
        is done in it.

        Args:
            token: None, or anything that cannot be a token, opens an empty workspace under a new
                one.

        Raises:
            EngineError: ``workspace_gone`` for a token that was revoked or whose workspace was
                deleted, in any browser; ``workspace_taken`` for one whose workspace goes on
                elsewhere by a code from the teacher; ``seat_ended``, ``seat_closed`` for one by a
                code or card of a class: it has ended, the class is closed.
        """
        with self._board.lock:
            return self._workspaces.enter(token)

    def recovery_code(self, token: str) -> str:
        """Return the code that opens this workspace on another computer, created on first request.

        Raises:
            EngineError: ``seat_only``: this browser opens the work in a class alone.
        """
        with self._board.changing():
            return self._workspaces.recovery_code(token)

    def recover(self, token: str, code: str, sure: bool = True) -> Workspace:
        """Open the workspace of a recovery code or of a seat's card, typed in the workspace of
        `token`.

        Args:
            sure: False has a right code refused where this browser would lose sight of other work.

        Raises:
            EngineError: ``work_here`` unless `sure`; ``unknown_code``; ``limit_codes`` after too
                many wrong ones from this visitor, or for a wrong one after too many from everybody.
                A correct code still works then. ``card_sleeps``, ``seat_closed``: as
                `Returning.of_card`.
        """
        with self._board.changing():
            return self._workspaces.recover(token, code, self._returning.of_card, sure)

    def leave(self, token: str) -> None:
        """Revoke `token`, so that what this browser has stored no longer opens the workspace.

        Other browsers, the recovery code and a code for its seat in a class still open it. If there
        are none, nobody can open it again, and it is deleted.
        """
        with self._board.changing():
            self._register.forget_left(self._workspaces.leave(token))

    def delete(self, token: str) -> None:
        """Delete the workspace with everything in it; of a browser that opens a part of one, that
        part.
        """
        with self._board.changing():
            workspace = self._workspaces.open(token)
            if workspace is not workspace.whole:
                self._workspaces.leave(token)
            self._register.forget(workspace)
            self._register.forget_left(workspace.whole)

    def version(self, token: str) -> int:
        """Return the number of the latest change this visitor can see; counts as a sign of life.

        Read before the records, it tells which version a page has drawn. It grows across restarts.
        """
        with self._board.lock:
            return self._workspaces.versions.of(self._workspaces.open(token).id)

    def id_of(self, token: str) -> str:
        """Return the id by which `listen` reports this visitor's workspace. It does not open
        anything.
        """
        with self._board.lock:
            return self._workspaces.open(token).id

    def standing(self, token: str | None) -> tuple[str, bool, bool]:
        """Return a workspace's id, whether it is in an open class or holds one, and whether a run
        of it has ended.
        """
        with self._board.lock:
            workspace = self._workspaces.open(token)
            register = self._register
            in_class = bool(register.seat(workspace) or register.open_classes_of(workspace.id))
            return workspace.id, in_class, not workspace.newcomer

    def listen(self, listener: Callable[[str | None, int, bool], None]) -> None:
        """Call `listener` with the workspace's id (None: everybody), number and urgency of each
        later change.

        All are urgent but new places in the queue.

        It is called with the engine's lock held, from any thread.
        """
        with self._board.lock:
            self._workspaces.versions.listen(listener)
