"""Buttons that hand out files."""

from collections.abc import Callable

import streamlit as st


def draw_download(
    key: str,
    label: str,
    content: str | bytes | Callable[[], str | bytes],
    file: str,
    mime: str,
    icon: str = ":material/download:",
) -> None:
    """Draw the button that hands out a file; the page stays as it is.

    Args:
        content: of the file, or what makes it when it is asked for.
    """
    st.download_button(label, content, file, mime, key=key, icon=icon, on_click="ignore")
