"""What the browser is told of a fragment that has ended when another one begins at once."""

from __future__ import annotations

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

from fvapp.ui.browser.fragment_ends import keep_fragment_ends

ENDED, EARLY = ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY, ForwardMsg.FINISHED_EARLY_FOR_RERUN


@pytest.mark.parametrize(
    ("begins", "told"),
    [(["other"], ENDED), (["own"], EARLY), (["other", "own"], EARLY), (None, EARLY)],
    ids=["another fragment", "the same again", "both", "the whole page"],
)
def test_a_fragment_that_ended_stays_ended_unless_it_begins_again(begins, told):
    keep_fragment_ends()
    keep_fragment_ends()
    queue, drawn, end = ForwardMsgQueue(), ForwardMsg(), ForwardMsg()
    drawn.delta.fragment_id = "own"
    drawn.delta.new_element.text.body = "drawn"
    drawn.metadata.delta_path.extend([0, 0])
    end.script_finished = ENDED
    end.metadata.run.fragment_ids.append("own")
    for msg in (drawn, end):
        queue.enqueue(msg)
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=begins)
    left = queue.flush()
    assert left[-1].script_finished == told
    assert (drawn in left) == (told == ENDED)
