"""Chooses the number format for training: float32, or bfloat16 for convolutions.

A bfloat16 is the first half of a float32: it has the same range, but only two to three decimal
digits. Processors with bfloat16 instructions multiply twice as many numbers at once. Weights, loss
and optimizer stay in float32 (Micikevicius et al. 2018, "Mixed Precision Training",
arXiv:1710.03740; Kalamkar et al. 2019, "A Study of BFLOAT16", arXiv:1905.12322).
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal, get_args

from fvapp.core.errors import EngineError
from fvapp.core.processor import CPUINFO, cpu_instructions
from fvapp.core.settings import RunSettings

Arithmetic = Literal["float32", "bfloat16"]
VARIABLE = "FVAPP_ARITHMETIC"
"""Name of the environment variable that sets the number format of all small CNNs.

If the variable is not set, the number format depends on the processor.
"""

_INSTRUCTIONS = {"avx512_bf16", "amx_bf16"}


@cache
def can_multiply_bfloat16(cpuinfo: Path = CPUINFO) -> bool:
    """Return whether the processor has bfloat16 instructions; always False outside Linux."""
    return not _INSTRUCTIONS.isdisjoint(cpu_instructions(cpuinfo))


def choose_convolution_arithmetic(environ: Mapping[str, str]) -> Arithmetic:
    """Return the number format in which this app trains convolutions.

    Raises:
        EngineError: ``bad_arithmetic``: the environment variable `VARIABLE` does not hold a known
            number format.
    """
    asked = environ.get(VARIABLE, "").strip()
    if not asked:
        return "bfloat16" if can_multiply_bfloat16() else "float32"
    if asked not in get_args(Arithmetic):
        raise EngineError("bad_arithmetic", name=VARIABLE, value=asked[:40])
    return "bfloat16" if asked == "bfloat16" else "float32"


def arithmetic_for_network(settings: RunSettings, of_convolutions: Arithmetic) -> Arithmetic:
    """Return the number format for a network: `of_convolutions` for small CNNs, else float32."""
    return of_convolutions if settings.network == "cnn" else "float32"
