"""Made-up runs as the engine holds them in memory, and a finished run with its curves."""

from fvapp.core.events import EpochEnded
from fvapp.core.results.curves import BlockPoints, EpochPoints, LearningCurves
from fvapp.core.runs import RunRecord, RunResult
from fvapp.core.settings import RunSettings
from fvapp.engine.runs.open_workspace import OpenWorkspace, Run

CURVES = LearningCurves(
    BlockPoints((0.5, 1.0, 1.5, 2.0), (0.9, 0.6, None, 0.4), (0.6, 0.8, 0.82, 0.86)),
    EpochPoints((1, 2), (0.7, 0.45), (0.75, 0.84), (0.5, 0.44), (0.8, 0.85), (0.4, 0.4)),
)
_LENGTH = {"epochs": 2, "epoch": 2, "parameters": 101_770, "created": 1_790_000_000.5}
_OUTCOME = {"result": RunResult(0.42, 0.8523, 0.8), "versions": {"keras": "3.15.1", "numpy": "2.4"}}
ENDED = RunRecord("id", 4, RunSettings(epochs=2), "done", name="wide", **_LENGTH, **_OUTCOME)


class Workspaces(dict):
    """Workspaces by name; a workspace is created when it is first used."""

    def __missing__(self, name: str) -> OpenWorkspace:
        self[name] = OpenWorkspace(name, created_at=0.0)
        return self[name]


def make_run(run_id, workspace, seconds=10.0, *, state="queued", group=None, **known) -> Run:
    return Run(
        workspace,
        RunRecord(run_id, 1, RunSettings(), state, group=group),
        estimated_seconds=seconds,
        **known,
    )


def make_training(run_id, workspace, seconds_left, **known) -> Run:
    """Return a running run with one more epoch to train, which takes `seconds_left`."""
    events = [] if seconds_left is None else [EpochEnded(1, 0.5, 0.8, None, None, seconds_left)]
    record = RunRecord(run_id, 1, RunSettings(), "running", epochs=2, epoch=1)
    return Run(workspace, record, events, **known)
