"""Reading all postings of a kind, however many: row by row from the database, so that memory stays bounded."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import psycopg
from django.db import connection
from numpy.typing import NDArray

ROWS_PER_CHUNK = 50_000
ALIKE_COLUMNS = (
    "region", "day", "coefficient_id", "quantity_1", "quantity_2", "quantity_3", "records", "reduction_mg",
)  # fmt: skip
_ALIKE = """
    SELECT p.region::bigint, ((p.occurred_at AT TIME ZONE 'Asia/Shanghai')::date - DATE '1970-01-01')::bigint,
           p.coefficient_id::bigint, p.quantity_1, p.quantity_2, p.quantity_3, count(*), sum(p.reduction_mg)::bigint
    FROM ledger_posting AS p
    WHERE p.behavior = %s AND p.kind <> 2
      AND NOT EXISTS (SELECT FROM ledger_reversal AS r WHERE r.reverses = p.key)
    GROUP BY 1, 2, 3, 4, 5, 6
"""


def records_alike(behavior: int, *, rows_per_chunk: int = ROWS_PER_CHUNK) -> Iterator[dict[str, NDArray[np.int64]]]:
    """The records of a behavior that stand, those alike in place, day, coefficient and quantities counted as one row.

    Chunks of `ALIKE_COLUMNS`, each of shape (rows,); `day` is days since 1970 in the scheme's zone. To be read inside a
    transaction.
    """
    connection.ensure_connection()
    cursor: psycopg.ServerCursor[Any]
    with psycopg.ServerCursor(connection.connection, "records_alike") as cursor:
        cursor.execute(_ALIKE, [behavior], binary=True)
        while rows := cursor.fetchmany(rows_per_chunk):
            columns = np.array(rows, dtype=np.int64).T
            yield dict(zip(ALIKE_COLUMNS, columns, strict=True))
