"""The end of a fragment's run, told to the browser as it was.

Streamlit queues what a run draws and sends it a moment later. If another fragment starts within that moment, it turns
the first one's "finished" into "stopped early" (`_update_script_finished_message`), although all that one drew is
still sent. The page then removes nothing: of two canvases, one for each data set, both stayed. The end of a full run is
left alone there, for the same reason.
"""

from __future__ import annotations

from functools import wraps

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

_ENDED = ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY


def keep_fragment_ends() -> None:
    """Have Streamlit leave the end of a fragment's run as it was when another fragment begins; once for the process."""
    clear = ForwardMsgQueue.clear
    if hasattr(clear, "__wrapped__"):
        return

    @wraps(clear)
    def clear_for(
        self: ForwardMsgQueue, retain_lifecycle_msgs: bool = False, fragment_ids_this_run: list[str] | None = None
    ) -> None:
        starts = set(fragment_ids_this_run or ())
        if not starts:  # the queue is only being sent, or the whole page starts
            clear(self, retain_lifecycle_msgs, fragment_ids_this_run)
            return
        ended = [msg for msg in self._queue if _is_end(msg) and starts.isdisjoint(msg.metadata.run.fragment_ids)]
        clear(self, retain_lifecycle_msgs, fragment_ids_this_run)
        for msg in ended:
            msg.script_finished = _ENDED

    ForwardMsgQueue.clear = clear_for


def _is_end(msg: ForwardMsg) -> bool:
    return msg.WhichOneof("type") == "script_finished" and msg.script_finished == _ENDED
