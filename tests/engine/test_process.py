"""What keeps a process small, in a process of its own: both change the garbage collector for good."""

from __future__ import annotations

import subprocess
import sys

CIRCLE = """
import gc, weakref
from fvapp.engine.process import settle_process, tidy

gc.disable()  # as scheduler and workers begin

class Session:
    def __init__(self):
        self.myself = self

old = Session()
settle_process()
settle_process()
left = weakref.ref(Session())
assert left() is not None
"""


def run(script: str) -> None:
    ended = subprocess.run([sys.executable, "-c", CIRCLE + script], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr


def test_a_settled_process_collects_again_and_leaves_out_what_it_began_with():
    run("assert gc.isenabled() and gc.get_freeze_count() > 1_000; assert not any(o is old for o in gc.get_objects())")


def test_tidying_frees_what_lies_in_a_circle():
    run("tidy(); assert left() is None")


def test_one_thread_tidies_however_often_a_process_is_settled():
    run("import threading; assert [t.name for t in threading.enumerate()].count('fvapp-tidy') == 1")
