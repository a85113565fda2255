"""What is asked for a part of the page that is gone, done for the whole page.

A part is gone for a moment whenever the page is drawn again, and for good where it is not drawn any more. What is done
in it meanwhile Streamlit's server leaves out without a word (`AppSession.request_rerun`): a click is lost, and the
browser, which never hears of a script run for it, takes the page for busy from then on.
"""

from __future__ import annotations

from dataclasses import replace
from functools import wraps

from streamlit.runtime.app_session import AppSession
from streamlit.runtime.scriptrunner import ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData


def draw_page_for_gone_parts() -> None:
    """Have Streamlit do so; once for the process."""
    run = ScriptRunner._run_script
    if hasattr(run, "__wrapped__"):
        return

    @wraps(run)
    def run_script(self: ScriptRunner, asked: RerunData) -> None:
        if not all(map(self._fragment_storage.contains, asked.fragment_id_queue)):
            asked = replace(asked, fragment_id=None, fragment_id_queue=[], is_fragment_scoped_rerun=False)
            page = self._get_script_run_ctx().page_script_hash
            if page:  # this thread has just drawn it: the part may be of the one that was left
                asked = replace(asked, page_script_hash=page, page_name="")
        run(self, asked)

    ScriptRunner._run_script = run_script
    AppSession.has_fragment = lambda self, fragment_id: True  # it is looked for when its turn has come
