"""Finds and compares versions of the app and its libraries, which must agree on all PCs."""

import platform
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from fvapp import __version__
from fvapp.core.errors import EngineError

RECORDED = ("keras", "tensorflow", "numpy", "distributed")
_PACKAGE = Path(__file__).resolve().parents[2]
# folders with the code that a worker runs, or shares with the server
_SENT = ("core", "data", "learn", "worker", "engine/workers")


def installed_versions(*packages: str) -> dict[str, str]:
    """Return the versions of Python and of packages, by default the packages in runs' records."""
    return {"python": platform.python_version()} | {
        name: _package_version(name) for name in packages or RECORDED
    }


@cache
def required_versions() -> dict[str, str]:
    """Return the versions that must be the same on all PCs, by name."""
    files = sorted(
        file
        for folder in _SENT
        for kind in ("py", "toml")
        for file in (_PACKAGE / folder).rglob(f"*.{kind}")
    )
    # Hash the files as text, because their line endings differ on Windows.
    code = sha256("".join(file.read_text(encoding="utf-8") for file in files).encode()).hexdigest()
    return {
        "fvapp": f"{__version__}-{code[:8]}",
        "Python": ".".join(platform.python_version_tuple()[:2]),
        "Keras": _package_version("keras"),
        "TensorFlow": _package_version("tensorflow"),
        "Dask": _package_version("distributed"),
    }


def compare_versions(wanted: Mapping[str, str], found: Mapping[str, str]) -> None:
    """Check that a PC has the wanted versions of the app and its libraries.

    Raises:
        EngineError: ``pc_other_version``, with the name of the first version that differs.
    """
    for name, needed in wanted.items():
        if found.get(name) != needed:
            raise EngineError(
                "pc_other_version", name=name, found=found.get(name, "?"), needed=needed
            )


def _package_version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return version(f"{package}-cpu")  # TensorFlow's package on Linux is `tensorflow-cpu`
