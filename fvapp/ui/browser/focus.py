"""Restores the focus when a script run rebuilds or removes the focused element.

Streamlit's page rebuilds an element whose place among its siblings changes, and if a focused button
disappears, no element has the focus. Keyboard users would then start again at the top of the page.
The element with the same key gets the focus back, else a neighbour in the same container. If
visitors start by typing on a page, the page opens with the focus in the text field.

The script also handles clicks on the help in a label, which otherwise would act on the label's
control.
"""

from fvapp.ui.browser.components import make_component

_component = make_component(__file__)


def keep_focus(first: str | None, form: str | None) -> None:
    """Keep the keyboard focus when elements are rebuilt; called once in each full script run.

    Args:
        first: key of the field focused when the page is opened.
        form: key of the container in which Enter in a field presses the primary button.
    """
    _component(key="focus", data={"first": first, "form": form}, height=1)
