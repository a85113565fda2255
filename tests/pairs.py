"""Test parameters: the usual tests try a few of the cases, and the long tests try all."""

from collections.abc import Iterable, Mapping

import pytest
from _pytest.mark import ParameterSet


def few(cases: Iterable[object], count: int) -> list[ParameterSet]:
    """Return all cases; the usual tests try only `count`, spread evenly over the list."""
    listed = [*cases]
    usual = {at * len(listed) // count for at in range(count)}
    return [
        pytest.param(case, marks=() if at in usual else pytest.mark.long)
        for at, case in enumerate(listed)
    ]


def pairs(first: Iterable[object], second: Iterable[object]) -> list[ParameterSet]:
    """Return all pairs of two lists; the usual tests try each item of both lists at least once.

    Args:
        first, second: the items, whose texts become the ids of tests; or mappings from ids to
            items.
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
