"""Reading transfers of points."""

from datetime import date
from uuid import UUID

import numpy as np

from tanhui.support.ledger.connection import raw_cursor
from tanhui.support.ledger.types import NEVER, Integers, Move


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


def next_holder(*, least: int) -> int | None:
    """The first person from that number on who has an account, or None."""
    with raw_cursor() as cursor:
        cursor.execute("SELECT min(person_id) FROM ledger_balance WHERE person_id >= %s", [least])
        row = cursor.fetchone()
    return None if row is None or row[0] is None else int(row[0])


def holders_with_points(*, first: int, end: int) -> Integers:
    """The persons from `first` until `end` who have available points; their accounts are held until the transaction ends."""
    with raw_cursor() as cursor:
        cursor.execute(
            "SELECT person_id FROM ledger_balance WHERE person_id >= %s AND person_id < %s AND available_milli > 0 "
            "ORDER BY person_id FOR UPDATE",
            [first, end],
        )
        return np.array(cursor.fetchall(), dtype=np.int64).ravel()


def expiring_lots(persons: Integers, *, on: date) -> list[Move]:
    """The moves by which these persons' points expire: what is left of lots of `on` or before when the debt is paid.

    The same as `core.lots.net_lots` says of one account, for many at once.
    """
    assert on < NEVER
    with raw_cursor() as cursor:
        cursor.execute(
            """
            WITH moved AS (
                SELECT person_id, expires_on, points_milli AS milli FROM ledger_posting
                WHERE person_id = ANY(%(persons)s) AND points_milli > 0 AND (expires_on <= %(on)s OR expires_on = %(never)s)
              UNION ALL
                SELECT person_id, expires_on,
                       CASE 'available' WHEN credit THEN amount_milli WHEN debit THEN -amount_milli ELSE 0 END
                FROM ledger_transfer
                WHERE person_id = ANY(%(persons)s) AND (expires_on <= %(on)s OR expires_on = %(never)s)
            ), lots AS (
                SELECT person_id, expires_on, sum(milli)::bigint AS milli FROM moved GROUP BY person_id, expires_on
            ), ordered AS (
                SELECT l.person_id, l.expires_on, l.milli,
                       sum(l.milli) OVER (PARTITION BY l.person_id ORDER BY l.expires_on) - coalesce(-d.milli, 0) AS net
                FROM lots AS l
                LEFT JOIN lots AS d ON d.person_id = l.person_id AND d.expires_on = %(never)s AND d.milli < 0
                WHERE l.expires_on <= %(on)s AND l.milli > 0
            )
            SELECT person_id, 'available', 'expired', least(milli, net)::bigint, expires_on FROM ordered WHERE net > 0
            ORDER BY person_id, expires_on
            """,
            {"persons": persons, "on": on, "never": NEVER},
        )
        return [Move(*row) for row in cursor.fetchall()]
