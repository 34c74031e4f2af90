"""Reading transfers of points."""

from datetime import date
from uuid import UUID

from tanhui.support.ledger.connection import raw_cursor
from tanhui.support.ledger.types import Move


def expired_in(person_id: int, lot: date) -> int:
    """How many milli-points of a person's lot have expired and were not clawed back since."""
    with raw_cursor() as cursor:
        cursor.execute(
            """
            SELECT coalesce(sum(CASE WHEN credit = 'expired' THEN amount_milli ELSE -amount_milli END), 0)::bigint
            FROM ledger_transfer WHERE person_id = %s AND expires_on = %s AND (credit = 'expired' OR debit = 'expired')
            """,
            [person_id, lot],
        )
        row = cursor.fetchone()
    return 0 if row is None else int(row[0])


def moves_of(operation: UUID) -> list[Move]:
    """What an operation moved, in the order it was booked."""
    with raw_cursor() as cursor:
        cursor.execute(
            "SELECT person_id, debit, credit, amount_milli, expires_on, hold FROM ledger_transfer "
            "WHERE operation = %s ORDER BY id",
            [operation],
        )
        return [Move(*row) for row in cursor.fetchall()]


def person_of_hold(hold: UUID) -> int | None:
    """Whose points a hold was made of, or None when there was never such a hold."""
    with raw_cursor() as cursor:
        cursor.execute("SELECT person_id FROM ledger_transfer WHERE hold = %s LIMIT 1", [hold])
        row = cursor.fetchone()
    return None if row is None else int(row[0])


def account_holders(*, after: int, most: int) -> list[int]:
    """The persons with an account whose number is above `after`, in order, at most so many."""
    with raw_cursor() as cursor:
        cursor.execute(
            "SELECT person_id FROM ledger_balance WHERE person_id > %s ORDER BY person_id LIMIT %s", [after, most]
        )
        return [int(row[0]) for row in cursor.fetchall()]
