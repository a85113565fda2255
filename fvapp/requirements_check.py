"""Says in one sentence when this Python, or a package, is not one the app works with.

Imports nothing but the standard library, and nothing of Python's newer syntax: it must run where
nothing else does. Its sentences are English, because the catalogues cannot be read before Python
3.11.
"""

from __future__ import annotations

import re
import sys
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

OLDEST = (3, 11)
NEWEST = (3, 13)
"""Of Python, both included: TensorFlow 2.21 has wheels from 3.10 to 3.13, and catalogues are read
with `tomllib`.
"""

REQUIREMENTS = Path(__file__).parent.parent / "requirements.txt"

# one library under two names
_ONE_OF = {
    "tensorflow-cpu": "tensorflow",
    "tensorflow": "tensorflow-cpu",
}
_SYSTEM = re.compile(r"""sys_platform\s*(==|!=)\s*['"](\w+)""")


@lru_cache
def find_misfit(
    python: tuple[int, ...] | None = None, requirements: Path = REQUIREMENTS
) -> str | None:
    """Return the sentence that says what does not fit, or None.

    Args:
        python: version, such as ``(3, 12)``; None: of the one that runs.
    """
    here = tuple(python or sys.version_info[:2])[:2]
    if not OLDEST <= here <= NEWEST:
        return (
            "This app needs Python {}.{} to {}.{}, and this is Python {}.{}: README.md says how to get one that fits, "
            "the quickest way being uv.".format(*OLDEST, *NEWEST, *here)
        )
    try:
        lines = requirements.read_text(encoding="utf-8").splitlines()
    except OSError:  # not installed the way README.md describes
        return None
    for line in lines:
        name, bounds = _parse(line)
        wrong = name and _look_at(name, bounds)
        if wrong:
            return f"{wrong} Install what requirements.txt names: pip install -r requirements.txt"
    return None


def _parse(line: str) -> tuple[str, list[tuple[str, tuple[int, ...]]]]:
    """Return the package of a line and its bounds, such as ``[(">=", (1, 67)), ("<", (1, 68))]``.

    The name is empty where there is none, or where the line is for other systems.
    """
    requirement, _, where = line.partition("#")[0].partition(";")
    if any((sys.platform == system) != (sign == "==") for sign, system in _SYSTEM.findall(where)):
        return "", []
    name = re.split(r"[^\w.-]", requirement.strip())[0]
    return name, [
        (sign, _numbers(number)) for sign, number in re.findall(r"(>=|<)([\d.]+)", requirement)
    ]


def _numbers(text: str) -> tuple[int, ...]:
    """Return the numbers a version begins with: ``(2, 22, 0)`` of ``2.22.0rc0``."""
    return tuple(int(number) for number in re.split(r"[^\d.]", text)[0].split(".") if number)


def _look_at(name: str, bounds: list[tuple[str, tuple[int, ...]]]) -> str | None:
    """Return what is wrong with a package, or None."""
    found = _installed(name) or _installed(_ONE_OF.get(name, name))
    if found is None:
        return f"The package {name} is not installed."
    numbers = _numbers(found)
    for sign, bound in bounds:
        if (numbers >= bound) != (sign == ">="):
            return (
                f"The package {name} is here as version {found}, which this app was not tried with."
            )
    return None


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
