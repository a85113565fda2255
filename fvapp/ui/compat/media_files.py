"""Keeps the files of download buttons until the browser has had time to fetch them."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from time import monotonic

from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.media_file_storage import MediaFileKind

from fvapp.ui.compat import FunctionReplacement, temporarily_replaced

KEPT_SECONDS = 60.0


def keeping_downloads() -> AbstractContextManager[None]:
    """Within the block, keep unused downloads, and the functions that make downloads, for longer.

    A download that has been unused for `KEPT_SECONDS` is deleted when the next script run ends.

    Whenever a script run of any session ends, Streamlit deletes the function of a button that is
    about to be drawn again. It deletes a finished file after two such runs. In a class, these runs
    come between a click and the browser's request for the file, which then no longer exists. On a
    busy machine, 23 of 27 clicks gave no file.
    """
    return temporarily_replaced(
        FunctionReplacement(
            "streamlit.runtime.media_file_manager:MediaFileManager",
            "remove_orphaned_files",
            _keep_downloads,
            "in a busy class, a download button may give no file",
        )
    )


def _keep_downloads(remove: Callable[[MediaFileManager], None]) -> Callable:
    unused_since: dict[str, float] = {}

    def remove_orphaned_files(self: MediaFileManager) -> None:
        nonlocal unused_since
        now = monotonic()
        with self._lock:
            used = set[str]().union(*map(dict.values, self._files_by_session_and_coord.values()))
            files = self._file_metadata
            unused = files.keys() | self._deferred_callables.keys()
            unused_since = {name: unused_since.get(name, now) for name in unused - used}
            for name, since in unused_since.items():
                is_picture = name in files and files[name].kind is MediaFileKind.MEDIA
                if is_picture or now - since >= KEPT_SECONDS:
                    self._drop_deferred_id(name)  # does nothing if `name` is a file
                    if name in files:
                        self._delete_file(name)

    return remove_orphaned_files
