"""Commands that submit, list, read, stop, resume, delete and import a visitor's runs."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from fvapp.core.checkpoint import Checkpoint
from fvapp.core.datasets import was_trained_on_starter_set
from fvapp.core.documents import runfile
from fvapp.core.errors import EngineError
from fvapp.core.events import Event, FollowedDrawing
from fvapp.core.examples import ExampleSet
from fvapp.core.limits import check_settings_limits
from fvapp.core.names import clean_name
from fvapp.core.runs import ACTIVE, FINISHED, RunPosition, RunRecord
from fvapp.core.settings import RunSettings
from fvapp.engine.classroom.students import StudentCommands
from fvapp.engine.inbox import Inbox, WakeUp
from fvapp.engine.runs import Run, RunExamples, SharedEngineState, life, shares
from fvapp.engine.store import writes
from fvapp.engine.trainings import TrainingStarter


class RunCommands:
    """Commands on a visitor's runs; each may raise the errors of `EmbeddedEngine`."""

    def __init__(
        self,
        engine_state: SharedEngineState,
        inbox: Inbox,
        trainings: TrainingStarter,
        run_examples: RunExamples,
        students: StudentCommands,
    ) -> None:
        self._engine_state = engine_state
        self._workspaces = engine_state.workspaces
        self._inbox = inbox
        self._training_starter = trainings
        self._examples = run_examples
        self._students = students

    def submit_runs(
        self,
        token: str,
        settings: Sequence[RunSettings],
        group: str | None = None,
        click: str | None = None,
        like: Sequence[str] = (),
        folds: Sequence[int] = (),
        drawing: np.ndarray | None = None,
    ) -> tuple[RunRecord, ...]:
        """Queue one run for each item of `settings`; if a run is refused, queue none.

        Args:
            click: a name for the click, chosen by the page. If a command with the same name comes
                again within ``Timing.duplicate_click_seconds``, it counts as a double click, and
                returns the same runs.
            like: ids of earlier runs, one for each item of `settings`. Each new run uses the
                visitor's examples that the earlier run used; by default the current examples.
            folds: for each run, the fold of the current examples that is held out, as in
                ``ExampleSet.with_held_out_fold``; by default 0.
            drawing: the visitor's latest drawing for the data set, uint8 [28, 28]. The networks
                classify it at intervals during training.

        Raises:
            SettingsError: the settings are too large in combination.
            EngineError: ``no_examples``: there are no examples to train on; ``examples_gone``: the
                examples of an earlier run are gone; ``hunt_...``: the class is on a hunt (a contest
                between networks), and these runs would exceed its budget.
        """
        with self._engine_state.edit_workspace(token) as workspace:
            before = self._workspaces.find_runs_of_click(workspace, click)
            if before:
                return before
            settings, group = self._students.apply_hunt_settings(workspace, settings, group)
            for run_settings in settings:
                check_settings_limits(run_settings)
            others: Sequence[Run | None] = [None] * len(settings)
            if like:
                others = [self._find_run_even_sealed(token, run_id) for run_id in like]
            asked = zip(settings, others, folds or [0] * len(settings), strict=True)
            taken = [
                self._examples.choose_examples_for_run(workspace, *request) for request in asked
            ]
            drawn = [] if drawing is None else [FollowedDrawing.from_image(drawing)]
            runs = self._training_starter.queue_runs(
                workspace, settings, group, [own and own[0] for own in taken], drawn
            )
            for run, own in zip(runs, taken, strict=True):
                if own is not None:
                    self._examples.store_examples_copy(run.record.id, own[1])
            self._workspaces.remember_runs_of_click(workspace, click, [run.record for run in runs])
        self._inbox.post_message(WakeUp())
        with self._engine_state.lock:
            return tuple(run.record_without_sealed_results for run in runs)

    def list_runs(self, token: str) -> tuple[RunRecord, ...]:
        """Return the visitor's runs, oldest first; the call also marks the visitor as present."""
        with self._engine_state.locked_workspace(token) as workspace:
            return tuple(run.record_without_sealed_results for run in workspace.runs.values())

    def get_run(self, token: str, run_id: str) -> RunRecord:
        """Return the record of one run; the call also marks the visitor as present."""
        with self._engine_state.lock:
            return self._find_run_even_sealed(token, run_id).record_without_sealed_results

    def read_events(self, token: str, run_id: str, after: int = 0) -> tuple[tuple[Event, ...], int]:
        """Return a run's events from number `after` on, and the number to pass to the next call."""
        with self._engine_state.lock:
            run = self._find_run_even_sealed(token, run_id)
            events = self._workspaces.load_events(run)
            return tuple(run.events_without_sealed_results(events[max(0, after) :])), len(events)

    def stop_run(self, token: str, run_id: str) -> None:
        """End a queued run at once, or a training run after its current block of steps."""
        self._end_run(token, run_id, self._engine_state.lifecycle.stop_run)

    def pause_run(self, token: str, run_id: str) -> None:
        """Pause a run after its current block of steps: store its progress, and free its worker."""
        self._end_run(token, run_id, self._engine_state.lifecycle.pause_run)

    def resume_run(self, token: str, run_id: str, more_epochs: int = 0) -> None:
        """Queue a run to continue if it is paused, stopped or done, or lost with a checkpoint.

        If `more_epochs` is 0, the run continues to its planned number of epochs. Otherwise, a
        paused run trains `more_epochs` beyond the planned number, and any other run trains
        `more_epochs` from the epoch in which it ended.

        Raises:
            EngineError: ``hunt_...``: the run belongs to a hunt (a contest between networks) whose
                results are revealed or whose budget would be exceeded.
        """
        with self._engine_state.atomic_changes():
            run = self._find_run_even_sealed(token, run_id)
            if was_trained_on_starter_set(run.record.settings, self._workspaces.load_events(run)):
                raise EngineError("starter_set")
            record = life.record_of_resumed_run(run.record, run.checkpoint_position, more_epochs)
            self._students.check_hunt_allows_resuming(run, record)
            examples = self._examples.examples_of_run(run) if record.examples else None
            self._engine_state.admit_runs(run.workspace, [record])
            if examples is not None:
                self._examples.store_examples_copy(run_id, examples)
            self._engine_state.lifecycle.resume_run(run, record)
        self._inbox.post_message(WakeUp())

    def rename_run(self, token: str, run_id: str, name: str) -> None:
        with self._engine_state.atomic_changes():
            run = self._find_run_even_sealed(token, run_id)
            self._engine_state.lifecycle.update_record_fields(run, name=clean_name(name))

    def damaged_run_ids(self, token: str) -> tuple[str, ...]:
        """Return the ids of the visitor's stored runs that can no longer be read."""
        with self._engine_state.locked_workspace(token) as workspace:
            return tuple(workspace.damaged_runs)

    def read_damaged_run(self, token: str, run_id: str) -> bytes:
        """Return everything stored for a run that can no longer be read, as JSON.

        Raises:
            EngineError: ``unknown_run``: the visitor has no such damaged run; ``hunt_sealed``: the
                run belongs to a hunt (a contest between networks) whose results are not revealed
                yet.
        """
        with self._engine_state.lock:
            return self._workspaces.read_damaged_run(token, run_id)

    def delete_run(self, token: str, run_id: str) -> None:
        """Delete a run, even a damaged run that can no longer be read."""
        with self._engine_state.edit_workspace(token) as workspace:
            if run_id in workspace.damaged_runs:
                workspace.damaged_runs.remove(run_id)
            else:
                run = self._workspaces.find_run(token, run_id)
                if run.life_phase in ACTIVE:
                    self._engine_state.count_cancelled_run(workspace)
                self._engine_state.lifecycle.withdraw_run_before_deletion(run)
                del workspace.runs[run_id]
            workspace.record_visible_change()
            self._engine_state.journal.queue_changes(writes.delete_run(run_id))

    def delete_films(self, token: str) -> int:
        """Delete the films of the visitor's finished runs, and return the number of bytes freed.

        A film is a series of snapshots of a network's weights during training.

        The runs keep their networks, curves and results, and can still be resumed.
        """
        with self._engine_state.edit_workspace(token) as workspace:
            runs = workspace.runs.values()
            return sum(
                self._engine_state.delete_film(run)
                for run in runs
                if run.film_bytes and run.record.state in FINISHED
            )

    def import_run_file(self, token: str, content: bytes) -> RunRecord:
        """Import the run in a run file, with its network if the file contains one.

        The import counts toward the limit on imports before the file is read, so invalid files
        count, too.

        Raises:
            FvappError: the file is invalid (``read_run_file``), or a limit is reached
                (:meth:`add_run`).
        """
        self._engine_state.count_imported_file(token)
        return self._add_copy_of_run(token, *runfile.read_run_file(content))

    def add_run(
        self,
        token: str,
        record: RunRecord,
        events: Sequence[Event],
        examples: ExampleSet | None = None,
        weights: Sequence[np.ndarray] | None = None,
    ) -> RunRecord:
        """Add a run from a run file, or restore a deleted run, with curve, result and network.

        The new run gets a new id and number. Its settings, name, state (if the run ended),
        position, result, error, versions, and summary of the visitor's examples are those of
        `record`.

        Args:
            examples: the visitor's examples that came with the run.
            weights: the network's weights, in the order of ``model.get_weights()``; without them,
                the run cannot be resumed.

        Raises:
            EngineError: ``limit_imports``: the visitor has imported too many runs; or there is too
                little disk space (`SharedEngineState.check_disk_space`).
        """
        self._engine_state.count_imported_file(token)
        return self._add_copy_of_run(token, record, events, examples, weights)

    def _add_copy_of_run(
        self,
        token: str,
        record: RunRecord,
        events: Sequence[Event],
        examples: ExampleSet | None,
        weights: Sequence[np.ndarray] | None,
    ) -> RunRecord:
        checkpoint = b"" if weights is None else Checkpoint.from_weights(weights, record).to_bytes()
        with self._engine_state.edit_workspace(token) as workspace:
            own = b"" if examples is None or examples.is_empty else examples.to_bytes()
            wanted = shares.EVENT_BYTES * len(events) + len(own) + len(checkpoint)
            self._engine_state.check_disk_space(workspace, 1, wanted)
            copy = life.record_of_imported_run(record, secrets.token_urlsafe(12), 0, len(events))
            if copy.examples and examples is not None and own:
                copy = replace(copy, examples=replace(copy.examples, until=None))
                self._examples.store_examples_copy(copy.id, examples)
            run = self._workspaces.add_run(
                workspace, replace(copy, has_checkpoint=bool(checkpoint)), list(events)
            )
            self._engine_state.lifecycle.add_imported_run(run)
            if checkpoint:
                self._workspaces.store_checkpoint(run, checkpoint, RunPosition(copy.epoch))
            return run.record

    def _find_run_even_sealed(self, token: str, run_id: str) -> Run:
        return self._workspaces.find_run(token, run_id, even_sealed=True)

    def _end_run(self, token: str, run_id: str, end: Callable[[Run], None]) -> None:
        with self._engine_state.atomic_changes():
            run = self._find_run_even_sealed(token, run_id)
            cancelled = run.life_phase in ACTIVE
            end(run)
            if cancelled:
                self._engine_state.count_cancelled_run(run.workspace)
