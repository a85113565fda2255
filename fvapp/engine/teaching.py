"""Teaching: a visitor's network learns a few of their own examples, at once and beside what trains."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

import numpy as np

from fvapp.core.checkpoint import Checkpoint
from fvapp.core.datasets import DATASETS
from fvapp.core.errors import EngineError, FvappError
from fvapp.core.examples import ExampleSet
from fvapp.core.runs import RunRecord
from fvapp.engine.examples import Examples
from fvapp.engine.runs.board import Board
from fvapp.engine.runs.limits import Rate
from fvapp.engine.runs.open_workspace import OpenWorkspace, Run
from fvapp.engine.runs.teaching import check_teachable, taught_record
from fvapp.engine.store.journal import Journal
from fvapp.engine.workers.transfers import Delivery


class Teaching:
    """The one command for it.

    Args:
        most: how often in a minute a workspace may teach.
        changing: holds the engine's lock, and has stored what was changed when it ends.
        check_stored: refuses so many runs and bytes more.
        clock: a monotonic clock, in seconds.
    """

    def __init__(
        self,
        board: Board,
        journal: Journal,
        delivery: Delivery,
        examples: Examples,
        most: int,
        changing: Callable[[], AbstractContextManager[None]],
        check_stored: Callable[[OpenWorkspace, int, int], None],
        clock: Callable[[], float],
    ) -> None:
        self._board, self._journal, self._delivery, self._examples = board, journal, delivery, examples
        self._changing, self._check_stored, self._clock = changing, check_stored, clock
        self._rate = Rate(most, seconds=60)

    def teach(self, token: str, model: str, examples: Sequence[str], mixed: bool) -> RunRecord:
        """As ``EmbeddedEngine.teach``."""
        with self._board.lock:
            workspace, now = self._board.workspaces.open(token), self._clock()
            if model in DATASETS:
                raise EngineError("teach_not_own")
            parent = self._board.workspaces.find(token, model)
            chosen = sorted(self._examples.found(workspace, examples), key=lambda each: each.id)  # as in their arrays
            check_teachable(parent, chosen)
            others = [
                each for each in workspace.examples.values() if each.dataset == chosen[0].dataset and each not in chosen
            ]
        checkpoint = self._weights(parent)
        with self._changing():
            if self._rate.room(workspace.id, now) < 1:
                raise EngineError("limit_teachings", most=self._rate.most)
            address = self._free_worker()
            self._check_stored(workspace, 1, len(checkpoint))
            self._rate.add(workspace.id, now)
            ids = [each.id for each in chosen]
            run = self._board.workspaces.add(workspace, taught_record(parent.record, ids, mixed), [])
            run.ending = True  # nothing else may write its record until it has been taught
        self._delivery.teach(
            run,
            address,
            settings=parent.record.settings.to_json(),
            checkpoint=checkpoint,
            taught=ExampleSet.of(chosen).to_bytes(),
            others=ExampleSet.of(others).to_bytes(),
            ids=ids,
            temperature=parent.record.result.temperature if parent.record.result else 1.0,
            mixed=bool(mixed),
        )
        return run.record

    def _weights(self, parent: Run) -> bytes:
        """Return the checkpoint of a run, whose weights are numbers."""
        try:
            checkpoint = self._journal.checkpoint(parent.record.id) or b""
            weights = Checkpoint.weights_from_bytes(checkpoint)
        except FvappError:
            raise EngineError("teach_no_weights") from None
        if not all(np.isfinite(weight).all() for weight in weights):
            raise EngineError("teach_nan")
        return checkpoint

    def _free_worker(self) -> str:
        """Return the address of a worker, one that does nothing else if there is one.

        Raises:
            EngineError: ``not_ready``: there is none.
        """
        self._board.need_worker()
        workers = [each for each in self._board.workers.values() if not each.leaving]
        if not workers:
            raise EngineError("not_ready")
        busy = self._delivery.teaching
        return min(workers, key=lambda each: (busy[each.address], each.run is not None, not each.warm)).address
