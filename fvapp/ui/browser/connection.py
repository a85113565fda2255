"""A lost connection, said at once and in the visitor's language.

Streamlit's page says "Connecting" in a corner and after a while "Connection error" in a dialog,
both in English, with advice meant for the app's author. The browser itself reports that it is
offline; that the server is gone shows in the state of Streamlit's own connection, which its page
writes on its root element for tests. Should a later version not write it, the browser's report
remains.
"""

from fvapp.i18n import Translator
from fvapp.ui.browser.components import make_component

_component = make_component(__file__)


def watch_connection(t: Translator) -> None:
    """Have the browser say when the connection is lost, and draw the page when it is back. Once in
    a full run.
    """
    _component(
        key="connection",
        data={"lost": t("common.connection_lost")},
        on_back_change=lambda: None,
        height=1,
    )
