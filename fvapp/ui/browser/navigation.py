"""Marks the current page's link, and on phones adds a button that opens more page links.

On phones, the bar of ``st.navigation`` is hidden behind a button. Its links cannot be moved. So
each page gets an ``st.page_link``, which marks the current page by colour alone. The script beside
this module adds ``aria-current``, makes the bar of links a landmark, and on phones opens the rest
of the bar.
"""

from collections.abc import Mapping

from fvapp.ui.browser.components import make_component

_component = make_component(__file__)

BAR = "pages"
REST = "more_pages"


def page_link_key(name: str) -> str:
    """Return the key of a page link's container."""
    return f"page_{name}"


def mark_current_page(current: str, words: Mapping[str, str]) -> None:
    """Mark the current page's link, and draw the button that opens the other links.

    Call this function inside the container with the key `BAR`.

    Args:
        current: name of the page.
        words: the labels of the bar ("pages") and of the button ("more").
    """
    data = {"bar": BAR, "rest": REST, "current": page_link_key(current), "words": dict(words)}
    _component(key="page_marks", data=data, width="content")
