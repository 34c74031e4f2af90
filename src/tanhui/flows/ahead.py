"""Work done one step ahead in a second thread, so that it goes on while this thread waits for the database."""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
from django.db import connection, connections
from numpy.typing import NDArray

Integers = NDArray[np.int64]

Item = TypeVar("Item")
_END = object()


def one_ahead(items: Iterable[Item]) -> Iterator[Item]:
    """The items in their order; the next is made in a second thread while this one is used. Its exceptions are raised here.

    Within a transaction (a dry run) there is no second thread: its connection would not see what this one has done.
    """
    if connection.in_atomic_block:
        yield from items
        return
    source = iter(items)
    with ThreadPoolExecutor(max_workers=1) as thread:
        try:
            following = thread.submit(next, source, _END)
            while (item := following.result()) is not _END:
                following = thread.submit(next, source, _END)
                yield item  # type: ignore[misc] # what is not the end is an item
        finally:
            thread.submit(connections.close_all)


@dataclass(frozen=True, slots=True)
class Touched:
    """Whose accounts were posted to, and by which records."""

    persons: Integers
    keys: frozenset[bytes]


@dataclass
class Wake:
    """What one process has booked of late, so that what was read ahead of it can be told to have changed.

    What others book meanwhile is not seen here: the ledger refuses a batch that builds on an account they have changed.
    """

    longest: int = 64
    _booked: deque[Touched] = field(default_factory=deque)
    _count: int = 0

    def mark(self) -> int:
        """A moment, to be taken before the books are read."""
        return self._count

    def add(self, touched: Touched) -> None:
        """Remembers a batch, after its commit."""
        self._booked.append(touched)
        self._count += 1
        if len(self._booked) > self.longest:
            self._booked.popleft()

    def since(self, mark: int) -> Touched | None:
        """What was booked since that moment, or None when that is too long ago to be known."""
        many = self._count - mark
        if many > len(self._booked):
            return None
        last = [self._booked[-number] for number in range(1, many + 1)]
        return Touched(
            np.concatenate([np.empty(0, dtype=np.int64), *(touched.persons for touched in last)]),
            frozenset().union(*(touched.keys for touched in last)),
        )
