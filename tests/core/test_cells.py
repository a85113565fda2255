"""A name that a spreadsheet would take for a formula stays a name."""

import pytest

from fvapp.core.names import as_cell, clean_name


@pytest.mark.parametrize("name", ["=1+1", "+1", "-dropout", "@SUM(A1)", '=HYPERLINK("https://evil.example")'])
def test_no_cell_begins_as_a_formula_does_and_the_name_is_the_same_when_it_is_edited(name):
    cell = as_cell(name)
    assert cell[0] not in "=+-@\t\r\n" and cell.endswith(name) and clean_name(cell) == name


def test_other_names_stay_as_they_are():
    assert [as_cell(name) for name in ("", "Run 1", "我的网络", "1 = one")] == ["", "Run 1", "我的网络", "1 = one"]
