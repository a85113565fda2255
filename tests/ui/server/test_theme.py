"""The theme as Streamlit would tell it, without reading all its options for each script run."""

from streamlit import config
from streamlit.proto.NewSession_pb2 import NewSession
from streamlit.runtime import app_session

from fvapp.ui.server.theme import theme_read_once

SECTIONS = ("theme", "theme.light", "theme.dark", "theme.sidebar", "theme.light.sidebar", "theme.dark.sidebar")


def told() -> bytes:
    """Return a session's first message with the theme, filled in as Streamlit fills it."""
    message = NewSession()
    for section in SECTIONS:
        place = message.custom_theme
        for name in section.split(".")[1:]:
            place = getattr(place, name)
        app_session._populate_theme_msg(place, section)
    return message.SerializeToString(deterministic=True)


def test_pages_are_told_the_same_theme() -> None:
    plain = told()
    with theme_read_once():
        assert told() == told() == plain


def test_the_options_are_read_once(monkeypatch) -> None:
    read, asked = config.get_options_for_section, []
    monkeypatch.setattr(config, "get_options_for_section", lambda section: asked.append(section) or read(section))
    with theme_read_once():
        told()
        told()
    assert asked == list(SECTIONS)
    told()
    assert asked == list(SECTIONS) * 2
