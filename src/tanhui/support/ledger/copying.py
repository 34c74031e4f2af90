"""Postings as PostgreSQL's binary COPY format, built from columns in one go.

Every row has the same width, so the whole batch is one NumPy array of records: no Python per row.
"""

import numpy as np

from tanhui.support.columns.cursor import MICROSECONDS_TO_2000
from tanhui.support.ledger.types import POSTING_COLUMNS, Columns

_SIGNATURE = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER = b"\xff\xff"
_TYPES = {16: "V16", 8: ">i8", 4: ">i4", 2: ">i2"}
_ROW = np.dtype(
    [
        ("fields", ">i2"),
        *(
            (part, kind)
            for name, width in POSTING_COLUMNS
            for part, kind in ((f"{name}:width", ">i4"), (name, _TYPES[width]))
        ),
    ]
)

DAYS_TO_2000 = 10_957


def encode_postings(columns: Columns) -> bytes:
    """The columns as one binary COPY stream; each of shape (records,). Times are microseconds, dates days, since 1970.

    Rows go by person, so that the index and the balances of persons are gone through once, in one direction.
    """
    rows = np.empty(len(columns["key"]), dtype=_ROW)
    rows["fields"] = len(POSTING_COLUMNS)
    for name, width in POSTING_COLUMNS:
        rows[f"{name}:width"] = width
        rows[name] = columns[name]
    rows["occurred_at"] = columns["occurred_at"] - MICROSECONDS_TO_2000
    rows["expires_on"] = columns["expires_on"] - DAYS_TO_2000
    by_person = np.argsort(columns["person_id"], kind="stable")
    return _SIGNATURE + rows[by_person].tobytes() + _TRAILER
