"""What Streamlit's links to pages lack: they do not say which page one is on, and a phone's bar has
room for four.

``st.navigation`` has a bar of its own, which a phone gets as a drawer behind a button; its links
cannot be placed. So the pages are ``st.page_link``, which tell the current one by its colour alone.
The script here adds ``aria-current``, makes a landmark of the bar, and opens the rest of it.
"""

from collections.abc import Mapping

from fvapp.ui.browser.components import make_component

_component = make_component(__file__)

BAR = "pages"
REST = "more_pages"


def page_key(name: str) -> str:
    """Return the key of the container of a page's link."""
    return f"page_{name}"


def mark_pages(current: str, words: Mapping[str, str]) -> None:
    """Say which page is the current one, and draw the button that opens the rest. Within the
    container `BAR`.

    Args:
        current: name of the page.
        words: "pages" is what the bar is called, "more" is written on the button.
    """
    data = {"bar": BAR, "rest": REST, "current": page_key(current), "words": dict(words)}
    _component(key="page_marks", data=data, width="content")
