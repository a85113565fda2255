"""What tests with a real engine share: small trainings, and waiting for what only
looking can tell.
"""

import time
from collections.abc import Callable

from fvapp.engine.embedded import EmbeddedEngine

SMALL = {"train_images": 1_000, "validation_split": 0.0, "epochs": 2}
LONG = {**SMALL, "epochs": 100}  # trains for some seconds: to be stopped, paused or killed
START_SECONDS = 120


def wait_until(
    condition: Callable[[], object], seconds: float = 180.0, pause: float = 0.01
) -> None:
    """Wait until something holds that only looking can tell."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(pause)


class Clock:
    """A clock of the engine that tests can put forward."""

    def __init__(self) -> None:
        self._skipped = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self._skipped

    def skip(self, seconds: float) -> None:
        self._skipped += seconds


def start(engine: EmbeddedEngine, workers: int) -> EmbeddedEngine:
    engine.start()
    wait_until(lambda: engine.status().workers == workers, START_SECONDS)
    return engine


def security(files):
    """Return Dask's settings for a connection to the scheduler with these certificates and keys."""
    from distributed import Security

    certificates = dict.fromkeys(("tls_client_cert", "tls_worker_cert"), str(files.certificate))
    keys = dict.fromkeys(("tls_client_key", "tls_worker_key"), str(files.key))
    return Security(tls_ca_file=str(files.ca), require_encryption=True, **certificates, **keys)
