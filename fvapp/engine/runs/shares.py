"""Decides how much each workspace may keep on disk, and which recorded weights make room."""

from collections.abc import Iterable

from fvapp.core.errors import EngineError
from fvapp.core.inspection import BYTES_PER_NUMBER, EPOCHS, FIRST_STEPS, MOST_BYTES, MOST_PARAMETERS
from fvapp.core.missions import MISSIONS
from fvapp.core.missions.progress import NOTE, read_progress
from fvapp.core.runs import ACTIVE, FINISHED
from fvapp.core.settings import RunSettings
from fvapp.core.stack import count_parameters
from fvapp.engine.runs.limits import Limits
from fvapp.engine.runs.open_workspace import OpenWorkspace, Run

EVENT_BYTES = 250
"""Assumed size of an event of a run on disk, in bytes.

The largest possible run file has 6,000 events in 1.5 MB.
"""

EXAMPLE_BYTES = 900
"""Assumed size of one of a visitor's own examples on disk, in bytes."""

SIGN_BYTES = 3
"""Maximum size on disk of one character of a visitor's own text, in bytes."""

NEW_SECONDS = 86_400.0
OF_NEW = 1 / 4
"""Fraction of the full share of disk space for a workspace in its first `NEW_SECONDS`.

The fraction is small because scripts can open many workspaces, while a lesson needs space for only
20 runs.
"""

AMPLE = 3 / 4
HALVES_EACH = 1 / 16
"""Fractions of the disk space that determine how workspaces' shares shrink as the disk fills.

Shares are whole until `AMPLE` of the total space is used. Then they are halved for each further
`HALVES_EACH`. So a workspace that uses little space can still train when others have filled the
disk, and a hundred new workspaces do not fill it up.
"""

_BYTES_PER_PARAMETER = 12  # three float32 values: a weight, and its two moments in Adam
_MB = 2**20


def find_films_to_delete(
    workspace: OpenWorkspace, wanted: int, taken: int, now: float, limits: Limits
) -> list[Run]:
    """Return the runs whose films (recorded weights) must be deleted to free `wanted` bytes.

    A run of the course notebook's network takes 0.4 MB for weights, 0.8 MB for Adam's moments,
    which the run needs to resume, and 2.7 MB for the film. Only films of missions that have been
    judged are deleted, the oldest first, and no more films than necessary.

    Args:
        taken: bytes that all workspaces use on disk, plus those that waiting or training runs will
            still need.
        now: current time in seconds since 1970.

    Raises:
        EngineError: ``limit_disk``: the visitor must delete runs first; ``limit_disk_all``: even
            an empty workspace may not use so many bytes, because the disk is too full.
    """
    whole = limits.disk_mb * _MB * (OF_NEW if now - workspace.created_at < NEW_SECONDS else 1)
    halvings = (taken / (limits.disk_mb_all * _MB) - AMPLE) / HALVES_EACH
    share = whole * 2 ** -max(0.0, halvings)
    if wanted > share:
        raise EngineError("limit_disk_all", most=limits.disk_mb_all)
    over = workspace_bytes(workspace) + wanted - share
    gone = []
    for run in _runs_with_deletable_films(workspace) if over > 0 else ():
        if over > 0:
            over -= run.film_bytes
            gone.append(run)
    if over > 0:
        raise EngineError("limit_disk", most=max(1, int(share / _MB)))
    return gone


def _runs_with_deletable_films(workspace: OpenWorkspace) -> list[Run]:
    """Return the runs of missions whose films (recorded weights) are not needed, oldest first.

    A film is needed until its mission has been judged, and also later if the mission shows moments
    of the training run.
    """
    progress = read_progress(workspace.read_note_value(NOTE))
    needed = {
        run
        for name, own in progress.items()
        if MISSIONS[name].needs_moments or not own.judged
        for run in own.runs
    }
    groups = tuple(mission.run_group_prefix for mission in MISSIONS.values())
    return [
        run
        for name, run in workspace.runs.items()
        if run.film_bytes and run.record.state in FINISHED and name not in needed
        if (run.record.group or "").startswith(groups)
    ]


def workspace_bytes(workspace: OpenWorkspace) -> int:
    """Return a workspace's bytes on disk, plus those its waiting or training runs will need."""
    runs = workspace.runs.values()
    notes = sum(map(len, workspace.notes.values()))
    own = workspace.examples.values()
    examples = sum(max(EXAMPLE_BYTES, len(each.pixels)) for each in own)
    examples += sum(map(_examples_copy_bytes, runs))
    stored = sum(_stored_run_bytes(run) + EVENT_BYTES * run.record.events for run in runs)
    return notes + examples + stored + bytes_promised_to_runs(runs)


def _examples_copy_bytes(run: Run) -> int:
    """Return the size in bytes of the copy of examples or text that is stored with a run."""
    own = run.record.examples
    if own is None or not run.record.keeps_example_pixels:
        return 0
    return (own.learn + own.test) * (
        SIGN_BYTES if run.record.settings.dataset_info.text else EXAMPLE_BYTES
    )


def bytes_promised_to_runs(runs: Iterable[Run]) -> int:
    """Return the bytes that waiting or training runs will need beyond those they use on disk."""
    return sum(
        bytes_needed_by_run(run.record.settings, run) for run in runs if run.record.state in ACTIVE
    )


def bytes_needed_by_run(settings: RunSettings, run: Run | None = None) -> int:
    """Return the maximum bytes of a run's checkpoint and frames (saved weights) on disk.

    Args:
        run: the run, if it exists; the bytes that it already uses are subtracted.
    """
    parameters = count_parameters(settings)
    frames = len(FIRST_STEPS) + len(EPOCHS) if parameters <= MOST_PARAMETERS else 0
    most = _BYTES_PER_PARAMETER * parameters + min(
        MOST_BYTES, frames * BYTES_PER_NUMBER * parameters
    )
    return max(0, most - (_stored_run_bytes(run) if run else 0))


def _stored_run_bytes(run: Run) -> int:
    return run.checkpoint_bytes + run.frames_bytes
