"""What the engine reports about itself and about a workspace."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from fvapp.core.classroom import WallNetwork
from fvapp.core.datasets import Dataset
from fvapp.core.errors import EngineError
from fvapp.core.inspection import Network
from fvapp.core.runs import RunRecord

LOSSES = ("store_gone", "store_fewer", "store_latest", "store_models")
"""Reports about the store, shown until somebody confirms having read them."""

GONE = "workspace_gone"
TAKEN = "workspace_taken"
ENDED = "seat_ended"
"""Errors of a token that no longer opens anything: its workspace was left or deleted; a teacher's
code opened it elsewhere; the code or card by which it opened work in a class has ended."""

CLOSED = "seat_closed"
"""The error of a token from a class's code or card while that class is closed."""

SHUT = (GONE, TAKEN, ENDED, CLOSED)
"""Errors after which a browser continues with an empty workspace."""

EngineState = Literal["starting", "ready", "restarting", "failed"]


@dataclass(frozen=True)
class Workspace:
    """A visitor's workspace.

    Attributes:
        token: the unguessable secret that opens it; kept by the browser, sent with every command.
        known: whether the token was known before this visit.
        complete: False if some of its stored runs or notes can no longer be read.
        id: the workspace's id, which changes when a code is typed in another tab of the browser.
        class_ids_elsewhere: ids of the classes whose work continues in another browser.
    """

    token: str
    known: bool
    complete: bool = True
    id: str = ""
    class_ids_elsewhere: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ShownNetwork:
    """Everything in the file of a network on a class's wall.

    Attributes:
        classroom: id of the class.
        network: the network of `record` in its current state.
    """

    classroom: str
    wall: WallNetwork
    record: RunRecord
    network: Network
    dataset: Dataset


@dataclass(frozen=True)
class Pc:
    """A PC that trains for the app, or is meant to.

    Attributes:
        name: empty for the PC the app runs on.
        workers: number of training processes that are ready on the PC.
        speed: epochs per second of the notebook's network, all workers together; 0 until measured.
        training: records of the runs the PC is training.
        silent_seconds: seconds since the PC was last heard from, if that is long; else None.
        trouble: why the PC gets no runs; None if it gets some.
    """

    name: str
    workers: int = 0
    cores: int = 0
    speed: float = 0.0
    training: tuple[RunRecord, ...] = ()
    silent_seconds: float | None = None
    trouble: EngineError | None = None


@dataclass(frozen=True)
class EngineStatus:
    """The state of the engine, the same for every visitor.

    Attributes:
        state: whether training can start now.
        workers: number of training processes.
        training: how many of them are training.
        waiting: runs in the queue, of all visitors.
        reason: catalogue key below ``errors.`` if the engine failed.
        store_error_code: catalogue key below ``errors.`` for why nothing is being stored, or for
            what is wrong with the stored data; None if all is well.
        store_error_values: values for the placeholders of that error's sentence.
        slow_start_seconds: seconds a start takes on this machine, if that is long; else 0.
    """

    state: EngineState
    workers: int = 0
    training: int = 0
    waiting: int = 0
    reason: str | None = None
    store_error_code: str | None = None
    store_error_values: Mapping[str, object] = field(default_factory=dict)
    slow_start_seconds: float = 0.0
