"""Unwrapped keys remembered for a moment: few, and not for long, so that a provider is not asked for each field.

They are remembered by their wrapped form, which is read from the database each time: a key that was shredded or wrapped
anew, by whatever process, is not found here. The time is the process's own, since it measures a span and dates nothing.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from tanhui.support.security.keys.envelope import OpenKey

MOST = 2_000
LIFE_S = 60.0


class KeyCache:
    """At most so many keys, each for so many seconds; the one longest unused goes first."""

    def __init__(
        self, *, most: int = MOST, life_s: float = LIFE_S, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._most, self._life_s, self._monotonic = most, life_s, monotonic
        self._keys: OrderedDict[bytes, tuple[float, OpenKey]] = OrderedDict()
        self._lock = Lock()

    def get(self, wrapped: bytes) -> OpenKey | None:
        """The key of that wrapped form, or None."""
        with self._lock:
            entry = self._keys.get(wrapped)
            if entry is None:
                return None
            if entry[0] <= self._monotonic():
                del self._keys[wrapped]
                return None
            self._keys.move_to_end(wrapped)
            return entry[1]

    def put(self, wrapped: bytes, key: OpenKey) -> None:
        """Remembers it, and forgets what is too much or too old."""
        with self._lock:
            now = self._monotonic()
            self._keys[wrapped] = now + self._life_s, key
            self._keys.move_to_end(wrapped)
            while len(self._keys) > self._most:
                self._keys.popitem(last=False)

    def forget(self, wrapped: bytes) -> None:
        """Forgets that key now."""
        with self._lock:
            self._keys.pop(wrapped, None)

    def clear(self) -> None:
        """Forgets every key now."""
        with self._lock:
            self._keys.clear()

    def __len__(self) -> int:
        return len(self._keys)
