"""Draws download buttons that do not rerun the page."""

from collections.abc import Callable
from mimetypes import MimeTypes

import streamlit as st

# Use Python's built-in table of types, because other programs can change the table of Windows.
_MIME_TYPES = MimeTypes()
_MIME_TYPES.add_type("application/x-ipynb+json", ".ipynb")


def draw_download(
    key: str,
    label: str,
    content: str | bytes | Callable[[], str | bytes],
    file: str,
    icon: str = ":material/download:",
) -> None:
    """Draw a download button; pressing it does not rerun the page.

    Args:
        content: the file's content, or a function that makes it when the button is pressed.
        file: the file's name, whose ending determines its MIME type.
    """
    mime = _MIME_TYPES.guess_type(file)[0] or "application/octet-stream"
    st.download_button(label, content, file, mime, key=key, icon=icon, on_click="ignore")
