"""Scrolls to a part of a page when a button is pressed, which Streamlit cannot do."""

from fvapp.ui.browser.components import make_component

_component = make_component(__file__)


def scroll_into_view(part: str, count: int, at_once: bool = False, read: bool = False) -> None:
    """Scroll to the container with the key `part` when `count` has changed.

    Args:
        at_once: whether to scroll also when the page is opened.
        read: whether to move the focus to the part's heading, which is necessary if the pressed
            button disappears.
    """
    _component(
        key="into_view",
        data={"part": part, "count": count, "atOnce": at_once, "read": read},
        height=1,
    )
