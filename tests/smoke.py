"""Checks briefly that the app works under this Python: ``PYTHONPATH=. python tests/smoke.py``.

The packages of ``requirements.txt`` suffice. The full tests run under only one version of Python,
and this script under all other supported versions.
"""

import asyncio
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

from cloud.lesson import draw, train
from fvapp.bench.served_app import ROOT, serve_app

SMALL = {"train_images": 1_000, "epochs": 1, "hidden": "16"}


def fvapp(*words: str) -> str:
    """Run a subcommand, and return what it prints.

    Raises:
        subprocess.CalledProcessError: the subcommand's exit status was not 0.
    """
    command = [sys.executable, "-m", "fvapp", *words]
    return subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True, timeout=300
    ).stdout


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run = folder / "run"
        settings = [word for key, value in SMALL.items() for word in ("--set", f"{key}={value}")]
        assert "Test accuracy" in fvapp("train", "--lang", "en", "--out", str(run), *settings)
        strokes = folder / "one.json"
        strokes.write_text('[{"strokes": [[[140, 40], [140, 240]]], "size": 280}]')
        assert "1" in fvapp("classify", "--lang", "en", "--model", "mnist", str(strokes))
        with serve_app(
            environ={"FVAPP_HOME": str(folder / "home"), "FVAPP_WORKERS": "1"}
        ) as served:
            seconds = (
                asyncio.run(draw(served.url, 300)),
                asyncio.run(train(served.url, 300, **SMALL)),
            )
    print(f"Python {platform.python_version()}: drawn and answered, trained ({sum(seconds):.0f} s)")


if __name__ == "__main__":
    main()
