"""Writes small tables as plain HTML, which screen readers can navigate, and formats numbers."""

from collections.abc import Iterable, Sequence

import streamlit as st

from fvapp.core.templates import render_template


def write_markdown_table(
    head: Sequence[str], rows: Iterable[Sequence[str]], worded: bool = False
) -> None:
    """Write a table with words in the first column and right-aligned numbers in the others.

    Numbers never wrap. If there are more than three columns, a phone shows each row as a list of
    column names and numbers.

    Args:
        worded: whether all columns contain words, which may wrap.
    """
    st.html(
        render_template("fvapp.ui.parts", "table.html", head=head, rows=list(rows), worded=worded)
    )


def format_signed_number(number: float, digits: int = 2) -> str:
    """Return a number with its sign; a minus sign is U+2212, not a hyphen."""
    return f"{number:+.{digits}f}".replace("-", "\N{MINUS SIGN}")
