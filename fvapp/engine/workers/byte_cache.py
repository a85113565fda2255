"""A cache whose size is bounded in bytes: what was not used for longest goes first."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Protocol, TypeVar

STRIPES = 64


class Sized(Protocol):
    nbytes: int


Value = TypeVar("Value", bound=Sized)


class ByteCache:
    """Keep what has ``nbytes``, for all visitors; from several threads at once.

    Args:
        most: bytes of all that is kept. What is larger by itself is not kept at all.
    """

    def __init__(self, most: int) -> None:
        self._most, self._bytes = most, 0
        self._kept: OrderedDict[Hashable, Sized] = OrderedDict()
        self._lock = threading.Lock()
        self._making = [threading.Lock() for _ in range(STRIPES)]

    @property
    def nbytes(self) -> int:
        """Bytes kept now."""
        return self._bytes

    def get(self, key: Hashable) -> Sized | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def put(self, key: Hashable, value: Sized) -> None:
        if value.nbytes > self._most:
            return
        with self._lock:
            self._bytes += value.nbytes - getattr(self._kept.pop(key, None), "nbytes", 0)
            self._kept[key] = value
            while self._bytes > self._most:
                self._bytes -= self._kept.popitem(last=False)[1].nbytes

    def get_or_make(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Return what is kept under a key, made once however many ask at the same time.

        `make` must not ask this cache to make something itself.
        """
        found = self.get(key)
        if found is None:
            with self._making[hash(key) % STRIPES]:
                found = self.get(key)
                if found is None:
                    found = make()
                    self.put(key, found)
        return found
