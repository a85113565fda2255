"""Runs a module in ``.venv`` with the required packages: ``python -m fvapp.start MODULE ...``.

The first start creates ``.venv``. Later starts use the network only if a package in
``requirements.txt`` is missing, whereas ``uv run --with-requirements`` uses it every time. This
module uses only the standard library.
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from collections.abc import Mapping, Sequence
from pathlib import Path

from fvapp.requirements_check import REQUIREMENTS, find_unmet_requirement

FOLDER = REQUIREMENTS.with_name(".venv")
PYTHON = FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def main(words: Sequence[str]) -> int:
    """Install missing packages, run a module, and return its exit status.

    The exit status is 2 if the version of Python is unsupported.
    """
    misfit = find_unmet_requirement(requirements=Path(os.devnull))
    if misfit:
        print(misfit, file=sys.stderr)
        return 2
    # `uv run` sets this variable to the path of uv.
    uv = os.environ.get("UV")
    fresh = not PYTHON.exists()
    if fresh:
        venv.create(FOLDER, symlinks=os.name != "nt", with_pip=not uv)
    install: list[str | Path]
    if uv:
        install = [uv, "pip", "install", "--python", PYTHON]
    else:
        install = [PYTHON, "-m", "pip", "install", *(() if fresh else ("-q",))]
    if subprocess.call([*install, "-r", REQUIREMENTS]):
        # Imported here, because only a supported version of Python can read the catalogues of
        # texts.
        from fvapp.i18n import Translator, locale_language

        print(Translator(locale_language(os.environ))("server.not_installed"), file=sys.stderr)
    return replace_process([str(PYTHON), "-m", *words], os.environ)


def replace_process(command: list[str], environ: Mapping[str, str]) -> int:
    """Replace this process with a command.

    On Windows, run the command as a child process instead, and return its exit status.
    """
    if os.name == "posix":
        os.execve(command[0], command, environ)
    process = subprocess.Popen(command, env=environ)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:  # the command also receives Ctrl-C, and decides whether to end
            continue


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
