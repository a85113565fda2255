"""The first tab stop leads to the links of the pages, which come last, in the visitor's language.

Streamlit has a link there, in English, to the page's content (streamlit/streamlit#8399 asks for
what can be set). In this app the content comes first anyway, so the link gets our own words and
target; a second one would be one more stop.
"""

from fvapp.ui.browser.components import make_component

_component = make_component(__file__)


def draw_skip(text: str, to: str) -> None:
    """Have the first tab stop say `text` and lead to the first link within the
    container of a key.
    """
    _component(key="skip", data={"text": text, "to": to}, height=1)
