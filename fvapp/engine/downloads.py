"""The full MNIST, fetched in the background by a child process.

One download a folder and server, however many visitors wish for it. The child runs Keras' loader, which would bring
TensorFlow into the server's process, and ends with the server.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from fvapp.core.datasets import describe_dataset, downloaded_mnist
from fvapp.core.datasets.download import DOWNLOADED_FILE, EXIT_ERRORS, FAILED, FULL_MNIST_BYTES
from fvapp.core.errors import DatasetError
from fvapp.core.places import Places
from fvapp.engine.processes.parent_watch import FOLDER

LOADER = "fvapp.learn.mnist_download"
LONGEST_SECONDS = 120
SILENT_SECONDS = 20  # the network may say nothing for so long

_PACKAGE_ROOT = Path(__file__).resolve().parents[2]
_GUARDED = """
import runpy, sys
from fvapp.engine.processes.parent_watch import watch
watch()
runpy.run_module(sys.argv[1], run_name="__main__")
"""


@dataclass(frozen=True)
class DownloadState:
    """How far the download is.

    Attributes:
        status: "not_wanted" until somebody asked for it.
        done_bytes, total_bytes: of the file, while it runs.
        error: why it failed, or None.
    """

    status: Literal["not_wanted", "running", "done", "failed"]
    done_bytes: int = 0
    total_bytes: int = FULL_MNIST_BYTES
    error: DatasetError | None = None


class MnistDownload:
    """The download of one server into one folder. All methods may be called from any thread.

    Args:
        places: where the file is kept (:func:`fvapp.core.datasets.downloaded_mnist`).
        loader: module that the child runs.
        longest_seconds: after which the child is killed.
    """

    def __init__(self, places: Places, loader: str = LOADER, longest_seconds: float = LONGEST_SECONDS) -> None:
        self._places = places
        self._loader = loader
        self._longest_seconds = longest_seconds
        self._lock = threading.Lock()
        self._state = DownloadState("not_wanted")
        self._folder = Path()
        self._child: subprocess.Popen[bytes] | None = None
        self._ended = threading.Event()

    def start(self, again: bool = False) -> DownloadState:
        """Begin in the background, unless it runs, is not needed, or failed before.

        Args:
            again: fetch the file anew after a failure, or when the one that is here turned out damaged.
        """
        with self._lock:
            if self._state.status == "running" or (self._state.status != "not_wanted" and not again):
                return self._now()
            if not again and describe_dataset("mnist", self._places).complete:
                self._state = DownloadState("done")
                return self._state
            try:
                self._places.cache.mkdir(parents=True, exist_ok=True)
                self._folder = Path(tempfile.mkdtemp(prefix="download-", dir=self._places.cache))
            except OSError:
                self._state = DownloadState("failed", error=DatasetError("download_not_kept"))
                return self._state
            child = self._child = self._start_child(os.environ)
            self._state = DownloadState("running")
            self._ended.clear()
        threading.Thread(target=self._wait, args=(child,), name="fvapp-download", daemon=True).start()
        return self.state()

    def state(self) -> DownloadState:
        """Return how far it is now."""
        with self._lock:
            return self._now()

    def wait(self, seconds: float) -> DownloadState:
        """Wait until it has ended, at most `seconds`, and return how far it is."""
        if self.state().status == "running":
            self._ended.wait(seconds)
        return self.state()

    def close(self) -> None:
        """End the child, if there is one; the download counts as failed."""
        with self._lock:
            if self._state.status == "running" and self._child is not None:
                self._child.kill()
        self.wait(5)

    def _now(self) -> DownloadState:
        if self._state.status != "running":
            return self._state
        try:
            return DownloadState("running", (self._folder / DOWNLOADED_FILE).stat().st_size)
        except OSError:  # not begun yet
            return self._state

    def _start_child(self, environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-c", _GUARDED, self._loader, str(SILENT_SECONDS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self._folder,
            env=dict(environ)
            | {
                "KERAS_HOME": str(self._folder),
                "TF_CPP_MIN_LOG_LEVEL": "3",
                "PYTHONPATH": os.pathsep.join(filter(None, (str(_PACKAGE_ROOT), environ.get("PYTHONPATH")))),
                FOLDER: str(self._folder),  # removed by the child when the server dies
            },
            # Ctrl-C is for the server alone; the child then ends with its standard input.
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )

    def _wait(self, child: subprocess.Popen[bytes]) -> None:
        try:
            status = child.wait(self._longest_seconds)
            error = DatasetError(EXIT_ERRORS.get(status, EXIT_ERRORS[FAILED])) if status else None
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            error = DatasetError("download_timed_out", seconds=f"{self._longest_seconds:g}")
        if child.stdin:
            child.stdin.close()
        if error is None:
            try:
                os.replace(self._folder / DOWNLOADED_FILE, downloaded_mnist(self._places))
            except OSError:
                error = DatasetError("download_not_kept")
        shutil.rmtree(self._folder, ignore_errors=True)
        with self._lock:
            self._state = DownloadState("failed", error=error) if error else DownloadState("done", FULL_MNIST_BYTES)
            self._child = None
        self._ended.set()


_downloads: dict[Path, MnistDownload] = {}
_downloads_lock = threading.Lock()


def mnist_download(places: Places) -> MnistDownload:
    """Return this server's one download into `places`, the same for all visitors; nothing is started."""
    with _downloads_lock:
        return _downloads.setdefault(places.home, MnistDownload(places))
