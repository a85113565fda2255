"""How the processes keep their memory small.

Each test starts a separate process, because changes to the garbage collector and the allocator are
permanent.
"""

import platform
import subprocess
import sys

import pytest

CIRCLE = """
import gc, threading, weakref
from fvapp.engine.processes.memory import shorten_garbage_collections, free_garbage

gc.disable()  # as scheduler and workers begin

class Session:
    def __init__(self):
        self.myself = self

old = Session()
shorten_garbage_collections()
shorten_garbage_collections()
left = weakref.ref(Session())
assert left() is not None and gc.isenabled() and gc.get_freeze_count() > 1_000
assert not any(each is old for each in gc.get_objects())
assert [thread.name for thread in threading.enumerate()].count("fvapp-tidy") == 1
free_garbage()
assert left() is None
"""


def run(script: str) -> None:
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr


def test_a_settled_process_collects_again_in_one_thread_and_leaves_out_what_it_began_with():
    run(CIRCLE)


UNMAPPED = """
import numpy, psutil
from fvapp.engine.processes.memory import unmap_libraries

def mapped():
    return sum(each.rss for each in psutil.Process().memory_maps(grouped=False) if ".so" in each.path)

before = mapped()
unmap_libraries()
assert mapped() < before / 2, (before, mapped())
assert (numpy.linalg.inv(numpy.eye(50)) == numpy.eye(50)).all()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux is asked to")
def test_unmapped_library_pages_free_their_memory_and_the_libraries_still_work():
    run(UNMAPPED)


LARGE_BLOCKS = """
import ctypes
from fvapp.engine.processes.memory import free_garbage, unmap_large_blocks

libc = ctypes.CDLL(None)
libc.malloc.restype, libc.free.argtypes = ctypes.c_void_p, [ctypes.c_void_p]

def is_mapped_alone(size):
    libc.free(libc.malloc(4 * size))  # from here on, glibc would take this size from the heap
    free_garbage()  # what is free already is used first
    block = libc.malloc(size)
    flags = ctypes.c_size_t.from_address(block - ctypes.sizeof(ctypes.c_size_t)).value
    libc.free(block)
    return bool(flags & 2)  # IS_MMAPPED, in the word before the block

assert not is_mapped_alone(300_000)
unmap_large_blocks()
assert is_mapped_alone(300_000) and not is_mapped_alone(10_000)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the allocator is not glibc's")
def test_large_blocks_go_back_to_the_system_at_once():
    run(LARGE_BLOCKS)
