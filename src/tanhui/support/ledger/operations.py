"""All operations with what they moved or took back, a piece at a time: for whoever checks them all."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from tanhui.support.ledger.connection import raw_cursor

AT_ONCE = 5_000
_NEXT = """
    SELECT o.key, o.kind, o.content, o.reason, t.persons, t.person_id, t.amount_milli, t.hold, r.reverses, r.replaced_by,
           m.quantity_1, m.quantity_2, m.quantity_3
    FROM (SELECT * FROM ledger_operation WHERE key > %s ORDER BY key LIMIT %s) AS o
    CROSS JOIN LATERAL (
        SELECT count(DISTINCT person_id) AS persons, min(person_id) AS person_id, sum(amount_milli)::bigint AS amount_milli,
               min(hold::text)::uuid AS hold
        FROM ledger_transfer WHERE operation = o.key AND o.kind IN ('hold', 'spend', 'retire', 'release', 'forfeit')
    ) AS t
    LEFT JOIN ledger_reversal AS r
        ON r.key = o.key AND (r.reason, r.actor, r.booked_at) = (o.reason, o.actor, o.booked_at)
    LEFT JOIN ledger_posting AS m ON m.key = r.replaced_by
    ORDER BY o.key"""


def stream_operations() -> Iterator[dict[str, Any]]:
    """Every operation with its transfers summed up, and, of a correction, what it took back and booked in its place.

    `persons` are counted; `quantities` is None when nothing was booked anew.
    """
    after: UUID | None = UUID(int=0)
    while after is not None:
        with raw_cursor() as cursor:
            cursor.execute(_NEXT, [after, AT_ONCE])
            names = [column.name for column in cursor.description or []][:-3]
            rows = cursor.fetchall()
        for row in rows:
            quantities = None if row[-1] is None else row[-3:]
            yield {**dict(zip(names, row, strict=False)), "quantities": quantities}
        after = rows[-1][0] if rows else None
