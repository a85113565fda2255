"""Small tables of words and numbers, in plain HTML that screen readers can navigate."""

from collections.abc import Iterable, Sequence

import streamlit as st

from fvapp.core.templates import render_template


def write_table(head: Sequence[str], rows: Iterable[Sequence[str]], worded: bool = False) -> None:
    """Write a table: words in the first column, right-aligned numbers in the others.

    The numbers never wrap. On a phone each row of more than three columns becomes pairs of column
    name and number.

    Args:
        worded: whether the other columns hold words, too, which may wrap.
    """
    st.html(
        render_template(
            "fvapp.ui.parts",
            "table.html",
            head=head,
            rows=list(rows),
            worded=worded,
        )
    )


def format_signed_number(number: float, digits: int = 2) -> str:
    """Return a number with its sign, the minus as U+2212."""
    return f"{number:+.{digits}f}".replace("-", "\N{MINUS SIGN}")
