"""All pairs of two lists as parameters of a test: the usual form meets each of both, the long form
every pair.
"""

from collections.abc import Iterable, Mapping

import pytest
from _pytest.mark import ParameterSet


def pairs(first: Iterable[object], second: Iterable[object]) -> list[ParameterSet]:
    """Return the pairs of two lists; those that the usual form leaves out are marked.

    Args:
        first, second: what stands in the ids as text; or by the names that stand there.
    """
    ones, others = (
        [*each.items()] if isinstance(each, Mapping) else [(str(one), one) for one in each]
        for each in (first, second)
    )
    usual = {(at % len(ones), at % len(others)) for at in range(max(len(ones), len(others)))}
    return [
        pytest.param(
            one,
            other,
            id=f"{name}-{other_name}",
            marks=() if (at, place) in usual else pytest.mark.long,
        )
        for at, (name, one) in enumerate(ones)
        for place, (other_name, other) in enumerate(others)
    ]
