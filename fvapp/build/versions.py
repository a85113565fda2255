"""The versions of what decides a measured number."""

from __future__ import annotations

import platform

from fvapp.bench.measuring import package_versions


def versions() -> dict[str, str]:
    """Return the versions of Python, Keras and TensorFlow, which on Linux is a package of another name."""
    found = package_versions("keras", "tensorflow", "tensorflow-cpu")
    return {"Python": platform.python_version(), "Keras": found.pop("keras"), "TensorFlow": found.popitem()[1]}
