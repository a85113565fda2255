"""Small tables of words and numbers: plain ones that a screen reader walks through."""

from collections.abc import Iterable, Sequence

import streamlit as st

from fvapp.core.templates import render


def write_table(head: Sequence[str], rows: Iterable[Sequence[str]], worded: bool = False) -> None:
    """Write a table; the first column holds words, the others numbers on the right, which never
    break.

    On a phone each row of more than three columns becomes pairs of a column's name and its number.

    Args:
        worded: whether the others hold words, too, which may break.
    """
    st.html(render("fvapp.ui.parts", "table.html", head=head, rows=list(rows), worded=worded))


def signed(number: float, digits: int = 2) -> str:
    """Return a number with its sign, a true minus."""
    return f"{number:+.{digits}f}".replace("-", "\N{MINUS SIGN}")
