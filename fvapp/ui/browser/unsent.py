"""What a run drew and is not sent yet, kept when a fragment begins.

Streamlit queues what a run draws and sends it a moment later. If a fragment begins within that moment, it takes out of
the queue what that one drew before, but neither what fragments within it drew nor what the browser has in its cache:
those then lie in containers that never come ("Bad delta path index"), and the whole page turns blank. It also turns
another fragment's "finished" into "stopped early", so that the page removes nothing: of two canvases, one for each data
set, both stayed. What is in the queue is right as it is: the browser draws it, and then what the fragment draws.
"""

from __future__ import annotations

from functools import wraps

from streamlit.runtime.forward_msg_queue import ForwardMsgQueue


def keep_unsent() -> None:
    """Have Streamlit leave its queue as it is when a fragment begins; once for the process."""
    clear = ForwardMsgQueue.clear
    if hasattr(clear, "__wrapped__"):
        return

    @wraps(clear)
    def clear_for(
        self: ForwardMsgQueue, retain_lifecycle_msgs: bool = False, fragment_ids_this_run: list[str] | None = None
    ) -> None:
        if fragment_ids_this_run:
            self._delta_index_map = {}  # what the fragment draws comes behind, not in the place of what it replaces
        else:  # the queue has just been sent, or a full run is starting
            clear(self, retain_lifecycle_msgs, fragment_ids_this_run)

    ForwardMsgQueue.clear = clear_for
