"""What is in Streamlit's queue when a fragment begins."""

from __future__ import annotations

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

from fvapp.ui.browser.unsent import keep_unsent

ENDED, EARLY = ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY, ForwardMsg.FINISHED_EARLY_FOR_RERUN


def drawn(fragment: str, body: str, *path: int) -> ForwardMsg:
    msg = ForwardMsg()
    msg.delta.fragment_id = fragment
    msg.delta.new_element.text.body = body
    msg.metadata.delta_path.extend(path)
    return msg


def ended() -> ForwardMsg:
    msg = ForwardMsg()
    msg.script_finished = ENDED
    msg.metadata.run.fragment_ids.append("outer")
    return msg


@pytest.fixture
def queue() -> ForwardMsgQueue:
    """A fragment, another within it, both drawn and not sent yet."""
    keep_unsent()
    keep_unsent()
    queue = ForwardMsgQueue()
    for msg in (drawn("outer", "before", 0, 0), drawn("inner", "within", 0, 1), ended()):
        queue.enqueue(msg)
    return queue


@pytest.mark.parametrize("begins", [["other"], ["outer"], ["inner"], ["other", "outer"]], ids="+".join)
def test_all_that_is_unsent_stays_when_a_fragment_begins_and_what_it_draws_comes_behind(queue, begins):
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=begins)
    queue.enqueue(drawn("outer", "after", 0, 0))
    *left, last = queue.flush()
    assert left == [drawn("outer", "before", 0, 0), drawn("inner", "within", 0, 1), ended()]
    assert last == drawn("outer", "after", 0, 0)


def test_what_is_unsent_goes_when_the_whole_page_begins(queue):
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=None)
    (left,) = queue.flush()
    assert left.script_finished == EARLY
    assert queue.is_empty()
