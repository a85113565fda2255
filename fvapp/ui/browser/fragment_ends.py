"""The end of a fragment's run, told to the browser as it was.

Streamlit queues what a run draws and sends it a moment later. Where the next fragment begins within that moment, it
turns the "finished" of the one before into "stopped early" (`_update_script_finished_message`), although all of what
that one drew is still sent. The page takes nothing away then: of two canvases, one for each data set, both stayed.
Streamlit has mended the same for the end of a full run (pull request 9965).
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
        begins = set(fragment_ids_this_run or ())
        ended = [msg for msg in self._queue if _is_end(msg) and begins.isdisjoint(msg.metadata.run.fragment_ids)]
        clear(self, retain_lifecycle_msgs, fragment_ids_this_run)
        for msg in ended if begins else ():
            msg.script_finished = _ENDED

    ForwardMsgQueue.clear = clear_for


def _is_end(msg: ForwardMsg) -> bool:
    return msg.WhichOneof("type") == "script_finished" and msg.script_finished == _ENDED
