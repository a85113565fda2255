"""The engine: carries out visitors' commands with processes of its own."""

import secrets
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace

import numpy as np

from fvapp.core.answers import Answer
from fvapp.core.checkpoint import Checkpoint
from fvapp.core.datasets import SHIPPED
from fvapp.core.datasets.starter import trained_on_starter_set
from fvapp.core.documents import runfile
from fvapp.core.errors import EngineError
from fvapp.core.events import TESTED, Drawn, Event
from fvapp.core.examples import ExampleSet
from fvapp.core.inspection.answering import load_shipped
from fvapp.core.inspection.frames import Frame
from fvapp.core.inspection.glimpse import Glimpse
from fvapp.core.inspection.network import Network
from fvapp.core.inspection.questions import Question
from fvapp.core.limits import check_limits
from fvapp.core.names import clean_name
from fvapp.core.runs import FINISHED, Position, RunRecord
from fvapp.core.settings import RunSettings
from fvapp.engine.api import EngineStatus, Pc, ShownNetwork, Workspace
from fvapp.engine.assembly import Assembly
from fvapp.engine.inbox import Woken
from fvapp.engine.runs import shares, transitions
from fvapp.engine.runs.open_workspace import OpenWorkspace, Run
from fvapp.engine.store import writes


class EmbeddedEngine(Assembly):
    """Commands and queries; those that concern a workspace take its token as the first argument.

    Every command may raise ``EngineError`` with one of these codes, and then changes nothing: ``unknown_workspace``,
    ``unknown_run`` (also for runs of other visitors), ``not_now`` (the run's state does not allow it), ``limit_*`` (a
    limit is reached), ``not_ready`` (starting or restarting), ``no_room``, ``store_*`` (the disk).
    """

    # For everybody

    def start(self) -> None:
        """Begin to start the processes and return at once; further calls do nothing."""
        if self._started.acquire(blocking=False):
            self._dispatcher.start()
            for name in SHIPPED:  # else the first drawing waits for it
                self._helpers.submit(load_shipped, name)

    def status(self) -> EngineStatus:
        with self._lock:
            return self._board.status()

    def pcs(self) -> tuple[Pc, ...]:
        """Return the PCs that train, or are to."""
        with self._lock:
            return self._pcs.all()

    def note_loss_read(self) -> None:
        """Say no more what the store has lost; somebody, a teacher or a visitor, has read it."""
        self._journal.note_loss_read()

    def copies_aside(self) -> tuple[str, ...]:
        """Return the names of copies of the database that were set aside: what is deleted stays in them."""
        return self._journal.set_aside

    def close(self) -> None:
        """End all processes. Runs in training are lost."""
        self._dispatcher.close()
        self._counters.shutdown(wait=False, cancel_futures=True)
        self._journal.close()

    # Changes

    def version(self, token: str) -> int:
        """Return the number of the latest change this visitor can see; counts as a sign of life.

        Read before the records, it tells which version a page has drawn. It grows across restarts.
        """
        with self._lock:
            return self._workspaces.versions.of(self._workspaces.open(token).id)

    def workspace_id(self, token: str) -> str:
        """Return the id by which `listen` reports this visitor's workspace. It does not open anything."""
        with self._lock:
            return self._workspaces.open(token).id

    def standing(self, token: str | None) -> tuple[str, bool, bool]:
        """Return a workspace's id, whether it is in an open class or holds one, and whether a run of it has ended."""
        with self._lock:
            workspace, register = self._workspaces.open(token), self._register
            in_class = bool(register.seat(workspace) or register.open_classes_of(workspace.id))
            return workspace.id, in_class, not workspace.newcomer

    def listen(self, listener: Callable[[str | None, int, bool], None]) -> None:
        """Call `listener` with the workspace's id (None: everybody), number and urgency of each later change.

        All are urgent but new places in the queue.

        It is called with the engine's lock held, from any thread.
        """
        with self._lock:
            self._workspaces.versions.listen(listener)

    # Workspaces

    def enter(self, token: str | None) -> Workspace:
        """Open the workspace of `token`. An unknown token opens an empty one, stored once something is done in it.

        Args:
            token: None, or anything that cannot be a token, opens an empty workspace under a new one.

        Raises:
            EngineError: ``workspace_gone`` for a token that was revoked or whose workspace was deleted, in any browser;
                ``workspace_taken`` for one whose workspace goes on elsewhere by a code from the teacher;
                ``seat_ended``, ``seat_closed`` for one by a code or card of a class: it has ended, the class is closed.
        """
        with self._lock:
            return self._workspaces.enter(token)

    def recovery_code(self, token: str) -> str:
        """Return the code that opens this workspace on another computer, created on first request.

        Raises:
            EngineError: ``seat_only``: this browser opens the work in a class alone.
        """
        with self._changing():
            return self._workspaces.recovery_code(token)

    def recover(self, token: str, code: str, sure: bool = True) -> Workspace:
        """Open the workspace of a recovery code or of a seat's card, typed in the workspace of `token`.

        Args:
            sure: False has a right code refused where this browser would lose sight of other work.

        Raises:
            EngineError: ``work_here`` unless `sure`; ``unknown_code``; ``limit_codes`` after too many wrong ones from
                this visitor, or for a wrong one after too many from everybody. A correct code still works then.
                ``card_sleeps``, ``seat_closed``: as `Returning.of_card`.
        """
        with self._changing():
            return self._workspaces.recover(token, code, self.returning.of_card, sure)

    def leave(self, token: str) -> None:
        """Revoke `token`, so that what this browser has stored no longer opens the workspace.

        Other browsers, the recovery code and a code for its seat in a class still open it. If there are none, nobody
        can open it again, and it is deleted.
        """
        with self._changing():
            self._register.forget_left(self._workspaces.leave(token))

    def delete_all(self, token: str) -> None:
        """Delete the workspace with everything in it; of a browser that opens a part of one, that part."""
        with self._changing():
            workspace = self._workspaces.open(token)
            if workspace is not workspace.whole:
                self._workspaces.leave(token)
            self._register.forget(workspace)
            self._register.forget_left(workspace.whole)

    def read_note(self, token: str, name: str) -> object | None:
        """Return a small JSON value kept with the workspace (drawings, progress of lessons), or None."""
        with self._lock:
            return self._workspaces.open(token).note(name)

    def change_note(self, token: str, name: str, change: Callable[[object | None], object]) -> None:
        """Replace a note with the result of `change`, atomically.

        Notes with several entries are written this way, so that two tabs keep each other's entries.

        Args:
            change: receives the note as :meth:`read_note` returns it; must be quick and must not call the engine.
        """
        with self._changing():
            self._workspaces.change_note(self._workspaces.open(token), name, change)

    def write_note(self, token: str, name: str, value: object) -> None:
        """Keep a small JSON value with the workspace, at most 64 KB."""
        self.change_note(token, name, lambda before: value)

    def remember(self, token: str, name: str, data: bytes) -> None:
        """Keep data for a page until the server ends, only in memory.

        It replaces what was kept under `name`, and is itself dropped if the workspace then had more than the limit.
        """
        with self._lock:
            memory = self._workspaces.open(token).memory
            memory.pop(name, None)
            if sum(map(len, memory.values())) + len(data) <= self._limits.memory_kb * 1024:
                memory[name] = data

    def recall(self, token: str, name: str) -> bytes | None:
        """Return the data kept by :meth:`remember`, or None."""
        with self._lock:
            return self._workspaces.open(token).memory.get(name)

    # Runs

    def submit(
        self,
        token: str,
        settings: Sequence[RunSettings],
        group: str | None = None,
        click: str | None = None,
        like: Sequence[str] = (),
        folds: Sequence[int] = (),
        drawing: np.ndarray | None = None,
    ) -> tuple[RunRecord, ...]:
        """Queue one run for each of the settings: all of them, or none.

        Args:
            click: a name for the click, chosen by the page. The same name again within ``Timing.same_click`` counts as
                the same click, received twice or double-clicked, and returns the runs of the first.
            like: ids of earlier runs, one for each of the settings, whose own examples they learn from, where they
                learn from any; else those there are now.
            folds: which of those there are now each of the runs holds back, as ``ExampleSet.with_fold``; else fold 0.
            drawing: what the visitor drew last for their data set, uint8 [28, 28]: their networks are asked about it
                while they train.

        Raises:
            SettingsError: they are too large together.
            EngineError: ``no_examples``: there are none to learn from; ``examples_gone``: those of an earlier run;
                ``hunt_...``: the class hunts, and this is beyond its budget.
        """
        with self._changing():
            workspace = self._workspaces.open(token)
            before = self._workspaces.clicked(workspace, click, self._board.timing.same_click)
            if before:
                return before
            settings, group = self.students.take_on(workspace, settings, group)
            for one in settings:
                check_limits(one)
            records = [self._trainings.new_record(one, group) for one in settings]
            others = [self._workspaces.find(token, each) for each in like] or [None] * len(records)
            asked = zip(settings, others, folds or [0] * len(records), strict=True)
            taken = [self._taken.take(workspace, *each) for each in asked]
            records = [replace(one, examples=each and each[0]) for one, each in zip(records, taken, strict=True)]
            self._board.admit(workspace, records)
            drawn = [] if drawing is None else [Drawn.of(drawing)]
            runs = [self._workspaces.add(workspace, record, list(drawn)) for record in records]
            for run, each in zip(runs, taken, strict=True):
                if each is not None:
                    self._taken.hold(run.record.id, each[1])
                self._board.enqueue(run)
            self._workspaces.note_click(workspace, click, [run.record for run in runs])
        self._inbox.post(Woken())
        with self._lock:
            return tuple(run.shown for run in runs)

    def runs(self, token: str) -> tuple[RunRecord, ...]:
        """Return the visitor's runs, oldest first. Counts as a sign of life for all of them."""
        with self._lock:
            return tuple(run.shown for run in self._workspaces.open(token).runs.values())

    def run(self, token: str, run_id: str) -> RunRecord:
        """Return one run. Counts as a sign of life."""
        return self._find(token, run_id).shown

    def events(self, token: str, run_id: str, after: int = 0) -> tuple[tuple[Event, ...], int]:
        """Return the events after a cursor, and the cursor for the next call."""
        with self._lock:
            run = self._workspaces.find(token, run_id)
            events = self._workspaces.events(run)
            shown = (each for each in events[max(0, after) :] if not (run.sealed and isinstance(each, TESTED)))
            return tuple(shown), len(events)

    def stop(self, token: str, run_id: str) -> None:
        """End a run within a block, keeping its model and curve; a queued run is removed from the queue."""
        self._end(token, run_id, "stop")

    def pause(self, token: str, run_id: str) -> None:
        """Save a run at the end of its block and free its worker."""
        self._end(token, run_id, "pause")

    def resume(self, token: str, run_id: str, more_epochs: int = 0) -> None:
        """Queue a paused, stopped or finished run, or a lost one with a checkpoint, to carry on from where it is.

        Without `more_epochs` it carries on to its original number of epochs. With them, a finished run completes that
        many more, the one it is in included; for a paused one they are added to the original number.

        Raises:
            EngineError: ``hunt_...``: it is of a hunt, and beyond its budget, or revealed.
        """
        with self._changing():
            run = self._workspaces.find(token, run_id)
            if trained_on_starter_set(run.record.settings, self._workspaces.events(run)):
                raise EngineError("starter_set")
            record = transitions.resumed(run.record, run.checkpoint_at, more_epochs)
            self.students.check_resumed(run, record)
            examples = self._taken.of(run) if record.examples else None
            self._board.admit(run.workspace, [record])
            if examples is not None:
                self._taken.hold(run_id, examples)
            run.record = record
            self._board.enqueue(run)
        self._inbox.post(Woken())

    def rename(self, token: str, run_id: str, name: str) -> None:
        with self._changing():
            run = self._workspaces.find(token, run_id)
            self._board.put(run, replace(run.record, name=clean_name(name)))

    def damaged_runs(self, token: str) -> tuple[str, ...]:
        """Return the ids of the visitor's stored runs that can no longer be read."""
        with self._lock:
            return tuple(self._workspaces.open(token).damaged)

    def damaged_run(self, token: str, run_id: str) -> bytes:
        """Return whatever is stored of a damaged run, as JSON.

        Raises:
            EngineError: ``unknown_run``, ``hunt_sealed``.
        """
        with self._lock:
            return self._workspaces.read_damaged(token, run_id)

    def delete(self, token: str, run_id: str) -> None:
        """Delete a run, or one of :meth:`damaged_runs`."""
        with self._changing():
            workspace = self._workspaces.open(token)
            if run_id in workspace.damaged:
                workspace.damaged.remove(run_id)
            else:
                run = self._workspaces.find(token, run_id).opened()
                self._board.count_cancelled(run)
                self._trainings.drop(run)
                del workspace.runs[run_id]
            workspace.changed()
            self._journal.note(writes.run_deleted(run_id))

    def make_room(self, token: str) -> int:
        """Delete the films of the visitor's finished runs; return how many bytes that frees.

        Networks, curves and results stay, and each run can still go on.
        """
        with self._changing():
            runs = self._workspaces.open(token).runs.values()
            return sum(self._board.drop_film(run) for run in runs if run.film_bytes and run.record.state in FINISHED)

    def bring_back(self, token: str, content: bytes) -> RunRecord:
        """Import the run of a run file, with its network if the file has it. It counts before it is read.

        Raises:
            FvappError: as ``read_run_file`` and :meth:`add_run`.
        """
        self._count_import(token)
        return self._add_run(token, *runfile.read_run_file(content))

    def add_run(
        self,
        token: str,
        record: RunRecord,
        events: Sequence[Event],
        examples: ExampleSet | None = None,
        weights: Sequence[np.ndarray] | None = None,
    ) -> RunRecord:
        """Add a run that was deleted or comes from a run file: curve and result, and the network with its weights.

        The copy gets an id and a number of its own. From `record` it keeps settings, name, state (if it ended),
        position, result, error and versions, and what is said of its own examples.

        Args:
            examples: which came with it.
            weights: of its network, in the order of ``model.get_weights()``; from them it can go on as well.

        Raises:
            EngineError: ``limit_imports``, ``no_room``.
        """
        self._count_import(token)
        return self._add_run(token, record, events, examples, weights)

    def _count_import(self, token: str) -> None:
        with self._changing():
            self._board.imports.take(self._workspaces.open(token).id, self._board.clock())

    def _add_run(
        self,
        token: str,
        record: RunRecord,
        events: Sequence[Event],
        examples: ExampleSet | None,
        weights: Sequence[np.ndarray] | None,
    ) -> RunRecord:
        checkpoint = b"" if weights is None else Checkpoint.of_weights(weights, record).to_bytes()
        with self._changing():
            workspace = self._workspaces.open(token)
            own = 0 if examples is None else len(examples.labels)
            wanted = shares.EVENT_BYTES * len(events) + shares.EXAMPLE_BYTES * own + len(checkpoint)
            self._board.check_stored(workspace, 1, wanted)
            copy = transitions.copied(record, secrets.token_urlsafe(12), 0, len(events))
            if copy.examples and own:
                copy = replace(copy, examples=replace(copy.examples, until=None))
                self._taken.hold(copy.id, examples)
            run = self._workspaces.add(workspace, replace(copy, can_continue=bool(checkpoint)), list(events))
            if checkpoint:
                self._workspaces.keep_checkpoint(run, checkpoint, Position(copy.epoch))
            return run.record

    def weights(self, token: str, run_id: str) -> list[np.ndarray]:
        """Return the weights of a run, in the order of ``model.get_weights()``.

        Raises:
            EngineError: ``no_model``: it has none; ``hunt_sealed``.
        """
        return Checkpoint.weights_from_bytes(self._inspecting.checkpoint(self._find(token, run_id).opened()))

    def model_file(self, token: str, run_id: str) -> bytes:
        """Return the model of a run as the bytes of a ``.keras`` file; of none that is sealed."""
        return self._inspecting.model_file(self._find(token, run_id).opened())

    # Answers

    def classify(self, token: str, model: str, images: Sequence[object]) -> tuple[Answer, ...]:
        """Return what a model says about images; one that trains answers as it is now.

        It waits for no training process to start.

        Args:
            model: the id of one of the visitor's runs, or the name of a data set for its shipped model.
            images: ``uint8`` arrays [28, 28].

        Raises:
            EngineError: ``no_model``: the run has no weights; ``bad_image``; ``hunt_sealed``: a test image is asked
                about.
            ModelError: ``model_other_weights``: the network has fewer outputs than there are classes.
        """
        if len(images) > self._limits.images:
            raise EngineError("limit_images", most=self._limits.images)
        return self._inspecting.classify(self._model(token, model)[1], images)

    # Inside a network

    def network(self, token: str, model: str) -> Network:
        """Return the network of a run or of a shipped model for inspection; of a run in training, as it is now.

        Raises:
            EngineError: ``no_model``: the run has no weights; ``hunt_sealed``.
        """
        return self._inspecting.network(self._opened(token, model)[1])

    def on_wall(self, code: str) -> ShownNetwork:
        """Return the network on the wall of a class that has this code.

        Raises:
            EngineError: ``unknown_run``: there is none, or no longer; as :meth:`network`; ``examples_gone``.
        """
        classroom, wall, run = self.students.on_wall(code)
        network, dataset = self._inspecting.network(run), self._inspecting.dataset(run)
        return ShownNetwork(classroom.id, wall, run.record, network, dataset)

    def glimpse(self, token: str, run_id: str) -> Glimpse | None:
        """Return a few weights of a run, of one in training as they are now, or None where there are none yet."""
        return self._glimpses.of(self._find(token, run_id))

    def start_kernel(self, token: str, run_id: str) -> np.ndarray | None:
        """Return the initial weights of the first layer of a run, or None if no worker can compute them now."""
        return self._inspecting.start_kernel(self._find(token, run_id).opened())

    def frames(self, token: str, run_id: str) -> tuple[Frame, ...]:
        """Return the frames stored for a run; there are none for an old or a very wide one."""
        return self._inspecting.frames(self._find(token, run_id).opened())

    def inspect(self, token: str, model: str, question: Question) -> np.ndarray:
        """Answer a question about a data set; repeating it costs nothing.

        Raises:
            EngineError: ``no_model``, ``still_trains``, ``hunt_sealed``.
        """
        return self._inspecting.answer(*self._opened(token, model), question)

    def turn(self, token: str) -> AbstractContextManager[None]:
        """Return a context for computing with many images in the page's own thread: only a few do at the same time."""
        with self._lock:
            workspace = self._workspaces.open(token)
        return self._inspecting.turn(workspace)

    # Inside

    def _find(self, token: str, run_id: str) -> Run:
        with self._lock:
            return self._workspaces.find(token, run_id)

    def _model(self, token: str, model: str) -> tuple[OpenWorkspace, Run | str]:
        """Return the workspace of a token, and the run or the name of the shipped model."""
        with self._lock:
            workspace = self._workspaces.open(token)
            return workspace, model if model in SHIPPED else self._workspaces.find(token, model)

    def _opened(self, token: str, model: str) -> tuple[OpenWorkspace, Run | str]:
        """Return what :meth:`_model` does, unless the run is sealed in a hunt."""
        workspace, found = self._model(token, model)
        return workspace, found if isinstance(found, str) else found.opened()

    def _end(self, token: str, run_id: str, requested: str) -> None:
        """Stop or pause a run."""
        with self._changing():
            run = self._workspaces.find(token, run_id)
            allowed = transitions.STOPPABLE if requested == "stop" else transitions.PAUSABLE
            if run.ending or run.record.state not in allowed:
                raise EngineError("not_now")
            self._board.count_cancelled(run)
            self._trainings.end(run, requested)
