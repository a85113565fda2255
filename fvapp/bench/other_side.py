"""A process with somebody's own script in it, asked one thing after the other."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from types import TracebackType

_LISTEN = """
print("ready", flush=True)
for line in sys.stdin:
    name, *words = line.split()
    print(json.dumps(globals()[name](*map(int, words))), flush=True)
"""


class OtherSide:
    """Functions of a script, by name. Use it as a context manager.

    Args:
        script: imports ``json`` and ``sys``; what it is asked for are its functions, of whole numbers.
        arguments: ``sys.argv[1:]``.
        environ: of the process.
        python: the interpreter.

    Raises:
        RuntimeError: the process has ended.
    """

    def __init__(
        self, script: str, arguments: list[str], environ: Mapping[str, str], python: str = sys.executable
    ) -> None:
        self._process = subprocess.Popen(
            [python, "-c", script + _LISTEN, *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environ,
        )

    def ask(self, what: str) -> float:
        """Call ``"function 1 2"`` and return its number."""
        print(what, file=self._process.stdin, flush=True)
        return json.loads(self._answer())

    def __enter__(self) -> OtherSide:
        self._answer()
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._process.stdin.close()
        self._process.wait(30)
        self._process.stdout.close()

    def _answer(self) -> str:
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the other side's process ended")
        return line
