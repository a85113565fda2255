"""A scheduler that is there and does not answer is noticed, and everything restarts as when it dies."""

from __future__ import annotations

import os
import signal

import pytest

from fvapp.core.settings import RunSettings
from fvapp.engine.embedded import EmbeddedEngine
from fvapp.engine.processes.cluster import SCHEDULER
from fvapp.engine.timing import Timing
from real_engine import LONG, SMALL, start, wait_until


@pytest.mark.long
@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="nothing freezes a process here")
def test_a_frozen_scheduler_is_noticed_and_everything_starts_anew(home, tmp_path):
    (tmp_path / "cache").symlink_to(home / "cache")
    environ = os.environ | {"FVAPP_HOME": str(tmp_path), "FVAPP_WORKERS": "1"}
    engine = start(EmbeddedEngine(environ, Timing(ping_every=0.2, ping_within=1.0)), 1)
    try:
        token = engine.enter(None).token
        (record,) = engine.submit(token, [RunSettings(**LONG)])
        wait_until(lambda: engine.run(token, record.id).step)
        cluster = engine._dispatcher._supervisor._cluster
        frozen = cluster._children[SCHEDULER].pid
        os.kill(frozen, signal.SIGSTOP)
        wait_until(lambda: engine.run(token, record.id).state == "lost", 30)
        assert engine.run(token, record.id).reason == "restarted"
        wait_until(lambda: engine.status().state == "ready" and engine.status().workers == 1)
        assert cluster._children[SCHEDULER].poll() is not None
        (record,) = engine.submit(token, [RunSettings(**SMALL)])
        wait_until(lambda: engine.run(token, record.id).state == "done")
    finally:
        engine.close()
