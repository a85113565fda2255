"""How runs begin and end, at the request of their visitor, of a class's round or of a teacher."""

import secrets
from collections.abc import Sequence
from dataclasses import replace

from fvapp.core.arithmetic import Arithmetic, arithmetic_for
from fvapp.core.runs import RunRecord
from fvapp.core.settings import RunSettings
from fvapp.engine.inbox import Inbox, Woken
from fvapp.engine.runs.board import Board
from fvapp.engine.runs.open_workspace import OpenWorkspace, Run
from fvapp.engine.workers.transfers import Delivery


class Trainings:
    """Every method is called with the board's lock held.

    Args:
        convolutions: the arithmetic of new runs that have some.
    """

    def __init__(self, board: Board, inbox: Inbox, delivery: Delivery, convolutions: Arithmetic) -> None:
        self._board, self._inbox, self._delivery, self._convolutions = board, inbox, delivery, convolutions

    def new_record(self, settings: RunSettings, group: str | None) -> RunRecord:
        """Return the record of a run that is not queued yet."""
        arithmetic = arithmetic_for(settings, self._convolutions)
        run_id = secrets.token_urlsafe(12)
        return RunRecord(run_id, 0, settings, epochs=settings.epochs, group=group, arithmetic=arithmetic)

    def queue_first(self, workspace: OpenWorkspace, settings: Sequence[RunSettings], group: str) -> None:
        """Queue runs before all others of a workspace; all, or none where a limit refuses them."""
        records = [self.new_record(one, group) for one in settings]
        self._board.admit(workspace, records)
        for record in records:
            self._board.enqueue(self._board.workspaces.add(workspace, record, []), first=True)
        self._inbox.post(Woken())

    def end(self, run: Run, requested: str) -> None:
        """Ask the worker of a run in training to end it, or take a run that waits out of the queue."""
        if run.record.state == "running":
            self._delivery.request(run, requested)
            return
        self._board.withdraw(run)
        state = "stopped" if requested == "stop" else "paused"
        self._board.put(run, replace(run.record, state=state, place=None, reason=None))

    def drop(self, run: Run) -> None:
        """Remove a run from the queue or its worker, because it is about to be deleted."""
        if run.record.state == "running":
            self._delivery.request(run, "stop")
        self._board.withdraw(run)
