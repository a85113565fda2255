"""Changes the skip link, a page's first tab stop, to lead to the links at the page's end.

Streamlit's own skip link leads to the content and is in English (streamlit/streamlit#8399 asks to
make it configurable). In this app, the content comes first anyway, so the link gets a different
text and target. A separate second link would add another tab stop.
"""

from fvapp.ui.browser.components import make_component

_component = make_component(__file__)


def draw_skip_link(text: str, to: str) -> None:
    """Set the skip link's text, and its target: the first link in the container with key `to`."""
    _component(key="skip", data={"text": text, "to": to}, height=1)
