"""Helpers for tests with a real engine: short runs, and waiting for conditions by polling."""

import time
from collections.abc import Callable
from inspect import getsource

from fvapp.core.runs import FINISHED
from fvapp.core.settings import RunSettings
from fvapp.engine.embedded import EmbeddedEngine

SMALL = RunSettings(train_images=1_000, validation_split=0.0, epochs=2)
# A run with these settings trains for some seconds, so a test can stop, pause or kill it.
LONG = SMALL.with_values(epochs=100)
START_SECONDS = 120


def wait_until(
    condition: Callable[[], object], seconds: float = 600.0, pause: float = 0.01
) -> None:
    """Wait until a condition holds, by checking it repeatedly.

    Training and testing a small convolutional network takes 17 s of the processor. On a machine
    that runs three suites at once, a worker gets a twelfth of a core, so this takes 200 s.
    """
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"it never came: {getsource(condition).strip()}"
        time.sleep(pause)


def wait_until_done(engine: EmbeddedEngine, token: str, run_id: str) -> None:
    """Wait until a run has ended, and check that it has trained to its end."""
    wait_until(lambda: engine.runs.get_run(token, run_id).state in FINISHED)
    run = engine.runs.get_run(token, run_id)
    assert run.state == "done", run


class Clock:
    """An engine's clock that tests can set forward."""

    def __init__(self) -> None:
        self._skipped = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self._skipped

    def skip(self, seconds: float) -> None:
        self._skipped += seconds


def start(engine: EmbeddedEngine, workers: int) -> EmbeddedEngine:
    engine.start()
    wait_until(lambda: engine.engine_status().worker_count == workers, START_SECONDS)
    return engine


def security(files):
    """Return Dask's security settings for connections with these certificates and keys."""
    from distributed import Security

    certificates = dict.fromkeys(
        ("tls_client_cert", "tls_worker_cert"), str(files.certificate_path)
    )
    keys = dict.fromkeys(("tls_client_key", "tls_worker_key"), str(files.key_path))
    return Security(
        tls_ca_file=str(files.authority_path), require_encryption=True, **certificates, **keys
    )
