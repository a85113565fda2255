"""Defines the command that trains a network further on a few of the visitor's own examples."""

import secrets
from collections.abc import Sequence

import numpy as np

from fvapp.core.checkpoint import Checkpoint
from fvapp.core.dataset_table import DATASETS
from fvapp.core.errors import EngineError, FvappError
from fvapp.core.examples import Example, ExampleSet
from fvapp.core.runs import ACTIVE, RunRecord
from fvapp.core.teaching import MOST_TAUGHT, TeachingRecord
from fvapp.engine.examples import ExampleCommands
from fvapp.engine.runs import RateLimit, Run, SharedEngineState
from fvapp.engine.workers.transfers import WorkerTransfers


class TeachingCommands:
    """Teaches networks a few examples; each command may raise the errors of `EmbeddedEngine`."""

    def __init__(
        self, engine_state: SharedEngineState, transfers: WorkerTransfers, examples: ExampleCommands
    ) -> None:
        self._engine_state = engine_state
        self._workspaces = engine_state.workspaces
        self._transfers = transfers
        self._examples = examples
        self._rate_limit = RateLimit(engine_state.limits.teachings_a_minute, 60, "limit_teachings")

    def teach_network(
        self, token: str, model: str, examples: Sequence[str], mixed: bool
    ) -> RunRecord:
        """Begin teaching a run's network a few examples; return a new run for the taught network.

        The new run is "running" until it is "done" with an outcome, or "lost". It is not a training
        run: it never waits in the queue, has no curve, and cannot be continued. The run whose
        network is taught is not changed. A second, identical request within
        ``Timing.duplicate_click_seconds`` counts as a double click, and returns the same run.

        Args:
            model: the id of one of the visitor's runs; the name of a data set is refused with
                ``teach_not_own``.
            examples: ids of one to `MOST_TAUGHT` examples of the run's data set.
            mixed: whether the network is also trained on some of its old training images.

        Raises:
            EngineError: ``teach_not_own``: `model` is a data set; ``teach_nan``: a weight of the
                network is not a finite number; ``unknown_example``: an example was deleted;
                ``limit_teachings``: the visitor has taught networks too often within a minute; or
                the network cannot be taught these examples, see `_check_teachable`.
        """
        with self._engine_state.locked_workspace(token) as workspace:
            now = self._engine_state.clock()
            if model in DATASETS:
                raise EngineError("teach_not_own")
            parent = self._workspaces.find_run(token, model)
            # sort the examples by id, to match the order of the arrays in `ExampleSet`
            chosen = sorted(
                self._examples.find_examples(workspace, examples), key=lambda example: example.id
            )
            _check_teachable(parent, chosen)
            others = [
                example
                for example in workspace.examples.values()
                if example.dataset == chosen[0].dataset and example not in chosen
            ]
        checkpoint = self._read_finite_checkpoint(parent)
        ids = [example.id for example in chosen]
        click = " ".join(["teach", model, str(mixed), *ids])
        # Teaching works even if the parent run was deleted meanwhile, because the checkpoint has
        # already been read.
        with self._engine_state.edit_workspace(token) as workspace:
            before = self._workspaces.find_runs_of_click(workspace, click)
            if before:
                return before[0]
            self._rate_limit.check_limit(workspace.id, now)
            address = self._choose_worker()
            self._engine_state.check_disk_space(workspace, 1, len(checkpoint))
            self._rate_limit.add_event(workspace.id, now)
            run = self._workspaces.add_run(
                workspace, _new_record_of_taught_run(parent.record, ids, mixed), []
            )
            self._engine_state.lifecycle.add_taught_run(run)
            self._workspaces.remember_runs_of_click(workspace, click, [run.record])
        self._transfers.teach_run(
            run,
            address,
            settings=parent.record.settings.to_json(),
            checkpoint=checkpoint,
            taught=ExampleSet.from_examples(chosen).to_bytes(),
            others=ExampleSet.from_examples(others).to_bytes(),
            ids=ids,
            temperature=parent.record.result.temperature if parent.record.result else 1.0,
            mixed=bool(mixed),
        )
        return run.record

    def _read_finite_checkpoint(self, parent: Run) -> bytes:
        """Return a run's checkpoint; raise an error if there is none or a weight is not finite."""
        try:
            checkpoint = self._engine_state.journal.read_checkpoint(parent.record.id) or b""
            weights = Checkpoint.weights_from_bytes(checkpoint)
        except FvappError:
            raise EngineError("teach_no_weights") from None
        if not all(np.isfinite(weight).all() for weight in weights):
            raise EngineError("teach_nan")
        return checkpoint

    def _choose_worker(self) -> str:
        """Return the address of the worker that will teach the network, an idle one if possible.

        Raises:
            EngineError: ``not_ready``: there is no worker.
        """
        self._engine_state.note_worker_needed()
        workers = [
            worker for worker in self._engine_state.workers.values() if not worker.is_leaving
        ]
        if not workers:
            raise EngineError("not_ready")
        busy = self._transfers.teachings_by_worker
        return min(
            workers,
            key=lambda worker: (busy[worker.address], worker.run is not None, not worker.warm),
        ).address


def _check_teachable(parent: Run, chosen: Sequence[Example]) -> None:
    """Check that a run's network can be taught the chosen examples.

    Raises:
        EngineError: ``teach_own_set``: the run trained on the visitor's own data set, on which a
            new run takes only a second; ``teach_trains``: the run is still training;
            ``teach_outputs``: the network has fewer outputs than there are classes;
            ``teach_no_weights``: the run has no stored weights; ``limit_taught``: no examples or
            too many are chosen; ``teach_dataset``: an example belongs to another data set.
    """
    settings = parent.record.settings
    if settings.dataset_info.is_own:
        raise EngineError("teach_own_set")
    if parent.record.state in ACTIVE:
        raise EngineError("teach_trains")
    if not settings.covers_all_classes or not settings.flatten:
        raise EngineError("teach_outputs")
    if parent.checkpoint_position is None:
        raise EngineError("teach_no_weights")
    if not 1 <= len(chosen) <= MOST_TAUGHT:
        raise EngineError("limit_taught", most=MOST_TAUGHT)
    if any(example.dataset != settings.dataset for example in chosen):
        raise EngineError("teach_dataset")


_OF_THE_PARENT = ("epochs", "epoch", "step", "parameters", "versions", "examples", "arithmetic")


def _new_record_of_taught_run(parent: RunRecord, examples: Sequence[str], mixed: bool) -> RunRecord:
    """Return a record for a network to be taught: its parent's settings and progress, no result."""
    return RunRecord(
        secrets.token_urlsafe(12),
        0,
        parent.settings,
        "running",
        **{name: getattr(parent, name) for name in _OF_THE_PARENT},
        taught=TeachingRecord(parent.id, parent.number, tuple(examples), bool(mixed)),
    )
