"""The versions of what decides a measured number."""

from __future__ import annotations

from fvapp.engine.workers.versions import installed_versions


def versions() -> dict[str, str]:
    """Return the versions of Python, Keras and TensorFlow."""
    found = installed_versions("keras", "tensorflow")
    return {"Python": found["python"], "Keras": found["keras"], "TensorFlow": found["tensorflow"]}
