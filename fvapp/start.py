"""``python -m fvapp.start MODULE ...``: run a module in ``.venv``, which has what
``requirements.txt`` names.

The first start makes it. Later ones ask nobody on the network, unless ``requirements.txt`` names
what is not there; ``uv run --with-requirements`` asks the registry at each start. Needs nothing but
the standard library.
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from collections.abc import Mapping, Sequence
from pathlib import Path

from fvapp.requirements_check import REQUIREMENTS, find_misfit

FOLDER = REQUIREMENTS.with_name(".venv")
PYTHON = FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def main(words: Sequence[str]) -> int:
    """Install what is missing and run; return the exit status, which is 2 for a Python that does
    not fit.
    """
    misfit = find_misfit(requirements=Path(os.devnull))
    if misfit:
        print(misfit, file=sys.stderr)
        return 2
    # `uv run` says there where it is
    uv = os.environ.get("UV")
    fresh = not PYTHON.exists()
    if fresh:
        venv.create(FOLDER, symlinks=os.name != "nt", with_pip=not uv)
    pip: list[str | Path] = [uv, "pip"] if uv else [PYTHON, "-m", "pip", *([] if fresh else ["-q"])]
    into: list[str | Path] = ["--python", PYTHON] if uv else []
    if subprocess.call([*pip, "install", *into, "-r", REQUIREMENTS]):
        from fvapp.i18n import Translator, locale_language  # Python fits: they can be read

        print(Translator(locale_language(os.environ))("server.not_installed"), file=sys.stderr)
    return become([str(PYTHON), "-m", *words], os.environ)


def become(command: list[str], environ: Mapping[str, str]) -> int:
    """Run a command in the place of this process, or wait for it where a process cannot be
    replaced.
    """
    if os.name == "posix":
        os.execve(command[0], command, environ)
    process = subprocess.Popen(command, env=environ)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:  # meant for the command, which got it too
            continue


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
