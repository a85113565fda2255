"""The versions of what decides a measured number."""

from __future__ import annotations

import platform
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version


def versions() -> dict[str, str]:
    """Return the versions of Python, Keras and TensorFlow, which on Linux is a package of another name."""
    found = {"Python": platform.python_version(), "Keras": version("keras")}
    for package in ("tensorflow", "tensorflow-cpu"):
        with suppress(PackageNotFoundError):
            found["TensorFlow"] = version(package)
    return found
