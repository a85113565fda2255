"""Reports a lost connection at once and in the visitor's language.

When the connection is lost, Streamlit's page shows "Connecting" in a corner and, after a while,
"Connection error" in a dialog, both in English, with advice meant for the app's author. This
component learns of the loss in two ways: the browser reports that it is offline, and Streamlit's
page writes its connection state to its root element for tests. If a later version of Streamlit no
longer writes that state, the browser's report remains.
"""

from fvapp.i18n import Translator
from fvapp.ui.browser.components import make_component

_component = make_component(__file__)


def watch_connection(t: Translator) -> None:
    """Report a lost connection in the browser, and rerun the page when the connection is back.

    Call this function once in a full script run.
    """
    _component(
        key="connection",
        data={"lost": t("common.connection_lost")},
        on_back_change=lambda: None,
        height=1,
    )
