"""A lesson under the limits that Streamlit Community Cloud documents for memory, cores and rights.

The app runs as an unprivileged user who cannot write to the installed packages. The app's folder is
a copy that belongs to this user.
"""

import asyncio
import pwd
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

import pytest

from cloud.control_group import can_be_made, control_group
from cloud.lesson import draw, train
from fvapp.bench.page_visitor import PageVisitor
from fvapp.bench.served_app import ROOT, serve_app
from fvapp.i18n import Translator

pytestmark = pytest.mark.long
limited = pytest.mark.skipif(
    not can_be_made(), reason="this process may make no control groups of version 1"
)

USER = "nobody"
FORCED = {"STREAMLIT_BROWSER_GATHER_USAGE_STATS": "true"}  # Community Cloud sets this for every app
PATIENCE = 300  # seconds; the test requires an answer, and only prints how fast it came
NOTEBOOK = {"preset": "notebook"}
CNN = {"network": "cnn", "train_images": 10_000, "epochs": 1, "batch_size": 128}


@pytest.fixture
def folder():
    """A copy of the app that belongs to the unprivileged user, where this user may enter."""
    with tempfile.TemporaryDirectory(prefix="fvapp-cloud-") as name:
        folder = Path(name)
        for part in ("app.py", "requirements.txt", ".streamlit", "fvapp"):
            source = ROOT / part
            copy = shutil.copytree if source.is_dir() else shutil.copy
            copy(source, folder / part)
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, USER)
        yield folder


@pytest.fixture
def as_user():
    """Return the beginning of a command line that runs its rest as the unprivileged user."""
    command = [
        "setpriv",
        f"--reuid={USER}",
        f"--regid={pwd.getpwnam(USER).pw_gid}",
        "--clear-groups",
    ]
    # The command runs in a shell, as the processes that the app starts do. A program that `setpriv`
    # starts directly still has root's access to folders.
    if subprocess.run(
        [*command, "sh", "-c", f"{sys.executable} -c 'import streamlit'; exit $?"]
    ).returncode:
        pytest.skip(f"the user {USER} may not run this Python")
    writable = [*command, "test", "-w", str(Path(sys.prefix) / "lib")]
    assert subprocess.run(writable).returncode == 1, "the user can write to the packages"
    return command


class Watch(threading.Thread):
    """A thread that reads a control group's memory ten times a second and keeps the maximum."""

    def __init__(self, group) -> None:
        super().__init__(daemon=True)
        self._group, self._ended, self.most_mb = group, threading.Event(), 0.0

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *error) -> None:
        self._ended.set()
        self.join()

    def run(self) -> None:
        while not self._ended.wait(0.1):
            self.most_mb = max(self.most_mb, self._group.used_mb)


def lesson(memory_mb, cores, folder, as_user, steps, environ=None):
    """Serve the app in a control group, and take the steps of a lesson in the app.

    Returns:
        The seconds of each step, and the highest memory in MB.
    """
    environ = (
        FORCED
        | {"HOME": str(folder / "home"), "FVAPP_HOME": str(folder / "runs")}
        | (environ or {})
    )
    with control_group(memory_mb, cores) as group:
        within = [*group.entering, *as_user]
        with (
            Watch(group) as watch,
            serve_app(folder / "app.py", environ, folder=folder, within=within) as served,
        ):
            seconds = [asyncio.run(step(served.url)) for step in steps]
            print(f"{memory_mb} MB, {cores} cores: {seconds} s, {watch.most_mb:.0f} MB")
            assert group.killed == 0, served.log.read_text()
            assert served.process.poll() is None
    return seconds, watch.most_mb


STEPS = {
    "draw": lambda url: draw(url, PATIENCE),
    "notebook": lambda url: train(url, PATIENCE, **NOTEBOOK),
    "cnn": lambda url: train(url, PATIENCE, **CNN),
}


@limited
@pytest.mark.parametrize(
    ("memory_mb", "cores", "steps", "most"),
    [
        (2_700, 2, ("draw", "notebook", "cnn"), 2_700),
        (1_024, 1, ("notebook", "draw", "cnn"), 1_000),
    ],
)
def test_a_class_trains(folder, as_user, memory_mb, cores, steps, most):
    _, most_mb = lesson(memory_mb, cores, folder, as_user, [STEPS[each] for each in steps])
    assert most_mb < most


@limited
def test_with_0_7_gb_and_a_tenth_of_a_core_a_drawing_is_answered_and_a_network_trains(
    folder, as_user
):
    steps = [
        lambda url: draw(url, 4 * PATIENCE),
        lambda url: train(url, 4 * PATIENCE, train_images=1_000, epochs=1),
    ]
    _, most_mb = lesson(700, 0.1, folder, as_user, steps)
    assert most_mb < 690


def test_a_secret_at_the_root_is_the_password_that_for_teachers_asks_for(tmp_path):
    # This test needs no limits. Community Cloud writes what is typed as "Secrets" into the app's
    # folder.
    shutil.copytree(ROOT / ".streamlit", tmp_path / ".streamlit")
    (tmp_path / ".streamlit" / "secrets.toml").write_text('FVAPP_TEACHER_WORD = "Linde"\n')
    environ = {"FVAPP_HOME": str(tmp_path / "home"), "FVAPP_WORKERS": "1"}

    async def look(url: str) -> None:
        page = PageVisitor(url)
        try:
            await page.open("teachers")
            await page.until(lambda: Translator("en")("teacher.word") in page.text(), PATIENCE)
        finally:
            await page.close()

    with serve_app(environ=environ, folder=tmp_path) as served:
        asyncio.run(look(served.url))
