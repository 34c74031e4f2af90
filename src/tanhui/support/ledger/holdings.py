"""All that the books hold of one person, row by row: for the person to see and to take along."""

from typing import Any

from tanhui.support.ledger.connection import raw_cursor

_OF = {
    "ledger_balance": "SELECT * FROM ledger_balance WHERE person_id = %s",
    "ledger_posting": "SELECT * FROM ledger_posting WHERE person_id = %s ORDER BY sequence",
    "ledger_reversal": "SELECT r.* FROM ledger_reversal AS r JOIN ledger_posting AS p ON p.key = r.reverses "
    "WHERE p.person_id = %s ORDER BY r.booked_at, r.key",
    "ledger_transfer": "SELECT * FROM ledger_transfer WHERE person_id = %s ORDER BY id",
    "ledger_operation": "SELECT o.* FROM ledger_operation AS o WHERE o.key IN "
    "(SELECT operation FROM ledger_transfer WHERE person_id = %s) ORDER BY o.booked_at, o.key",
}


def holdings_of(person_id: int) -> dict[str, list[dict[str, Any]]]:
    """Every row of the person's in each table of the books: table → rows, column → value."""
    found = {}
    for table, statement in _OF.items():
        with raw_cursor() as cursor:
            cursor.execute(statement, [person_id])
            names = [column.name for column in cursor.description or []]
            found[table] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return found
