"""What must be the same on every PC that trains for one app: its own code, and what a curve depends
on.
"""

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
# what a worker runs, and in which it speaks with the app
_SENT = (
    "core",
    "data",
    "learn",
    "worker",
    "engine/workers",
)


def installed_versions(*packages: str) -> dict[str, str]:
    """Return the versions of Python and of packages, by default those that a run's record names."""
    return {"python": platform.python_version()} | {
        name: _version(name) for name in packages or RECORDED
    }


@cache
def required_versions() -> dict[str, str]:
    """Return what must agree, by what it is called."""
    files = sorted(
        file
        for folder in _SENT
        for kind in ("py", "toml")
        for file in (_PACKAGE / folder).rglob(f"*.{kind}")
    )
    # As text: a checkout on Windows ends its lines in another way.
    code = sha256("".join(file.read_text(encoding="utf-8") for file in files).encode()).hexdigest()
    return {
        "fvapp": f"{__version__}-{code[:8]}",
        "Python": ".".join(platform.python_version_tuple()[:2]),
        "Keras": _version("keras"),
        "TensorFlow": _version("tensorflow"),
        "Dask": _version("distributed"),
    }


def check_versions(wanted: Mapping[str, str], found: Mapping[str, str]) -> None:
    """Compare the versions of two PCs.

    Raises:
        EngineError: ``pc_other_version``, naming the first that differs.
    """
    for name, needed in wanted.items():
        if found.get(name) != needed:
            raise EngineError(
                "pc_other_version", name=name, found=found.get(name, "?"), needed=needed
            )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return version(f"{package}-cpu")  # TensorFlow's name on Linux
