"""What the pages may ask of the engine: one protocol, kept by the real engine and by a fake for tests."""

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
        whole: False where runs of it are kept that can no longer be read.
    """

    token: str
    known: bool
    whole: bool = True


@dataclass(frozen=True)
class EngineStatus:
    """How the engine is, for everybody.

    Attributes:
        state: whether trainings can start now.
        workers: training processes that are there.
        training: how many of them train.
        waiting: runs in the queue, of all visitors.
        reason: catalogue key below ``errors.`` when it failed.
        store: catalogue key below ``errors.`` of why nothing is being kept at the moment, or of what is odd about what
            was kept; None where all is well.
        store_values: placeholders of that sentence.
    """

    state: EngineState
    workers: int = 0
    training: int = 0
    waiting: int = 0
    reason: str | None = None
    store: str | None = None
    store_values: Mapping[str, object] = field(default_factory=dict)


class Engine(Protocol):
    """Commands and questions; every one that concerns a workspace takes its token first.

    Every command raises ``EngineError`` with one of these codes, and changes nothing then: ``unknown_workspace``,
    ``unknown_run`` (also for another visitor's), ``not_now`` (the run's state does not allow it), ``limit_*`` (one of
    the limits is reached), ``not_ready`` (still starting, or starting anew), ``no_room``, ``store_*`` (the disk).
    """

    def start(self) -> None:
        """Begin to start the processes and return at once; called again it does nothing."""

    def status(self) -> EngineStatus: ...

    def close(self) -> None:
        """End all processes. Runs that train become lost."""

    # Workspaces

    def enter(self, token: str | None) -> Workspace:
        """Open the workspace of `token`; of one that is not known an empty one, stored once something is done in it.

        None and what is no token of ours get a new token.

        Raises:
            EngineError: ``workspace_gone`` for a token that was left or deleted, also in another browser.
        """

    def move_in(self, token: str, provisional: str) -> Workspace:
        """Open the workspace of `token`, and move there at once what was done in the provisional workspace.

        A provisional workspace is one whose token was made for this visit. One with a recovery code stays as it is.
        Afterwards the provisional token opens the same workspace until the server ends.

        Raises:
            EngineError: ``workspace_gone``; nothing is moved then.
        """

    # Changes

    def version(self, token: str) -> int:
        """Return the number of the latest change that this visitor can see; counts as a sign of life.

        Read before the records that are drawn, it says what a page has drawn. It grows over restarts.
        """

    def workspace_id(self, token: str) -> str:
        """Return what `listen` calls this visitor's workspace. It opens nothing."""

    def listen(self, listener: Callable[[str | None, int], None]) -> None:
        """Have `listener` called with the workspace's id (None: everybody) and the number of each later change.

        It is called with the engine's lock held, from any thread.
        """

    def recovery_code(self, token: str) -> str:
        """Return the code that opens this workspace on another PC, made at the first wish."""

    def recover(self, token: str, code: str) -> Workspace:
        """Open the workspace of a recovery code, for the visitor who types it in the workspace of `token`.

        Raises:
            EngineError: ``unknown_code``; ``limit_codes`` after too many wrong ones of this visitor. After too many
                of everybody a wrong code gets it too, a right one still opens.
        """

    def leave(self, token: str) -> None:
        """End `token`: what this browser kept no longer opens the workspace.

        Another browser and the recovery code still open it. Where there is neither, nobody can open it again, and it
        is deleted.
        """

    def delete_all(self, token: str) -> None:
        """Delete the workspace with everything in it."""

    def read_note(self, token: str, name: str) -> object | None:
        """Return a small JSON value kept with the workspace (drawings, progress of lessons), or None."""

    def change_note(self, token: str, name: str, change: Callable[[object | None], object]) -> None:
        """Put what `change` makes of a note in its place, with nobody writing in between.

        A note with several entries is written so: of two tabs that have read it, each keeps the other's entry.

        Args:
            change: given the note as :meth:`read_note` returns it; quick, and calls nothing of the engine.
        """

    def write_note(self, token: str, name: str, value: object) -> None:
        """Keep a small JSON value with the workspace, at most 64 KB."""

    # Runs

    def submit(
        self, token: str, settings: Sequence[RunSettings], group: str | None = None, click: str | None = None
    ) -> tuple[RunRecord, ...]:
        """Queue one run for each of the settings: all of them, or none.

        Args:
            click: what was clicked, in words of the page's own. The same again within ``Timing.same_click`` is the
                same click, which came twice or was a double click: the runs of the first are returned.

        Raises:
            SettingsError: too large together.
        """

    def runs(self, token: str) -> tuple[RunRecord, ...]:
        """Return the visitor's runs, oldest first. Counts as a sign of life for all of them."""

    def run(self, token: str, run_id: str) -> RunRecord:
        """Return one run. Counts as a sign of life."""

    def events(self, token: str, run_id: str, after: int = 0) -> tuple[tuple[Event, ...], int]:
        """Return the events after a cursor, and the cursor for the next call."""

    def stop(self, token: str, run_id: str) -> None:
        """End a run within a block and keep its model and curve; a queued run is taken from the queue."""

    def pause(self, token: str, run_id: str) -> None:
        """Save a run after its block and free its worker."""

    def resume(self, token: str, run_id: str, more_epochs: int = 0) -> None:
        """Queue a run that is paused, stopped, done or lost with a checkpoint, to go on from where it is.

        Without `more_epochs` it goes on to what it was to reach. With them a finished run first finishes the epoch it
        stands in, then trains as many more; a paused one has them added to what it was to reach.
        """

    def rename(self, token: str, run_id: str, name: str) -> None: ...

    def delete(self, token: str, run_id: str) -> None:
        """Delete a run, or one of :meth:`damaged_runs`."""

    def damaged_runs(self, token: str) -> tuple[str, ...]:
        """Return the ids of the visitor's runs that are stored but can no longer be read."""

    def damaged_run(self, token: str, run_id: str) -> bytes:
        """Return what there is of a damaged run, as JSON.

        Raises:
            EngineError: ``unknown_run``.
        """

    def add_run(self, token: str, record: RunRecord, events: Sequence[Event]) -> RunRecord:
        """Bring a run back from a run file: curve and result, without a model.

        The copy gets its own id and number; of `record` the settings, name, state (if it ended), numbers, result,
        error and versions are kept.
        """

    def model_file(self, token: str, run_id: str) -> bytes:
        """Return the model of a run as the bytes of a ``.keras`` file."""

    # Answers

    def classify(self, token: str, model: str, images: Sequence[object]) -> tuple[Answer, ...]:
        """Return what a model says about images.

        Args:
            model: the id of one of the visitor's runs, or the name of a data set for the model that ships.
            images: ``uint8`` arrays [28, 28].
        """

    # Inside a network

    def network(self, token: str, model: str) -> Network:
        """Return the network of a run or of a model that ships, to be looked at; of a run that trains as it is now.

        Raises:
            EngineError: ``no_model``: the run has no weights.
        """

    def start_kernel(self, token: str, run_id: str) -> np.ndarray | None:
        """Return the weights of the first layer with which a run began; None where nobody can say now."""

    def frames(self, token: str, run_id: str) -> tuple[Frame, ...]:
        """Return the frames that are kept of a training; none of an old or a very wide run."""

    def inspect(self, token: str, model: str, question: Question) -> np.ndarray:
        """Answer a question about a data set; asked again it costs nothing.

        Raises:
            EngineError: ``no_model``, ``still_trains``.
        """
