"""The server's guards besides its middleware, and which of them this installation lacks."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from fvapp.ui.compat import MISSING, replace_parts
from fvapp.ui.compat.log import log_kept_short
from fvapp.ui.compat.runs import runs_in_turn
from fvapp.ui.server.connections import watch_connections
from fvapp.ui.server.shares import SHARES, in_thread


@contextmanager
def server_guarded() -> Iterator[None]:
    """Guard this process's server until the block ends. Call it in the event loop."""
    replace_parts()
    with log_kept_short(), watch_connections(), runs_in_turn(SHARES.turn, in_thread):
        yield


def missing_guards(t: Callable[..., str]) -> str | None:
    """Return a sentence on what the server is not guarded against, or None."""
    gaps = ", ".join(t(f"server.guards.{gap}") for gap in sorted(MISSING))
    return t("server.unguarded", what=gaps) if gaps else None
