"""The raw connection under Django's, for COPY and binary arrays, inside Django's own transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.db import connection
from psycopg import errors, pq
from psycopg.adapt import Buffer, Dumper

from tanhui.support.ledger.types import Blocked, Crowded, Overdrawn


class UuidArray(bytes):
    """A `uuid[]` parameter encoded already."""


class BigintArray(bytes):
    """An `int8[]` parameter encoded already."""


class _Encoded(Dumper):
    format = pq.Format.BINARY

    def dump(self, obj: bytes) -> Buffer:
        return obj


class _UuidArrayDumper(_Encoded):
    oid = 2951


class _BigintArrayDumper(_Encoded):
    oid = 1016


@contextmanager
def raw_cursor() -> Iterator[psycopg.Cursor[Any]]:
    """A server-side binding cursor on Django's connection; results in binary.

    Raises `Crowded` when another writer was there in between, and `Overdrawn` or `Blocked` when the database refuses that.
    """
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:
        cursor.adapters.register_dumper(UuidArray, _UuidArrayDumper)
        cursor.adapters.register_dumper(BigintArray, _BigintArrayDumper)
        try:
            yield cursor
        except (errors.SerializationFailure, errors.DeadlockDetected, errors.UniqueViolation) as problem:
            raise Crowded from problem
        except psycopg.DatabaseError as problem:
            if problem.sqlstate == "TH003":
                raise Overdrawn(int(str(problem).split()[1])) from problem
            if problem.sqlstate == "TH006":
                raise Blocked(int(str(problem).split()[1])) from problem
            raise
