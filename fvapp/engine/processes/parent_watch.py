"""Ends a child process when the server is gone, for whatever reason.

The server holds the other end of the child's standard input. When it ends, even by ``kill -9``, the
system closes that end and the read here returns. This also works on Windows, where there is no
parent-death signal; on Linux, that signal is tied to the thread that started the child rather than
to the process.
"""

import os
import shutil
import threading
from collections.abc import Callable

# set only for the scheduler, which removes this folder when it ends
FOLDER = "FVAPP_PRIVATE_FOLDER"


_asked_to_leave: list[Callable[[], None]] = []


def call_when_asked_to_leave(work: Callable[[], None]) -> None:
    """Call `work`, in a separate thread, when the parent asks this process to leave the cluster."""
    _asked_to_leave.append(work)


def _end_with_server() -> None:
    while os.read(0, 1024) and _asked_to_leave:  # a child without such work ends at once
        _asked_to_leave[0]()
    folder = os.environ.get(FOLDER)
    if folder:
        shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


def watch_parent() -> None:
    """Watch standard input in a daemon thread, and end this process when the server is gone."""
    threading.Thread(target=_end_with_server, name="fvapp-guard", daemon=True).start()
