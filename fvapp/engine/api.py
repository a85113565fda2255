"""What the engine says of itself and of a workspace."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from fvapp.core.classroom.roster import OnWall
from fvapp.core.datasets import Dataset
from fvapp.core.errors import EngineError
from fvapp.core.inspection.network import Network
from fvapp.core.runs import RunRecord

LOSSES = ("store_gone", "store_fewer", "store_latest", "store_models")
"""What is said of the store until somebody says that they have read it."""

GONE = "workspace_gone"
TAKEN = "workspace_taken"
ENDED = "seat_ended"
"""What a token is refused with that opens nothing any more: left or deleted; taken elsewhere by a
teacher's code; the code or card by which it opened the work of a class has ended."""

CLOSED = "seat_closed"
"""What it is refused with while that class is closed."""

SHUT = (GONE, TAKEN, ENDED, CLOSED)
"""After which a browser goes on with an empty workspace."""

EngineState = Literal["starting", "ready", "restarting", "failed"]


@dataclass(frozen=True)
class Workspace:
    """A visitor's workspace.

    Attributes:
        token: the unguessable secret that opens it; kept by the browser, sent with every command.
        known: whether the token was known before this visit.
        whole: False if some of its stored runs or notes can no longer be read.
        id: of the workspace; another one once a code was typed in another tab of the browser.
        elsewhere: ids of the classes whose work goes on in another browser.
    """

    token: str
    known: bool
    whole: bool = True
    id: str = ""
    elsewhere: frozenset[str] = frozenset()


@dataclass(frozen=True)
class ShownNetwork:
    """All that the file of a network on the wall of a class is made of.

    Attributes:
        classroom: id of the class.
        network: as it is now.
    """

    classroom: str
    wall: OnWall
    record: RunRecord
    network: Network
    dataset: Dataset


@dataclass(frozen=True)
class Pc:
    """A PC that trains for the app, or is to.

    Attributes:
        name: empty for the one the app runs on.
        workers: training processes that are ready there.
        speed: epochs of the notebook's network a second, of all of them together; 0 until it was
            measured.
        trains: the records of the runs it trains.
        silent: seconds since it was last heard, where that is long.
        trouble: why it gets no runs.
    """

    name: str
    workers: int = 0
    cores: int = 0
    speed: float = 0.0
    trains: tuple[RunRecord, ...] = ()
    silent: float | None = None
    trouble: EngineError | None = None


@dataclass(frozen=True)
class EngineStatus:
    """The state of the engine, for everybody.

    Attributes:
        state: whether training can start now.
        workers: number of training processes.
        training: how many of them are training.
        waiting: runs in the queue, of all visitors.
        reason: catalogue key below ``errors.`` if the engine failed.
        store: catalogue key below ``errors.`` of why nothing is being kept at the moment, or of
            what is odd about what was kept; None where all is well.
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
