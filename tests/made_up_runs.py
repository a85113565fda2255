"""Runs as the engine holds them, for decisions that need nothing else."""

from fvapp.core.events import EpochEnded
from fvapp.core.runs import RunRecord
from fvapp.core.settings import RunSettings
from fvapp.engine.runs.open_workspace import OpenWorkspace, Run


class Workspaces(dict):
    """Workspaces by name, made when they are first asked for."""

    def __missing__(self, name: str) -> OpenWorkspace:
        self[name] = OpenWorkspace(name, created=0.0)
        return self[name]


def make_run(run_id, workspace, seconds=10.0, *, state="queued", group=None, **known) -> Run:
    return Run(workspace, RunRecord(run_id, 1, RunSettings(), state, group=group), seconds=seconds, **known)


def make_training(run_id, workspace, seconds_left, **known) -> Run:
    """Return a run that trains; an epoch of as many seconds is what it has left."""
    events = [] if seconds_left is None else [EpochEnded(1, 0.5, 0.8, None, None, seconds_left)]
    record = RunRecord(run_id, 1, RunSettings(), "running", epochs=2, epoch=1)
    return Run(workspace, record, events, **known)
