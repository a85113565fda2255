"""Part of a page brought into view when a button elsewhere on it was pressed; Streamlit's pages
stay where they are.
"""

from fvapp.ui.browser.components import make_component

_component = make_component(__file__)


def bring_into_view(part: str, count: int, at_once: bool = False, read: bool = False) -> None:
    """Scroll to the container of a key when `count` is another one than before.

    Args:
        at_once: whether to do so too when the page is opened.
        read: whether the focus goes to its heading: the button that was pressed is gone.
    """
    _component(
        key="into_view",
        data={"part": part, "count": count, "atOnce": at_once, "read": read},
        height=1,
    )
