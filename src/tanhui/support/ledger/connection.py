"""The ledger's cursor: what the database refuses, by name."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg

from tanhui.support.columns.cursor import column_cursor
from tanhui.support.ledger.types import Blocked, Overdrawn


@contextmanager
def raw_cursor() -> Iterator[psycopg.Cursor[Any]]:
    """A cursor that takes and gives columns.

    Raises `Crowded` when another writer was there in between, and `Overdrawn` or `Blocked` when the database refuses that.
    """
    with column_cursor() as cursor:
        try:
            yield cursor
        except psycopg.DatabaseError as problem:
            if problem.sqlstate == "TH003":
                raise Overdrawn(int(str(problem).split()[1])) from problem
            if problem.sqlstate == "TH006":
                raise Blocked(int(str(problem).split()[1])) from problem
            raise
