"""The same engine on a scheduler that somebody else has started, here that of the shared engine."""

from __future__ import annotations

import os

import psutil
import pytest

from fvapp.core.errors import EngineError
from fvapp.core.runs import ACTIVE
from fvapp.core.settings import RunSettings
from fvapp.engine.embedded import EmbeddedEngine
from real_engine import SMALL, start, wait_until


@pytest.fixture
def elsewhere(real_engine):
    """Return the environment that names the shared engine's scheduler and its certificate."""
    wait_until(lambda: real_engine.status().workers == 2, 120)
    children = psutil.Process().children()
    scheduler = next(child for child in children if "distributed.cli.dask_scheduler" in child.cmdline())
    worker = next(child for child in children if "distributed.cli.dask_worker" in child.cmdline())
    line = scheduler.cmdline()
    files = {name: line[line.index(f"--tls-{name}") + 1] for name in ("ca-file", "cert", "key")}
    ports = {each.laddr.port for each in scheduler.net_connections() if each.status == psutil.CONN_LISTEN}
    # Workers are connected to the port of the two that speaks Dask's protocol.
    port = next(each.raddr.port for each in worker.net_connections() if each.raddr and each.raddr.port in ports)
    return {
        "FVAPP_SCHEDULER": f"tls://127.0.0.1:{port}",
        "FVAPP_TLS_CA": files["ca-file"],
        "FVAPP_TLS_CERT": files["cert"],
        "FVAPP_TLS_KEY": files["key"],
    }


def test_a_server_trains_on_a_scheduler_elsewhere_and_starts_nothing_here(real_engine, elsewhere, tmp_path):
    before = {child.pid for child in psutil.Process().children()}
    engine = start(EmbeddedEngine({**os.environ, **elsewhere, "FVAPP_HOME": str(tmp_path)}), workers=2)
    token = engine.enter(None).token
    (record,) = engine.submit(token, [RunSettings(**SMALL)])
    wait_until(lambda: engine.run(token, record.id).state not in ACTIVE)
    assert engine.run(token, record.id).state == "done"
    assert {child.pid for child in psutil.Process().children()} == before
    engine.close()
    assert real_engine.status().workers == 2


def test_a_certificate_that_is_missing_is_named(tmp_path):
    with pytest.raises(EngineError, match=r"no_certificate.*FVAPP_TLS_CA"):
        EmbeddedEngine({"FVAPP_HOME": str(tmp_path), "FVAPP_SCHEDULER": "tls://127.0.0.1:1"})
