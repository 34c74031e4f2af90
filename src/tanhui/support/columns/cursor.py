"""A cursor on Django's connection, inside Django's own transaction, that takes and gives NumPy columns as binary arrays.

`bigint[]` is a column of int64, `uuid[]` one of 16-byte keys, `timestamptz[]` one of int64 microseconds since 1970, in which
'-infinity' is very small. What a statement gives back has no nulls; `array_agg` of no rows is None.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import psycopg
from django.db import connection
from numpy.typing import NDArray
from psycopg import errors, pq
from psycopg.adapt import Buffer, Dumper, Loader, PyFormat

Column = NDArray[Any]
MICROSECONDS_TO_2000 = 946_684_800_000_000
_BIGINT, _BIGINT_ARRAY, _TIMESTAMPTZ_ARRAY, _UUID, _UUID_ARRAY = 20, 1016, 1185, 2950, 2951
_NUMBERS = np.dtype([("width", ">i4"), ("value", ">i8")])
_KEYS = np.dtype([("width", ">i4"), ("value", "V16")])
_HEAD = 20  # of an array: dimensions, nulls, type, length and lower bound, four bytes each


class Crowded(Exception):  # noqa: N818 - not an error: another writer was there first, the caller tries again
    """Another writer wrote the same rows in between; the whole batch is to be tried again."""


@contextmanager
def column_cursor() -> Iterator[psycopg.Cursor[Any]]:
    """A cursor whose parameters and results are binary. Raises `Crowded` when another writer was there in between."""
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:
        cursor.format = pq.Format.BINARY
        cursor.adapters.register_dumper(np.ndarray, _ColumnDumper)
        for oid, loader in ((_BIGINT_ARRAY, _Numbers), (_TIMESTAMPTZ_ARRAY, _Moments), (_UUID_ARRAY, _Keys)):
            cursor.adapters.register_loader(oid, loader)
        try:
            yield cursor
        except (errors.SerializationFailure, errors.DeadlockDetected, errors.UniqueViolation) as problem:
            raise Crowded from problem


class _ColumnDumper(Dumper):
    """Chooses by what the column holds."""

    format = pq.Format.BINARY

    def get_key(self, obj: Column, format: PyFormat) -> tuple[type, str]:  # type: ignore[override]  # noqa: A002, ARG002
        return (np.ndarray, obj.dtype.kind)

    def upgrade(self, obj: Column, format: PyFormat) -> Dumper:  # noqa: A002, ARG002
        return (_KeysDumper if obj.dtype.kind == "V" else _NumbersDumper)(np.ndarray)

    def dump(self, obj: Column) -> Buffer:  # noqa: ARG002
        raise AssertionError("`upgrade` has chosen another dumper")


class _NumbersDumper(Dumper):
    format, oid = pq.Format.BINARY, _BIGINT_ARRAY

    def dump(self, obj: Column) -> Buffer:
        return _encode(obj, _NUMBERS, _BIGINT)


class _KeysDumper(Dumper):
    format, oid = pq.Format.BINARY, _UUID_ARRAY

    def dump(self, obj: Column) -> Buffer:
        return _encode(obj, _KEYS, _UUID)


class _Numbers(Loader):
    format = pq.Format.BINARY

    def load(self, data: Buffer) -> Column:
        return _decode(data, _NUMBERS).astype(np.int64)


class _Moments(Loader):
    format = pq.Format.BINARY

    def load(self, data: Buffer) -> Column:
        return _decode(data, _NUMBERS).astype(np.int64) + MICROSECONDS_TO_2000


class _Keys(Loader):
    format = pq.Format.BINARY

    def load(self, data: Buffer) -> Column:
        return _decode(data, _KEYS).copy()


def _encode(column: Column, row: np.dtype[Any], oid: int) -> bytes:
    rows = np.empty(len(column), dtype=row)
    rows["width"], rows["value"] = row["value"].itemsize, column
    return np.array([1, 0, oid, len(column), 1], dtype=">i4").tobytes() + rows.tobytes()


def _decode(data: Buffer, row: np.dtype[Any]) -> Column:
    return np.frombuffer(data, dtype=row, offset=min(_HEAD, len(data)))["value"]
