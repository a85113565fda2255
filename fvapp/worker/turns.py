"""Lets runs in training, and networks that students teach a few examples, take turns.

Training gets at least as much time as teaching.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic


class TeachingTurns:
    """Decides whether training or teaching a network uses a worker's cores.

    Only one student teaches a network at a time.

    Args:
        training: a lock that is held while a run is trained.
        clock: a monotonic clock, in seconds.
    """

    def __init__(self, training: threading.Lock, clock: Callable[[], float] = monotonic) -> None:
        self._training_lock = training
        self._clock = clock
        self._teaching_lock = threading.Lock()
        self._next_turn_at = 0.0

    @contextmanager
    def hold_teaching_turn(self) -> Iterator[None]:
        """Wait until training has had its turn, and pause training within the ``with`` block.

        Without turns, a student who teaches again and again would hold up everybody's training. If
        no run is in training, there is no wait.
        """
        if self._training_lock.acquire(timeout=max(0.0, self._next_turn_at - self._clock())):
            self._training_lock.release()
        with self._teaching_lock:
            begin = self._clock()
            yield
        end = self._clock()
        self._next_turn_at = end + (end - begin)

    def wait_for_teaching(self) -> None:
        """Wait while a network is taught; the training loop calls this many times a second."""
        with self._teaching_lock:
            return
