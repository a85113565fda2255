"""What the pages may ask of the engine: one protocol, implemented by the real engine and by a fake for tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np

from fvapp.core.answers import Answer
from fvapp.core.events import Event
from fvapp.core.inspection.frames import Frame
from fvapp.core.inspection.network import Network
from fvapp.core.inspection.questions import Question
from fvapp.core.runs import RunRecord
from fvapp.core.settings import RunSettings

EngineState = Literal["starting", "ready", "restarting", "failed"]


@dataclass(frozen=True)
class Workspace:
    """A visitor's workspace.

    Attributes:
        token: the unguessable secret that opens it; kept by the browser, sent with every command.
        known: whether the token was known before this visit.
        whole: False if some of its stored runs or notes can no longer be read.
    """

    token: str
    known: bool
    whole: bool = True


@dataclass(frozen=True)
class EngineStatus:
    """The state of the engine, for everybody.

    Attributes:
        state: whether training can start now.
        workers: number of training processes.
        training: how many of them are training.
        waiting: runs in the queue, of all visitors.
        reason: catalogue key below ``errors.`` if the engine failed.
        store: catalogue key below ``errors.`` of why nothing is being kept at the moment, or of what is odd about what
            was kept; None where all is well.
        store_values: placeholders of that sentence.
        slow_start: seconds that the start takes on this machine, where that is long; else 0.
    """

    state: EngineState
    workers: int = 0
    training: int = 0
    waiting: int = 0
    reason: str | None = None
    store: str | None = None
    store_values: Mapping[str, object] = field(default_factory=dict)
    slow_start: float = 0.0


class Engine(Protocol):
    """Commands and queries; those that concern a workspace take its token as the first argument.

    Every command may raise ``EngineError`` with one of these codes, and then changes nothing: ``unknown_workspace``,
    ``unknown_run`` (also for runs of other visitors), ``not_now`` (the run's state does not allow it), ``limit_*`` (a
    limit is reached), ``not_ready`` (starting or restarting), ``no_room``, ``store_*`` (the disk).
    """

    def start(self) -> None:
        """Begin to start the processes and return at once; further calls do nothing."""

    def status(self) -> EngineStatus: ...

    def close(self) -> None:
        """End all processes. Runs in training are lost."""

    # Workspaces

    def enter(self, token: str | None) -> Workspace:
        """Open the workspace of `token`. An unknown token opens an empty one, stored once something is done in it.

        None, or anything that is not one of our tokens, gets a new token.

        Raises:
            EngineError: ``workspace_gone`` for a token that was revoked or whose workspace was deleted, in any browser.
        """

    def move_in(self, token: str, provisional: str) -> Workspace:
        """Open the workspace of `token`, atomically moving in whatever was done in the provisional workspace.

        A provisional workspace is one whose token was made for this visit. One with a recovery code is left alone.
        Afterwards the provisional token opens the same workspace until the server ends.

        Raises:
            EngineError: ``workspace_gone``; nothing is moved.
        """

    # Changes

    def version(self, token: str) -> int:
        """Return the number of the latest change this visitor can see; counts as a sign of life.

        Read before the records, it tells which version a page has drawn. It grows across restarts.
        """

    def workspace_id(self, token: str) -> str:
        """Return the id by which `listen` reports this visitor's workspace. It does not open anything."""

    def listen(self, listener: Callable[[str | None, int, bool], None]) -> None:
        """Call `listener` with the workspace's id (None: everybody), number and urgency of each later change.

        All are urgent but new places in the queue.

        It is called with the engine's lock held, from any thread.
        """

    def recovery_code(self, token: str) -> str:
        """Return the code that opens this workspace on another computer, created on first request."""

    def recover(self, token: str, code: str) -> Workspace:
        """Open the workspace of a recovery code, for a visitor who types it in the workspace of `token`.

        Raises:
            EngineError: ``unknown_code``; ``limit_codes`` after too many wrong ones from this visitor, or for a wrong
                one after too many from everybody. A correct code still works then.
        """

    def leave(self, token: str) -> None:
        """Revoke `token`, so that what this browser has stored no longer opens the workspace.

        Other browsers and the recovery code still open it. If there are none, nobody can open it again, and it is
        deleted.
        """

    def delete_all(self, token: str) -> None:
        """Delete the workspace with everything in it."""

    def read_note(self, token: str, name: str) -> object | None:
        """Return a small JSON value kept with the workspace (drawings, progress of lessons), or None."""

    def change_note(self, token: str, name: str, change: Callable[[object | None], object]) -> None:
        """Replace a note with the result of `change`, atomically.

        Notes with several entries are written this way, so that two tabs keep each other's entries.

        Args:
            change: receives the note as :meth:`read_note` returns it; must be quick and must not call the engine.
        """

    def write_note(self, token: str, name: str, value: object) -> None:
        """Keep a small JSON value with the workspace, at most 64 KB."""

    def remember(self, token: str, name: str, data: bytes) -> None:
        """Keep data in memory for as long as the workspace is open, and never on disk; too much is forgotten."""

    def recall(self, token: str, name: str) -> bytes | None:
        """Return what :meth:`remember` kept, or None."""

    # Runs

    def submit(
        self, token: str, settings: Sequence[RunSettings], group: str | None = None, click: str | None = None
    ) -> tuple[RunRecord, ...]:
        """Queue one run for each of the settings: all of them, or none.

        Args:
            click: a name for the click, chosen by the page. The same name again within ``Timing.same_click`` counts as
                the same click, received twice or double-clicked, and returns the runs of the first.

        Raises:
            SettingsError: they are too large together.
        """

    def runs(self, token: str) -> tuple[RunRecord, ...]:
        """Return the visitor's runs, oldest first. Counts as a sign of life for all of them."""

    def run(self, token: str, run_id: str) -> RunRecord:
        """Return one run. Counts as a sign of life."""

    def events(self, token: str, run_id: str, after: int = 0) -> tuple[tuple[Event, ...], int]:
        """Return the events after a cursor, and the cursor for the next call."""

    def stop(self, token: str, run_id: str) -> None:
        """End a run within a block, keeping its model and curve; a queued run is removed from the queue."""

    def pause(self, token: str, run_id: str) -> None:
        """Save a run at the end of its block and free its worker."""

    def resume(self, token: str, run_id: str, more_epochs: int = 0) -> None:
        """Queue a paused, stopped or finished run, or a lost one with a checkpoint, to carry on from where it is.

        Without `more_epochs` it carries on to its original number of epochs. With them, a finished run completes that
        many more, the one it is in included; for a paused one they are added to the original number.
        """

    def rename(self, token: str, run_id: str, name: str) -> None: ...

    def delete(self, token: str, run_id: str) -> None:
        """Delete a run, or one of :meth:`damaged_runs`."""

    def damaged_runs(self, token: str) -> tuple[str, ...]:
        """Return the ids of the visitor's stored runs that can no longer be read."""

    def damaged_run(self, token: str, run_id: str) -> bytes:
        """Return whatever is stored of a damaged run, as JSON.

        Raises:
            EngineError: ``unknown_run``.
        """

    def add_run(self, token: str, record: RunRecord, events: Sequence[Event]) -> RunRecord:
        """Import a run from a run file: curve and result, without a model.

        The copy gets an id and a number of its own. From `record` it keeps settings, name, state (if it ended),
        position, result, error and versions.
        """

    def model_file(self, token: str, run_id: str) -> bytes:
        """Return the model of a run as the bytes of a ``.keras`` file."""

    # Answers

    def classify(self, token: str, model: str, images: Sequence[object]) -> tuple[Answer, ...]:
        """Return what a model says about images; one that trains answers as it is now.

        It waits for no training process to start.

        Args:
            model: the id of one of the visitor's runs, or the name of a data set for its shipped model.
            images: ``uint8`` arrays [28, 28].

        Raises:
            EngineError: ``no_model``: the run has no weights; ``bad_image``.
            ModelError: ``model_other_weights``: the network has fewer outputs than there are classes.
        """

    # Inside a network

    def network(self, token: str, model: str) -> Network:
        """Return the network of a run or of a shipped model for inspection; of a run in training, as it is now.

        Raises:
            EngineError: ``no_model``: the run has no weights.
        """

    def start_kernel(self, token: str, run_id: str) -> np.ndarray | None:
        """Return the initial weights of the first layer of a run, or None if no worker can compute them now."""

    def frames(self, token: str, run_id: str) -> tuple[Frame, ...]:
        """Return the frames stored for a run; there are none for an old or a very wide one."""

    def inspect(self, token: str, model: str, question: Question) -> np.ndarray:
        """Answer a question about a data set; repeating it costs nothing.

        Raises:
            EngineError: ``no_model``, ``still_trains``.
        """
