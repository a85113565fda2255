import os
import select
import socket
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from fvapp.core.datasets import describe_dataset, downloaded_mnist
from fvapp.core.datasets.download import DAMAGED, FULL_MNIST_BYTES, NOT_KEPT
from fvapp.core.places import Places
from fvapp.engine.downloads import MnistDownload, mnist_download

ROOT = Path(__file__).parents[2]

# Stands for Keras' loader: writes a part, waits for the test's word, writes the rest, ends as it is told.
LOADER = """
import os, sys, time
from pathlib import Path
home, orders = Path(os.environ["KERAS_HOME"]), Path(os.environ["ORDERS"])
(home / "datasets").mkdir()
content = (orders / "content").read_bytes()
with (home / "datasets" / "mnist.npz").open("wb") as file:
    file.write(content[:100])
    file.flush()
    with (orders / "pids").open("a") as pids:
        pids.write(f"{os.getpid()}\\n")
    with open(orders / "go") as pipe:  # blocks until the test writes
        status = int(pipe.read())
    file.write(content[100:])
sys.exit(status)
"""


class Orders:
    """Tells the loader what to fetch and when to go on."""

    def __init__(self, folder: Path, content: bytes) -> None:
        self.folder = folder
        (folder / "content").write_bytes(content)
        os.mkfifo(folder / "go")

    def go(self, status: int = 0) -> None:
        """Let the loader end; returns when it has read this."""
        (self.folder / "go").write_text(str(status))

    @property
    def pids(self) -> list[int]:
        return list(map(int, (self.folder / "pids").read_text().split()))


@pytest.fixture
def places(tmp_path):
    return Places(tmp_path / "home")


@pytest.fixture
def orders(tmp_path, monkeypatch):
    modules = tmp_path / "modules"
    modules.mkdir()
    (modules / "pretended_loader.py").write_text(LOADER)
    zeros = {"x_train": (60_000, 28, 28), "y_train": 60_000, "x_test": (10_000, 28, 28), "y_test": 10_000}
    np.savez_compressed(modules / "full.npz", **{name: np.zeros(shape, np.uint8) for name, shape in zeros.items()})
    monkeypatch.setenv("PYTHONPATH", str(modules))
    monkeypatch.setenv("ORDERS", str(modules))
    return Orders(modules, (modules / "full.npz").read_bytes())


def test_nothing_is_fetched_before_somebody_wishes_for_it(places):
    assert MnistDownload(places).state().status == "not_wanted"
    assert not places.home.exists()


def test_the_file_is_there_at_the_end_and_only_then(places, orders):
    download = MnistDownload(places, loader="pretended_loader")
    assert download.start().status == "running"
    assert not downloaded_mnist(places).exists()
    orders.go()
    assert download.wait(20).status == "done"
    assert describe_dataset("mnist", places).source == "downloaded" and describe_dataset("mnist", places).complete
    assert list(places.cache.iterdir()) == [downloaded_mnist(places)], "no temporary folder is left"


def test_the_bytes_of_the_growing_file_are_shown(places, orders):
    download = MnistDownload(places, loader="pretended_loader")
    download.start()
    with open(orders.folder / "go", "w") as pipe:  # opens when the loader has written 100 bytes and waits
        state = download.state()
        pipe.write("0")
    assert (state.status, state.done_bytes, state.total_bytes) == ("running", 100, FULL_MNIST_BYTES)
    assert download.wait(20).status == "done"


def test_thirty_wishes_at_once_are_one_download(places, orders):
    download = MnistDownload(places, loader="pretended_loader")
    visitors = [threading.Thread(target=download.start) for _ in range(30)]
    for visitor in visitors:
        visitor.start()
    for visitor in visitors:
        visitor.join()
    orders.go()
    assert download.wait(20).status == "done"
    assert download.start().status == "done"
    assert len(orders.pids) == 1


@pytest.mark.parametrize(
    ("status", "code"), [(DAMAGED, "download_damaged"), (NOT_KEPT, "download_not_kept"), (1, "download_failed")]
)
def test_a_failure_is_named_and_tried_again_only_when_asked(status, code, places, orders):
    download = MnistDownload(places, loader="pretended_loader")
    download.start()
    orders.go(status)
    assert download.wait(20).error.code == code
    assert download.start().status == "failed" and len(orders.pids) == 1
    assert not downloaded_mnist(places).exists() and not list(places.cache.iterdir())
    assert download.start(again=True).status == "running"
    orders.go()
    assert download.wait(20).status == "done"


def test_a_download_that_takes_too_long_is_ended(places, orders):
    download = MnistDownload(places, loader="pretended_loader", longest_seconds=1)
    download.start()
    state = download.wait(20)
    assert state.status == "failed" and state.error.code == "download_timed_out"
    assert not list(places.cache.iterdir())


def test_closing_ends_the_child(places, orders):
    download = MnistDownload(places, loader="pretended_loader")
    download.start()
    download.close()
    assert download.state().status == "failed"


def test_where_nothing_can_be_written_nothing_is_started(tmp_path):
    (tmp_path / "file").write_text("in the way of the folder, also for an administrator")
    state = MnistDownload(Places(tmp_path / "file" / "home")).start()
    assert state.status == "failed" and state.error.code == "download_not_kept"


def test_nothing_is_fetched_when_all_images_are_here(places, orders):
    places.cache.mkdir(parents=True)
    downloaded_mnist(places).write_bytes((orders.folder / "content").read_bytes())
    assert MnistDownload(places, loader="no_such_module").start().status == "done"


def test_all_visitors_of_a_server_share_one_download(places, tmp_path):
    assert mnist_download(places) is mnist_download(Places(places.home))
    assert mnist_download(places) is not mnist_download(Places(tmp_path / "other"))


def test_the_child_and_its_folder_are_gone_when_the_server_is_killed(places, orders):
    server = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys; from pathlib import Path\n"
            "from fvapp.core.places import Places; from fvapp.engine.downloads import MnistDownload\n"
            "download = MnistDownload(Places(Path(sys.argv[1])), loader='pretended_loader')\n"
            "download.start(); print('started', flush=True); download.wait(60)",
            str(places.home),
        ],
        env=os.environ | {"PYTHONPATH": os.pathsep.join((str(ROOT), os.environ["PYTHONPATH"]))},
        stdout=subprocess.PIPE,
    )
    with server:
        assert server.stdout.readline() == b"started\n"
        pipe = os.open(orders.folder / "go", os.O_WRONLY)  # opens when the loader waits
        try:
            (pid,) = orders.pids
            handle = os.pidfd_open(pid)
            server.kill()
            ended, _, _ = select.select([handle], [], [], 15)  # the system makes the handle readable at the end
            os.close(handle)
        finally:
            os.close(pipe)
    assert ended, "the child outlives its server"
    assert not list(places.cache.iterdir())


def test_keras_own_loader_without_a_network_fails_with_a_name(places, monkeypatch):
    """A proxy that closes each connection stands for the network that is not there."""
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        address = f"http://127.0.0.1:{proxy.getsockname()[1]}"
        for name in ("HTTPS_PROXY", "https_proxy"):
            monkeypatch.setenv(name, address)
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        asked = []

        def refuse():
            connection, _ = proxy.accept()
            asked.append(connection.recv(1_000))
            connection.close()

        refuser = threading.Thread(target=refuse, daemon=True)
        refuser.start()
        download = MnistDownload(places)
        download.start()
        state = download.wait(90)
        refuser.join(5)
    assert asked[0].startswith(b"CONNECT storage.googleapis.com:443")
    assert state.status == "failed" and state.error.code == "download_failed"
    assert not list(places.cache.iterdir())
