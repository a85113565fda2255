"""Reads the processor's name and instructions, as the operating system reports them."""

import ctypes
import platform
import sys
from contextlib import suppress
from pathlib import Path

from fvapp.core.errors import EngineError

CPUINFO = Path("/proc/cpuinfo")
_PF_AVX_INSTRUCTIONS_AVAILABLE = 39  # from the Windows header winnt.h


def cpu_instructions(cpuinfo: Path) -> frozenset[str]:
    """Return the names of an x86 processor's features on Linux, such as ``avx512_bf16``.

    The result is empty for other processors and on other systems.
    """
    return frozenset(_cpuinfo_value("flags", cpuinfo).split())


def processor_name() -> str:
    """Return the name of the processor.

    On Linux, the name is read from `CPUINFO`, because Python's `platform` module does not find it.
    """
    return _cpuinfo_value("model name", CPUINFO) or platform.processor()


def _cpuinfo_value(field: str, cpuinfo: Path) -> str:
    """Return a field's value for the first processor, as Linux lists it; empty on other systems."""
    with suppress(OSError), cpuinfo.open(encoding="utf-8", errors="replace") as lines:
        return next(
            (line.partition(":")[2].strip() for line in lines if line.startswith(field)), ""
        )
    return ""


def has_avx(cpuinfo: Path = CPUINFO) -> bool:
    """Return whether TensorFlow can be loaded; its x86-64 builds crash without AVX instructions.

    The crash is an "Illegal instruction". The result is True if the operating system does not list
    the processor's instructions. ARM processors need no AVX, and TensorFlow for macOS is built for
    ARM only.
    """
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return True
    if sys.platform == "win32":
        return bool(
            ctypes.windll.kernel32.IsProcessorFeaturePresent(_PF_AVX_INSTRUCTIONS_AVAILABLE)
        )
    found = cpu_instructions(cpuinfo)
    return "avx" in found or not found


def require_avx() -> None:
    """Raise an error if this processor cannot load TensorFlow; call before importing Keras.

    Raises:
        EngineError: ``no_avx``: the processor has no AVX instructions.
    """
    if not has_avx():
        raise EngineError("no_avx")
