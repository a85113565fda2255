"""The focus, given back where a script run rebuilds what had it or takes it away.

Streamlit's page rebuilds an element whose place among its neighbours changes, and a button that is
gone leaves the focus nowhere: who works with the keyboard begins at the top of the page again. The
element of the same key gets it back, else a neighbour in the same container. A page on which one
begins by typing has it in that field.
"""

from fvapp.ui.browser.components import make_component

_component = make_component(__file__)


def keep_focus(first: str | None = None, form: str | None = None) -> None:
    """Have the browser keep the focus. Once in a full script run.

    Args:
        first: key of the field that has it when the page is opened.
        form: key of the container in which Enter in a field presses the primary button.
    """
    _component(key="focus", data={"first": first, "form": form}, height=1)
