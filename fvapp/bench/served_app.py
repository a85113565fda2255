"""A Streamlit server, started as a user starts it, for benchmarks and tests in a browser."""

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
_LONGEST_START = 240.0  # seconds; with a tenth of a core, importing Streamlit takes half a minute
_LONGEST_END = 15  # seconds after Ctrl-C


@dataclass(frozen=True)
class ServedApp:
    """A running server.

    Attributes:
        url: address of the app, without a trailing slash.
        started_at: ``time.monotonic()`` when the process was started.
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
    """Run ``streamlit run`` until the block ends, then stop it like Ctrl-C.

    Args:
        below: path under which the app is served, as behind a proxy, such as "/fv".
        environ: variables to set in addition to this process's, such as ``FVAPP_HOME``.
        folder: the working directory, in which the server finds its settings.
        within: command that wraps the server's, such as one that limits rights, memory or files.
        command: the command that serves; by default, this Python runs Streamlit with `script`.
        longest: maximum seconds to wait for the server to answer.

    Raises:
        RuntimeError: the server ended or did not answer in time; the message has its output.
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
    """Stop a server like Ctrl-C, or kill it if that takes too long."""
    if process.poll() is None:
        # The whole process group is signalled, as by a terminal, because `uv run` relies on that.
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
            process.wait(0.02)  # between two tries
    raise RuntimeError(f"the server did not answer; it wrote: {log.read_text(errors='replace')}")


def _find_free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
