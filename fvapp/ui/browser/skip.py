"""The skip link, a page's first tab stop, which leads to the page links at the page's end.

Streamlit's own skip link leads to the content and is in English (streamlit/streamlit#8399 asks to
make it configurable). In this app the content comes first anyway, so that link gets our own words
and target. A second link would be another tab stop.
"""

from fvapp.ui.browser.components import make_component

_component = make_component(__file__)


def draw_skip_link(text: str, to: str) -> None:
    """Give the skip link this text, and as its target the first link in the container `to`."""
    _component(key="skip", data={"text": text, "to": to}, height=1)
