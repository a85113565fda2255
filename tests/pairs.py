"""All pairs of two lists as parameters of a test: the usual form meets each of both, the long form every pair."""

from collections.abc import Mapping

import pytest
from _pytest.mark import ParameterSet


def pairs(first: Mapping[str, object], second: Mapping[str, object]) -> list[ParameterSet]:
    """Return the pairs of two lists by their names; those that the usual form leaves out are marked."""
    usual = {(at % len(first), at % len(second)) for at in range(max(len(first), len(second)))}
    return [
        pytest.param(one, other, id=f"{name}-{other_name}", marks=() if (at, place) in usual else pytest.mark.long)
        for at, (name, one) in enumerate(first.items())
        for place, (other_name, other) in enumerate(second.items())
    ]
