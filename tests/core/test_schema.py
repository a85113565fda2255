"""What a browser tells is read as what it should be, or is nothing."""

from __future__ import annotations

import pytest

from fvapp.core.schema import Whole, read_or_none
from fvapp.ui.parts.tiles import Click


@pytest.mark.parametrize(
    ("kind", "told", "found"),
    [
        (Whole, 3, 3),
        *((Whole, told, None) for told in (None, True, 3.0, "3", -1, 2**60, [3])),
        (Click, {"tile": 0, "row": -1, "column": 2, "more": "x"}, Click(0, -1, 2)),
        *((Click, told, None) for told in ("", [], {"tile": 0}, {"tile": 0, "row": False, "column": 2})),
        (tuple[object, ...], [1, "x", None], (1, "x", None)),
        (tuple[object, ...], "1x", None),
    ],
)
def test_a_value_is_read_as_its_kind_or_is_none(kind, told, found):
    assert read_or_none(kind, told) == found and type(read_or_none(kind, told)) is type(found)
