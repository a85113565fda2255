"""Teaching: a visitor's network learns a few of their own examples, at once and beside what trains."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager

import numpy as np

from fvapp.core.checkpoint import Checkpoint
from fvapp.core.datasets import DATASETS
from fvapp.core.errors import EngineError, FvappError
from fvapp.core.examples import Example, ExampleSet
from fvapp.core.layers import count_parameters
from fvapp.core.runs import ACTIVE, RunRecord
from fvapp.core.teaching import MOST_TAUGHT, Taught
from fvapp.engine.examples import Examples
from fvapp.engine.runs.board import Board
from fvapp.engine.runs.limits import Limits, Rate
from fvapp.engine.runs.open_workspace import OpenWorkspace, Run
from fvapp.engine.store.journal import Journal
from fvapp.engine.workers.transfers import Delivery

_BYTES_PER_PARAMETER = 4  # the weights alone: it is not trained on


class Teaching:
    """The one command for it.

    Args:
        changing: holds the engine's lock, and has stored what was changed when it ends.
        check_stored: refuses so many runs and bytes more.
        clock: a monotonic clock, in seconds.
    """

    def __init__(
        self,
        board: Board,
        journal: Journal,
        limits: Limits,
        examples: Examples,
        delivery: Delivery,
        changing: Callable[[], AbstractContextManager[None]],
        check_stored: Callable[[OpenWorkspace, int, int], None],
        clock: Callable[[], float],
    ) -> None:
        self._board, self._workspaces, self._journal = board, board.workspaces, journal
        self._examples, self._delivery, self._clock = examples, delivery, clock
        self._changing, self._check_stored = changing, check_stored
        self._rate = Rate(limits.teachings_a_minute, seconds=60)

    def teach(self, token: str, model: str, examples: Sequence[str], mixed: bool) -> RunRecord:
        """As ``EmbeddedEngine.teach``."""
        with self._board.lock:
            self._workspaces.open(token)
            if model in DATASETS:
                raise EngineError("teach_not_own")
            parent = self._workspaces.find(token, model)
            chosen = self._check(parent, examples)
        checkpoint = self._weights(parent)
        with self._changing():
            workspace, now = parent.workspace, self._clock()
            if self._rate.room(workspace.id, now) < 1:
                raise EngineError("limit_teachings", most=self._rate.most)
            address = self._free_worker()
            self._check_stored(workspace, 1, _BYTES_PER_PARAMETER * count_parameters(parent.record.settings))
            self._rate.add(workspace.id, now)
            run = self._workspaces.add(workspace, _record(parent.record, chosen, mixed), [])
            run.ending = True  # nothing else may write its record until it has been taught
        dataset, known = chosen[0].dataset, {each.id for each in chosen}
        others = [each for each in self._examples.kept(token, dataset) if each.id not in known]
        self._delivery.teach(
            run,
            address,
            settings=parent.record.settings.to_json(),
            checkpoint=checkpoint,
            temperature=parent.record.result.temperature if parent.record.result else 1.0,
            ids=[each.id for each in chosen],
            taught=ExampleSet.of(chosen).to_bytes(),
            others=ExampleSet.of(others).to_bytes() if others else None,
            mixed=bool(mixed),
        )
        with self._board.lock:
            return run.record

    def _check(self, parent: Run, examples: Sequence[str]) -> list[Example]:
        """Return the examples that a run can be taught, in the order of their arrays."""
        record = parent.record
        if record.state in ACTIVE or parent.ending:
            raise EngineError("teach_trains")
        if record.settings.output_units < 10 or not record.settings.flatten:
            raise EngineError("teach_outputs")
        if parent.checkpoint_at is None:
            raise EngineError("teach_no_weights")
        chosen = self._examples.found(parent.workspace, examples)
        if not 1 <= len(chosen) <= MOST_TAUGHT:
            raise EngineError("limit_taught", most=MOST_TAUGHT)
        if any(each.dataset != record.settings.dataset for each in chosen):
            raise EngineError("teach_dataset")
        return sorted(chosen, key=lambda each: each.id)

    def _weights(self, parent: Run) -> bytes:
        """Return the checkpoint of a run, whose weights are numbers."""
        try:
            checkpoint = self._journal.checkpoint(parent.record.id)
            weights = Checkpoint.weights_from_bytes(checkpoint or b"")
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


def _record(parent: RunRecord, chosen: Sequence[Example], mixed: bool) -> RunRecord:
    """Return the record of a run that is being taught."""
    return RunRecord(
        secrets.token_urlsafe(12),
        0,
        parent.settings,
        "running",
        epochs=parent.epochs,
        epoch=parent.epoch,
        step=parent.step,
        parameters=parent.parameters,
        versions=parent.versions,
        examples=parent.examples,
        taught=Taught(parent.id, parent.number, tuple(each.id for each in chosen), bool(mixed)),
    )
