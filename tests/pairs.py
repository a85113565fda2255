"""Parameters of a test of which the usual form meets some, and the long form all."""

from collections.abc import Iterable, Mapping

import pytest
from _pytest.mark import ParameterSet


def few(cases: Iterable[object], count: int) -> list[ParameterSet]:
    """Return cases of one rule; of them the usual form meets so many, from all over the list."""
    listed = [*cases]
    usual = {at * len(listed) // count for at in range(count)}
    return [
        pytest.param(case, marks=() if at in usual else pytest.mark.long)
        for at, case in enumerate(listed)
    ]


def pairs(first: Iterable[object], second: Iterable[object]) -> list[ParameterSet]:
    """Return the pairs of two lists; the usual form meets each of both lists once or more.

    Args:
        first, second: what stands in the ids as text; or by the names that stand there.
    """
    ones, others = (
        [*values.items()]
        if isinstance(values, Mapping)
        else [(str(value), value) for value in values]
        for values in (first, second)
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
