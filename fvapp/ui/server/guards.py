"""Protects the server from abuse that its middleware cannot prevent.

The module also reports which of these protections are missing.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fvapp.engine.turns import step_aside
from fvapp.ui.compat import MISSING, apply_replacements
from fvapp.ui.compat.log import shortening_log
from fvapp.ui.compat.media_files import keeping_downloads
from fvapp.ui.compat.runs import queueing_script_runs
from fvapp.ui.server.connections import watch_connections
from fvapp.ui.server.shares import SHARES, call_in_thread


@contextmanager
def guarding_server() -> Iterator[None]:
    """Protect the server from abuse within the block; must be entered in the event loop.

    The log is shortened, stalled connections are closed, script runs wait for their turn, and
    downloads are kept for at least a minute.
    """
    apply_replacements()
    with (
        shortening_log(),
        watch_connections(),
        keeping_downloads(),
        queueing_script_runs(SHARES.script_turn, step_aside, call_in_thread),
    ):
        yield


def missing_guards_sentence(t: Callable[..., str]) -> str | None:
    """Return a sentence that lists the server's missing protections; None if all are present."""
    gaps = ", ".join(t(f"server.guards.{gap}") for gap in sorted(MISSING))
    return t("server.unguarded", what=gaps) if gaps else None
