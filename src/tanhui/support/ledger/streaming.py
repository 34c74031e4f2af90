"""All postings as columns, a piece at a time, as fast as the server sends them: for whoever checks them all."""

from collections.abc import Iterator

import numpy as np

from tanhui.support.ledger.connection import raw_cursor
from tanhui.support.ledger.types import POSTING_COLUMNS, Columns, Integers

PAGES = 700  # of the table, at most some 33,000 postings: a piece that a processor's cache still likes
_NARROW = {name for name, width in POSTING_COLUMNS if width < 8 and name != "expires_on"}
_READ = {name: f"{name}::bigint" for name in _NARROW} | {"expires_on": "(expires_on - DATE '1970-01-01')::bigint"}


def stream_postings(names: tuple[str, ...]) -> Iterator[Columns]:
    """These columns of every posting in pieces, as they lie in the table; times in microseconds, days in days since 1970.

    Memory is bounded by the piece. Within a transaction that sees one moment, each posting of that moment comes once.
    """
    columns = ", ".join(f"array_agg({_READ.get(name, name)})" for name in names)
    piece = f"SELECT {columns} FROM ledger_posting WHERE ctid >= %s::text::tid AND ctid < %s::text::tid"
    with raw_cursor() as cursor:
        cursor.execute("SELECT pg_relation_size('ledger_posting') / current_setting('block_size')::bigint")
        size = cursor.fetchone()
        for page in range(0, int(size[0]) if size else 0, PAGES):
            cursor.execute(piece, [f"({page},0)", f"({page + PAGES},0)"])
            row = cursor.fetchone()
            if row is not None and row[0] is not None:
                yield dict(zip(names, row, strict=True))


def booked_at(batches: Integers) -> Integers:
    """When each of these batches was booked, in microseconds since 1970; very small for one that there is not; at least one is asked."""
    changes = np.flatnonzero(np.diff(batches, prepend=batches[0] - 1))  # a batch's postings mostly lie together
    lengths = np.diff(changes, append=len(batches))
    with raw_cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(coalesce(b.booked_at, '-infinity') ORDER BY place) "
            "FROM unnest(%s) WITH ORDINALITY AS run(number, place) LEFT JOIN ledger_batch AS b ON b.id = run.number",
            [batches[changes]],
        )
        row = cursor.fetchone()
    assert row is not None
    return np.repeat(row[0], lengths)
