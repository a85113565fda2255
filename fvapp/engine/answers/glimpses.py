"""Fetches a few weights of runs, for pages that show how weights change during training."""

from dataclasses import dataclass

from fvapp.core.checkpoint import Checkpoint
from fvapp.core.errors import EngineError
from fvapp.core.inspection.glimpse import WeightGlimpse, take_weight_glimpse
from fvapp.core.runs import RunPosition
from fvapp.engine.answers.byte_cache import ByteCache
from fvapp.engine.runs import Run, SharedEngineState
from fvapp.engine.workers.connection import WorkerConnection, WorkerUnreachable
from fvapp.engine.workers.protocol import array_from_plain

PAUSE = 0.5
"""Seconds between two requests for a run's weights, however many pages show the run."""

WAIT = 0.5
"""Seconds to wait for the weights from a busy worker.

If the worker takes longer, pages keep showing the previous weights.
"""

MOST_BYTES = 2**20


@dataclass(frozen=True)
class _DatedGlimpse:
    glimpse: WeightGlimpse
    # when the worker was asked for the weights, or the position of the checkpoint they are from
    taken_at: float | RunPosition

    @property
    def nbytes(self) -> int:
        return self.glimpse.nbytes


class WeightGlimpses:
    """Fetches a few of a run's weights, from its worker during training, else from a checkpoint."""

    def __init__(self, engine_state: SharedEngineState, connection: WorkerConnection) -> None:
        self._engine_state = engine_state
        self._connection = connection
        self._cache = ByteCache(MOST_BYTES)

    def latest_glimpse(self, run: Run) -> WeightGlimpse | None:
        """Return a few of a run's latest weights, or None if the run has no weights yet.

        Raises:
            EngineError: the run's checkpoint cannot be read.
        """
        with self._engine_state.lock:
            address = run.worker_address if run.is_training else None
            now = self._engine_state.clock()
        before = self._cache.find_cached_value(run.record.id)
        if address is None:
            known = run.checkpoint_position is None or (
                before is not None and before.taken_at == run.checkpoint_position
            )
            new = None if known else self._take_glimpse_of_checkpoint(run)
        elif (
            before is not None
            and isinstance(before.taken_at, float)
            and now - before.taken_at < PAUSE
        ):
            new = None
        else:
            new = self._fetch_glimpse(run, address, now)
        if new is not None:
            self._cache.store_cached_value(run.record.id, new)
        seen = new or before
        return seen and seen.glimpse

    def _take_glimpse_of_checkpoint(self, run: Run) -> _DatedGlimpse | None:
        content = self._engine_state.journal.read_checkpoint(run.record.id)
        if not content or run.checkpoint_position is None:
            return None
        return _DatedGlimpse(
            take_weight_glimpse(Checkpoint.weights_from_bytes(content)), run.checkpoint_position
        )

    def _fetch_glimpse(self, run: Run, address: str, now: float) -> _DatedGlimpse | None:
        try:
            arrays = self._connection.call_worker(
                address, "glimpse", run=run.record.id, seconds=WAIT
            )
        except (WorkerUnreachable, EngineError):
            return None
        return arrays and _DatedGlimpse(WeightGlimpse(*map(array_from_plain, arrays)), now)
