"""Ends a child process when the server has ended, for whatever reason.

The server holds the other end of the child's standard input. When the server ends, even by
``kill -9``, the system closes the pipe, and the child's read of its standard input returns. A
parent-death signal would not suffice: Windows has none, and Linux sends it as soon as the thread
that started the child ends, even if the server still runs.
"""

import os
import shutil
import threading
from collections.abc import Callable

# Environment variable with the path of the server's private folder. It is set only for the
# scheduler, which removes the folder when it ends.
FOLDER = "FVAPP_PRIVATE_FOLDER"


_asked_to_leave: list[Callable[[], None]] = []


def call_when_asked_to_leave(work: Callable[[], None]) -> None:
    """Call `work`, in a separate thread, when the parent process asks this worker to leave."""
    _asked_to_leave.append(work)


def _end_process_with_server() -> None:
    while os.read(0, 1024) and _asked_to_leave:  # if no callback is set, any input ends the process
        _asked_to_leave[0]()
    folder = os.environ.get(FOLDER)
    if folder:
        shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


def watch_parent() -> None:
    """Watch standard input in a daemon thread, and end this process when the server has ended."""
    threading.Thread(target=_end_process_with_server, name="fvapp-guard", daemon=True).start()
