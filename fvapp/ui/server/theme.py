"""The theme in every answer, read once.

Every script run begins with a message that holds the theme. For each of the theme's six sections Streamlit goes through
all of its options, on the loop that serves everybody, and under a lock that every element on every page needs as well.
While a class arrives this was a tenth of the server's work.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session


@contextmanager
def theme_read_once() -> Iterator[None]:
    """Have Streamlit read each section of the theme once, until the block ends: it does not change while we serve."""
    read, kept = app_session._populate_theme_msg, {}

    def populate(message: CustomThemeConfig, section: str = "theme") -> None:
        if section not in kept:
            theme = CustomThemeConfig()
            read(theme, section)
            kept[section] = theme
        if kept[section].ByteSize():  # what is merged is there, also where nothing was set
            message.MergeFrom(kept[section])

    app_session._populate_theme_msg = populate
    try:
        yield
    finally:
        app_session._populate_theme_msg = read
