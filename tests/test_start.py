"""The starter creates ``.venv`` once, installs the requirements, and then becomes the program."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from fvapp import start
from fvapp.requirements_check import find_unmet_requirement

ROOT = Path(__file__).parent.parent
MODULE = "import sys; print(sys.prefix, *sys.argv[1:]); sys.exit(3)"


@pytest.fixture
def begin(tmp_path):
    """Return ``begin(python, status)``, which runs a copy of the starter.

    A fake `uv` records its arguments and exits with `status`.
    """
    for name in ("__init__.py", "start.py", "requirements_check.py", "i18n"):
        copy = shutil.copytree if name == "i18n" else shutil.copy
        (tmp_path / "fvapp").mkdir(exist_ok=True)
        copy(ROOT / "fvapp" / name, tmp_path / "fvapp" / name)
    (tmp_path / "requirements.txt").write_text("no-such-package>=1\n")
    (tmp_path / "ran.py").write_text(MODULE)
    uv = tmp_path / "uv"

    def begin(python=sys.executable, status=0) -> subprocess.CompletedProcess[str]:
        uv.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\nexit {status}\n')
        uv.chmod(0o755)
        environ = os.environ | {"UV": str(uv), "LC_ALL": "en_GB.UTF-8"}
        command = [python, "-m", "fvapp.start", "ran", "as asked"]
        return subprocess.run(
            command, cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=60
        )

    return begin


def test_the_environment_is_made_once_and_filled_at_each_start(begin, tmp_path):
    first = begin()
    mark = (tmp_path / ".venv" / "pyvenv.cfg").stat().st_mtime_ns
    python = tmp_path / ".venv" / "bin" / "python"
    # The second start uses the Python in `.venv`, as `uv run` does once the environment exists.
    second = begin(python)
    ran = f"{tmp_path / '.venv'} as asked\n", 3, ""
    assert [(each.stdout, each.returncode, each.stderr) for each in (first, second)] == [ran] * 2
    assert (tmp_path / ".venv" / "pyvenv.cfg").stat().st_mtime_ns == mark
    asked = f"pip install --python {python} -r {tmp_path / 'requirements.txt'}\n"
    assert (tmp_path / "asked").read_text() == asked * 2


def test_what_is_there_runs_although_nothing_can_be_fetched(begin, tmp_path):
    ended = begin(status=2)
    assert ended.stdout.startswith(f"{tmp_path / '.venv'} ")
    assert ended.stderr.startswith("Not everything") and len(ended.stderr.splitlines()) == 1


def test_under_a_python_that_does_not_fit_nothing_is_made(monkeypatch, capsys):
    monkeypatch.setattr(
        start,
        "find_unmet_requirement",
        lambda requirements: find_unmet_requirement((3, 14), requirements),
    )
    monkeypatch.setattr(start.venv, "create", lambda *_, **__: pytest.fail("made"))
    assert start.main(["site"]) == 2
    assert "3.11 to 3.13" in capsys.readouterr().err
