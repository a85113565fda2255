"""Defines what the engine reports to pages about its state, its PCs and a visitor's workspace."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from fvapp.core.classroom import WallNetwork
from fvapp.core.datasets import Dataset
from fvapp.core.errors import EngineError
from fvapp.core.inspection import Network
from fvapp.core.runs import RunRecord

LOSSES = ("store_gone", "store_fewer", "store_latest", "store_models")
"""Codes of the errors about lost data.

Pages show such an error until somebody confirms having read it.
"""

GONE = "workspace_gone"
TAKEN = "workspace_taken"
ENDED = "seat_ended"
"""Errors for a workspace's token that is no longer valid.

`GONE`: the workspace was left or deleted. `TAKEN`: a code from the teacher moved the work to
another browser. `ENDED`: the token came from a seat code or card that is no longer valid.
"""

CLOSED = "seat_closed"
"""The error for a token from a seat code or card, for as long as the school class is closed."""

SHUT = (GONE, TAKEN, ENDED, CLOSED)
"""Errors that refuse a token, after which the browser continues with an empty workspace."""

EngineState = Literal["starting", "ready", "restarting", "failed"]


@dataclass(frozen=True)
class Workspace:
    """A visitor's workspace.

    Attributes:
        token: the secret that opens the workspace. The browser keeps it and sends it with each
            command.
        was_known: whether the server knew the token before this visit.
        is_complete: whether all stored runs, notes and examples of the workspace can be read.
        id: the workspace's id. A browser's workspace changes when a code for another workspace is
            typed in one of its tabs.
        class_ids_elsewhere: ids of the school classes whose work was moved to another browser.
    """

    token: str
    was_known: bool
    is_complete: bool = True
    id: str = ""
    class_ids_elsewhere: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ShownNetwork:
    """A network on a class's wall (shared display), with everything its downloaded file contains.

    Attributes:
        class_id: id of the school class.
        network: the run's network in its current state.
    """

    class_id: str
    wall_entry: WallNetwork
    record: RunRecord
    network: Network
    dataset: Dataset


@dataclass(frozen=True)
class Pc:
    """A PC that trains networks for the app, or should train them but cannot.

    Attributes:
        name: the PC's name; empty for the PC the app runs on.
        worker_count: number of training processes that are ready on the PC.
        epochs_per_second: combined speed of all the PC's workers, in epochs per second, on the
            reference network (the one in the course notebook); 0 until measured.
        training_records: records of the runs the PC is training.
        silent_seconds: seconds since the PC last reported, if the PC counts as silent; else None.
        no_runs_error: why the PC gets no runs; None if it can get runs.
    """

    name: str
    worker_count: int = 0
    core_count: int = 0
    epochs_per_second: float = 0.0
    training_records: tuple[RunRecord, ...] = ()
    silent_seconds: float | None = None
    no_runs_error: EngineError | None = None


@dataclass(frozen=True)
class EngineStatus:
    """The state of the engine, the same for every visitor.

    Attributes:
        state: whether training can start now.
        worker_count: number of training processes.
        training_worker_count: number of training processes that are training a run.
        waiting_run_count: number of queued runs of all visitors.
        failure_code: key, below ``errors.`` in the text catalogues, of why the engine failed.
        store_error_code: key, below ``errors.`` in the text catalogues, of why nothing is being
            stored or what is wrong with the stored data; None if storage works.
        store_error_values: values for the placeholders in the sentence of `store_error_code`.
        slow_start_seconds: seconds the engine takes to start on a slow machine; 0 on other
            machines.
    """

    state: EngineState
    worker_count: int = 0
    training_worker_count: int = 0
    waiting_run_count: int = 0
    failure_code: str | None = None
    store_error_code: str | None = None
    store_error_values: Mapping[str, object] = field(default_factory=dict)
    slow_start_seconds: float = 0.0
