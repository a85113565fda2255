"""What a screen reader says by itself: one polite region for all pages, in the visitor's language.

Nothing of Streamlit's can be made a live region (streamlit/streamlit#8399), and a container that a
script run redraws would be read out again as a whole. So a page names what happened, and only a new
name is spoken. Streamlit's errors and warnings are alerts, and say themselves.
"""

from fvapp.ui.browser.components import make_component

_component = make_component(__file__)


def announce(part: str, name: str, text: str, *, of: str = "", fresh: bool = False) -> None:
    """Have `text` said when what happened in a part of a page has another `name` than what happened
    there before.

    Args:
        part: of the pages, such as "answer".
        name: of what happened, the same in every language; empty for nothing yet.
        text: one sentence, or an empty text where there is nothing to say.
        of: what the part shows; what another one is like is no news.
        fresh: whether the first name is news too.
    """
    data = {"part": part, "of": of, "name": name, "text": text, "fresh": fresh}
    _component(key=f"said_{part}", data=data, height=1)
