"""Starts a Streamlit server as a user starts it, for benchmarks and for tests in a browser."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic

ROOT = Path(__file__).resolve().parents[2]
# Maximum number of seconds that a server may take to start. With a tenth of a core, importing
# Streamlit alone takes half a minute.
_LONGEST_START = 240.0
_LONGEST_END = 15  # seconds to wait after Ctrl-C before the server is killed


@dataclass(frozen=True)
class ServedApp:
    """A running Streamlit server.

    Attributes:
        url: address of the app, without a trailing slash.
        started_at: ``time.monotonic()`` when the server's process was started.
        log: file with the server's output.
    """

    url: str
    process: subprocess.Popen[bytes]
    started_at: float
    log: Path


@contextmanager
def serve_app(
    script: Path = ROOT / "app.py",
    environ: Mapping[str, str] | None = None,
    below: str = "",
    folder: Path = ROOT,
    within: Sequence[str] = (),
    command: Sequence[str] = (),
    longest: float = _LONGEST_START,
) -> Iterator[ServedApp]:
    """Run a Streamlit server within the ``with`` block, then stop the server as Ctrl-C would.

    Args:
        below: URL path under which the app is served, such as "/fv" behind a proxy.
        environ: environment variables to set in addition to those of this process, such as
            ``FVAPP_HOME``.
        folder: the working directory, in which the server finds its settings.
        within: a command that runs the server's command, for example with limited rights, memory or
            files.
        command: the server's command; by default, this Python runs Streamlit with `script`.
        longest: maximum number of seconds to wait for the server to answer.

    Raises:
        RuntimeError: the server ended or did not answer in time. The message contains the server's
            output.
    """
    port = _find_free_port()
    url = f"http://127.0.0.1:{port}{below}"
    command = [*within, *(command or (sys.executable, "-m", "streamlit", "run", str(script)))]
    command += [
        "--server.port",
        str(port),
        "--server.address",
        "127.0.0.1",
        "--server.headless",
        "true",
    ]
    command += ["--server.baseUrlPath", below] if below else []
    with tempfile.TemporaryDirectory(prefix="fvapp-served-") as logs:
        log = Path(logs) / "log.txt"
        with log.open("wb") as output:
            started = monotonic()
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=os.environ | dict(environ or {}),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            _wait_until_server_answers(process, url, log, longest)
            yield ServedApp(url, process, started, log)
        finally:
            _stop_server(process)


def _stop_server(process: subprocess.Popen[bytes]) -> None:
    """Stop a server as Ctrl-C would, or kill it if stopping takes too long."""
    if process.poll() is None:
        # As with Ctrl-C in a terminal, the signal goes to the whole process group, because `uv run`
        # relies on this.
        tell = partial(os.killpg, process.pid) if os.name == "posix" else process.send_signal
        tell(signal.SIGINT if os.name == "posix" else signal.SIGTERM)
        try:
            process.wait(_LONGEST_END)
        except subprocess.TimeoutExpired:
            tell(getattr(signal, "SIGKILL", signal.SIGTERM))
            process.wait()


def _wait_until_server_answers(
    process: subprocess.Popen[bytes], url: str, log: Path, longest: float
) -> None:
    latest = monotonic() + longest
    while monotonic() < latest and process.poll() is None:
        with (
            suppress(OSError),
            urllib.request.urlopen(f"{url}/_stcore/health", timeout=2) as answer,
        ):
            if answer.status == 200:
                return
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.02)  # seconds between two attempts to reach the server
    raise RuntimeError(f"the server did not answer; it wrote: {log.read_text(errors='replace')}")


def _find_free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
