"""Work done one step ahead in a second thread, so that it goes on while this thread waits for the database."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection, connections

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
