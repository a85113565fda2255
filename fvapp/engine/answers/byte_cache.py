"""Defines a cache of limited size in bytes, which drops the least recently used values first."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

STRIPES = 64
Value = TypeVar("Value")


class ByteCache:
    """A thread-safe cache, shared by all visitors, for values that have an attribute ``nbytes``.

    Args:
        most: maximum total size in bytes. A value larger than `most` is not cached.
    """

    def __init__(self, most: int) -> None:
        self._max_bytes = most
        self._total_bytes = 0
        self._entries: OrderedDict[Hashable, Any] = OrderedDict()
        self._lock = threading.Lock()
        self._computation_locks = [threading.Lock() for _ in range(STRIPES)]

    @property
    def nbytes(self) -> int:
        """The total size of the cached values in bytes."""
        return self._total_bytes

    def find_cached_value(self, key: Hashable) -> Any:
        with self._lock:
            if key in self._entries:
                self._entries.move_to_end(key)
            return self._entries.get(key)

    def store_cached_value(self, key: Hashable, value: Any) -> None:
        if value.nbytes > self._max_bytes:
            return
        with self._lock:
            self._total_bytes += value.nbytes - getattr(self._entries.pop(key, None), "nbytes", 0)
            self._entries[key] = value
            while self._total_bytes > self._max_bytes:
                self._total_bytes -= self._entries.popitem(last=False)[1].nbytes

    def get_or_compute_value(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """Return the cached value of a key; if there is none, call `make` and cache its result.

        If several threads ask for the same key at once, `make` is called only once. `make` must not
        call this method on the same cache.
        """
        found = self.find_cached_value(key)
        if found is None:
            with self._computation_locks[hash(key) % STRIPES]:
                found = self.find_cached_value(key)
                if found is None:
                    found = make()
                    self.store_cached_value(key, found)
        return found
