"""The theme in every answer, read once.

Streamlit tells each script run's page the theme, and reads it anew for that: for each of six sections it walks through
all its options, under the lock that every element of every script run needs too, in the loop that serves everybody. In
a class that arrives this was a tenth of the server's work.
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
