"""All postings as columns, a piece at a time, as fast as the server sends them: for whoever checks them all."""

from collections.abc import Iterator
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from tanhui.support.columns.cursor import MICROSECONDS_TO_2000
from tanhui.support.ledger.connection import raw_cursor
from tanhui.support.ledger.types import POSTING_COLUMNS, Columns

PIECE = 1 << 15
_TYPES = {16: "V16", 8: ">i8", 4: ">i4", 2: ">i2"}
_HEADER = 19
_FIELDS = 2


def stream_postings(names: tuple[str, ...]) -> Iterator[Columns]:
    """These columns of every posting in pieces of `PIECE`, in no order; `occurred_at` in microseconds since 1970.

    Memory is bounded by the piece. The columns are read-only.
    """
    widths = dict(POSTING_COLUMNS)
    row = np.dtype(
        [("fields", ">i2")]
        + [(part, kind) for name in names for part, kind in ((f"{name}:width", ">i4"), (name, _TYPES[widths[name]]))]
    )
    with (
        raw_cursor() as cursor,
        cursor.copy(f"COPY (SELECT {', '.join(names)} FROM ledger_posting) TO STDOUT (FORMAT BINARY)") as copy,
    ):
        messages = iter(copy)
        rest = b""
        first = True
        while piece := list(islice(messages, PIECE)):
            data = rest + b"".join(piece)
            if first:
                data, first = data[_HEADER:], False
            many = len(data) // row.itemsize
            rest = data[many * row.itemsize :]
            if many:
                yield _columns(np.frombuffer(data, dtype=row, count=many), names)
        assert len(rest) == _FIELDS, "the stream ends with its trailer"


def _columns(rows: NDArray[np.void], names: tuple[str, ...]) -> Columns:
    columns = {name: rows[name].copy() if name == "key" else rows[name].astype(np.int64) for name in names}
    if "occurred_at" in columns:
        columns["occurred_at"] += MICROSECONDS_TO_2000
    return columns
