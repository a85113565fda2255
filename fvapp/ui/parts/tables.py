"""Small tables of words and numbers: plain ones that a screen reader walks through."""

from collections.abc import Iterable, Sequence

import streamlit as st


def write_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a table; the first column holds words, the others numbers on the right."""
    lines = [_line(head), "| :-- |" + " --: |" * (len(head) - 1), *(_line(row) for row in rows)]
    st.markdown("\n".join(lines))


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def signed(number: float, digits: int = 2) -> str:
    """Return a number with its sign, a true minus."""
    return f"{number:+.{digits}f}".replace("-", "\N{MINUS SIGN}")
