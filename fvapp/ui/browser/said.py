"""Makes announcements for screen readers, in one polite live region for all pages.

No Streamlit element can be made a live region (streamlit/streamlit#8399), and a container that a
script run redraws would be read out again as a whole. So a page gives each event a name, and only
events with new names are read out. Streamlit's errors and warnings are alerts, which are read out
anyway.
"""

from fvapp.ui.browser.components import make_component

_component = make_component(__file__)


def announce_to_screen_readers(
    part: str, name: str, text: str, *, of: str = "", fresh: bool = False
) -> None:
    """Announce `text` to screen readers if `name` differs from the part's last announced name.

    Args:
        part: name of the part of a page that announces something, such as "answer".
        name: name of the event, the same in every language; empty if nothing has happened yet.
        text: one sentence, or empty if there is nothing to say.
        of: what the part shows; when this changes, earlier announcements are forgotten.
        fresh: whether to announce even the part's first event.
    """
    data = {"part": part, "of": of, "name": name, "text": text, "fresh": fresh}
    _component(key=f"said_{part}", data=data, height=1)
