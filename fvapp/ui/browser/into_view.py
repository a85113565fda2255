"""Scrolls to a part of a page after a button elsewhere on it; Streamlit does not scroll."""

from fvapp.ui.browser.components import make_component

_component = make_component(__file__)


def scroll_into_view(part: str, count: int, at_once: bool = False, read: bool = False) -> None:
    """Scroll to the container of a key when `count` has changed.

    Args:
        at_once: whether to scroll when the page is opened, too.
        read: whether to focus its heading, because the pressed button is gone.
    """
    _component(
        key="into_view",
        data={"part": part, "count": count, "atOnce": at_once, "read": read},
        height=1,
    )
