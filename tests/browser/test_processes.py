"""The processes that the server starts: none is left when the server has ended."""

import os
import signal
from pathlib import Path

import psutil
import pytest

from fvapp.bench.served_app import ServedApp, serve_app
from fvapp.ui.parts.page_table import PAGES
from visitor import EN, PERCENT

# Marked long, because these tests keep two cores busy for one to two minutes.
pytestmark = pytest.mark.long

LONGEST = 15  # seconds that our processes may take to end


@pytest.fixture
def own_server(tmp_path):
    """A server that a single test may kill."""
    with serve_app(environ={"FVAPP_HOME": str(tmp_path / "home")}) as served:
        yield served


def family(served: ServedApp) -> list[psutil.Process]:
    """Return the child processes of the server, and their children."""
    return psutil.Process(served.process.pid).children(recursive=True)


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="needs /proc")
def test_the_server_never_loads_tensorflow_whatever_a_visitor_does(visit, server):
    visitor = visit(None)
    visitor.train("/?train_images=1000&epochs=2")
    visitor.open("/draw").draw([[(0.5, 0.2), (0.5, 0.8)]])
    visitor.read("answer", PERCENT, timeout=60)
    for page in PAGES.values():
        visitor.open(f"/{page.url_path}")
    maps = Path(f"/proc/{server.process.pid}/maps").read_text()
    assert "tensorflow" not in maps and "/keras/" not in maps
    loaded = [Path(f"/proc/{child.pid}/maps").read_text() for child in family(server)]
    assert any("tensorflow" in text for text in loaded)  # the workers have loaded TensorFlow


@pytest.mark.skipif(os.name != "posix", reason="ends processes by POSIX signals")
@pytest.mark.parametrize(
    "how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL], ids=["ctrl_c", "kill", "kill_9"]
)
def test_nothing_of_ours_is_left_when_the_server_ends_in_mid_run(own_server, browse, how):
    visitor = browse(own_server.url).open("/?epochs=100").press("train_start")
    visitor.read("run_state", f"{EN('states.running')} [1-9]", timeout=90)
    children = family(own_server)
    assert len(children) >= 2  # at least a scheduler and a worker
    own_server.process.send_signal(how)
    own_server.process.wait(LONGEST)
    _, alive = psutil.wait_procs(children, timeout=LONGEST)
    assert not alive
