"""One worker that starts when somebody needs it: for a machine whose memory does not hold it all the time."""

from __future__ import annotations

from fvapp.engine.processes.supervisor import Supervisor
from fvapp.engine.runs.board import Board


class OnDemand:
    """Start the worker at the first requested, and end it when nobody has needed it for a while.

    Every method is called with the board's lock held.
    """

    def __init__(self, board: Board, supervisor: Supervisor) -> None:
        self._board, self._supervisor = board, supervisor

    def connected(self) -> None:
        """Say that trainings can start, although no worker is there yet."""
        self._board.state = "ready"

    def tick(self) -> None:
        """Start the worker when it is needed, end it when it is not."""
        board = self._board
        if len(board.queue) or any(worker.run for worker in board.workers.values()):
            board.need_worker()
        needed = board.clock() - board.needed_at < board.timing.idle_after
        if board.state != "ready":  # it starts already
            return
        if needed and not board.workers:
            board.state = "starting"  # the pages say so, and are told when it has come
            self._supervisor.start_another()
        elif not needed:
            for address in list(board.workers):
                del board.workers[address]
                self._supervisor.retire(address)
