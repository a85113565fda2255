"""Checks that the app works with the installed versions of Python and the required packages.

This module imports only the standard library and avoids newer syntax, so that it runs on
unsupported versions of Python. Its messages are only in English, because Python before 3.11 cannot
read the catalogues of translated texts.
"""

from __future__ import annotations

import re
import sys
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

OLDEST = (3, 11)
NEWEST = (3, 13)
"""The oldest (`OLDEST`) and the newest (`NEWEST`) supported version of Python.

`tomllib`, which reads the catalogues, was added in Python 3.11. TensorFlow 2.21 has wheels for
versions up to 3.13.
"""

REQUIREMENTS = Path(__file__).parent.parent / "requirements.txt"

# Libraries that are published under two package names; either package is enough.
_ONE_OF = {"tensorflow-cpu": "tensorflow", "tensorflow": "tensorflow-cpu"}
_SYSTEM = re.compile(r"""sys_platform\s*(==|!=)\s*['"](\w+)""")


@lru_cache
def find_unmet_requirement(
    python: tuple[int, ...] | None = None, requirements: Path = REQUIREMENTS
) -> str | None:
    """Return a sentence about the first requirement that is not met, or None if all are met.

    Args:
        python: the version of Python, such as ``(3, 12)``; None for the running Python.
    """
    here = tuple(python or sys.version_info[:2])[:2]
    if not OLDEST <= here <= NEWEST:
        return (
            "This app needs Python {}.{} to {}.{}, and this is Python {}.{}: README.md says how to get one that fits, "
            "the quickest way being uv.".format(*OLDEST, *NEWEST, *here)
        )
    try:
        lines = requirements.read_text(encoding="utf-8").splitlines()
    # The file requirements.txt is missing if the app was not installed as README.md describes.
    except OSError:
        return None
    for line in lines:
        name, bounds = _parse_requirement(line)
        wrong = name and _check_package(name, bounds)
        if wrong:
            return f"{wrong} Install what requirements.txt names: pip install -r requirements.txt"
    return None


def _parse_requirement(line: str) -> tuple[str, list[tuple[str, tuple[int, ...]]]]:
    """Return a requirement's package and bounds, such as ``[(">=", (1, 67)), ("<", (1, 68))]``.

    The package name is empty if the line has none, or if the package is only for other operating
    systems.
    """
    requirement, _, where = line.partition("#")[0].partition(";")
    if any((sys.platform == system) != (sign == "==") for sign, system in _SYSTEM.findall(where)):
        return "", []
    name = re.split(r"[^\w.-]", requirement.strip())[0]
    return name, [
        (sign, _version_numbers(number))
        for sign, number in re.findall(r"(>=|<)([\d.]+)", requirement)
    ]


def _version_numbers(text: str) -> tuple[int, ...]:
    """Return the leading numbers of a version: ``(2, 22, 0)`` for ``2.22.0rc0``."""
    return tuple(int(number) for number in re.split(r"[^\d.]", text)[0].split(".") if number)


def _check_package(name: str, bounds: list[tuple[str, tuple[int, ...]]]) -> str | None:
    """Return a sentence if a package is missing or its version is unsupported, else None."""
    found = _installed_version(name) or _installed_version(_ONE_OF.get(name, name))
    if found is None:
        return f"The package {name} is not installed."
    numbers = _version_numbers(found)
    for sign, bound in bounds:
        if (numbers >= bound) != (sign == ">="):
            return (
                f"The package {name} is here as version {found}, which this app was not tried with."
            )
    return None


def _installed_version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
