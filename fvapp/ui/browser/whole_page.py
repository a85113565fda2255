"""When the whole page is drawn, though Streamlit's page asked for a part of it only.

What is asked for a part that is gone. It is gone for a moment whenever the page is drawn again, and for good where the
page has it no more. What is done in it meanwhile Streamlit's server leaves out without a word
(`AppSession.request_rerun`): the click would be lost.

What scripts of two parts tell in the same moment: Streamlit's page sends one message with both and has one part drawn.
What the other one told would wait until somebody clicks: a page stayed half, a visit stayed in a workspace that is not
the visitor's.
"""

from __future__ import annotations

from dataclasses import replace
from functools import wraps

from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData


def draw_page_for_parts() -> None:
    """Have Streamlit do so; once for the process."""
    run = ScriptRunner._run_script
    if hasattr(run, "__wrapped__"):
        return

    @wraps(run)
    def run_script(self: ScriptRunner, asked: RerunData) -> None:
        parts = asked.fragment_id_queue
        is_gone = not all(map(self._fragment_storage.contains, parts))
        if is_gone or (parts and _count_words(asked) > 1):
            asked = replace(asked, fragment_id=None, fragment_id_queue=[], is_fragment_scoped_rerun=False)
        page = self._get_script_run_ctx().page_script_hash
        if is_gone and page:  # this thread has just drawn it: the part may be of the one that was left
            asked = replace(asked, page_script_hash=page, page_name="")
        run(self, asked)

    ScriptRunner._run_script = run_script
    AppSession.has_fragment = lambda self, fragment_id: True  # it is looked for when its turn has come


def _count_words(asked: RerunData) -> int:
    """Return how many of the page's scripts told something. A click that comes along comes once more by itself."""
    states = asked.widget_states.widgets if asked.widget_states is not None else ()
    return sum(state.WhichOneof("value") == "json_trigger_value" for state in states)
