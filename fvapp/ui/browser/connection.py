"""Reports a lost connection at once and in the visitor's language.

Streamlit's page says "Connecting" in a corner and after a while "Connection error" in a dialog,
both in English, with advice meant for the app's author. The browser itself reports that it is
offline. A lost server shows in the connection state that Streamlit's page writes to its root
element for tests. If a later version does not write that state, the browser's report remains.
"""

from fvapp.i18n import Translator
from fvapp.ui.browser.components import make_component

_component = make_component(__file__)


def watch_connection(t: Translator) -> None:
    """Have the browser report a lost connection, and rerun the page when it is back.

    Call it once in a full script run.
    """
    _component(
        key="connection",
        data={"lost": t("common.connection_lost")},
        on_back_change=lambda: None,
        height=1,
    )
