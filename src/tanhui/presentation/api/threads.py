"""Work in threads that keep a connection to the database."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from django.db import connection

P = ParamSpec("P")
Found = TypeVar("Found")


def with_connection(work: Callable[P, Found], *arguments: P.args, **named: P.kwargs) -> Found:
    """What `work` finds with this thread's connection; one that was cut off is put away first, and another opened."""
    if connection.connection is not None and connection.connection.closed:
        connection.close()
    return work(*arguments, **named)
