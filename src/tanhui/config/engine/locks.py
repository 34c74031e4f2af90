"""Two file locks: one for whoever starts or stops the server, one that the server's processes hold while they live.

Locks of the kernel (``flock``) end with their holder, however it dies, so none is ever left behind.
"""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

Progress = Callable[[str, float], None]
"""Called while waiting, with what is waited for and the seconds so far."""

PAUSE = 0.02


def silent(_what: str, _seconds: float) -> None:
    """The progress that tells nobody."""


@contextmanager
def held(lock: Path, *, waiting_for: str, progress: Progress) -> Iterator[int]:
    """Hold a lock, waiting for it without limit; gives its descriptor."""
    descriptor = open_lock(lock)
    try:
        began = time.monotonic()
        while not try_lock(descriptor):
            progress(waiting_for, time.monotonic() - began)
            time.sleep(PAUSE)
        yield descriptor
    finally:
        os.close(descriptor)


def open_lock(lock: Path) -> int:
    """A descriptor of the lock file, not inherited by other programs unless they are told to."""
    return os.open(lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)


def try_lock(descriptor: int) -> bool:
    """Take the lock if nobody has it."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_free(lock: Path) -> bool:
    """Whether nobody holds the lock now."""
    descriptor = open_lock(lock)
    try:
        return try_lock(descriptor)
    finally:
        os.close(descriptor)
