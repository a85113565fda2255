"""A list of numbers that a student writes, and what softmax makes of it."""

from __future__ import annotations

import numpy as np

from fvapp.core.answers import shares
from fvapp.core.errors import FvappError

NOTEBOOKS_LIST = "0.1, 0.1, 0.05, 0.1, 9.5, 0.1, 0.05, 0.05, 0.05"
LONGEST_LIST = 200
MOST = 20
LARGEST = 1_000


def softmax_of(text: str) -> tuple[np.ndarray, np.ndarray]:
    """Read numbers with commas between them, in brackets or not, and return them and their softmax, each [n].

    Raises:
        FvappError: ``bad_numbers``: fewer than two, too many, too large, or no numbers.
    """
    try:
        numbers = np.array([float(part) for part in text.strip().strip("[]").replace("，", ",").split(",")])
    except ValueError:
        numbers = np.array([])
    # nan is not at most anything.
    if not (2 <= len(numbers) <= MOST and (np.abs(numbers) <= LARGEST).all()):
        raise FvappError("bad_numbers", value=text[:40], most=MOST, largest=f"{LARGEST:,}")
    return numbers, shares(numbers[None])[0]
