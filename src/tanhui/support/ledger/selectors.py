"""Reading the ledger."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import numpy as np
from psycopg import Cursor

from tanhui.support.ledger.connection import raw_cursor
from tanhui.support.ledger.types import AccountBalance, Accounts, Integers, Keys

_POINTS = """CASE WHEN p.kind <> 2 THEN p.points_milli ELSE -(
    SELECT o.points_milli FROM ledger_reversal AS back JOIN ledger_posting AS o ON o.key = back.reverses WHERE back.key = p.key
) END"""  # what a posting means for the points earned: a reversal takes back those of its record


def known_keys(keys: Keys) -> dict[bytes, int]:
    """Which of these keys are booked already, each with the hash of its content."""
    with raw_cursor() as cursor:
        cursor.execute("SELECT uuid_send(key), content FROM ledger_posting WHERE key = ANY(%s)", [keys])
        return dict(cursor.fetchall())


def booked_amounts(keys: Keys) -> dict[bytes, tuple[int, int, int, bool]]:
    """Of those of these keys that are booked: milligrams reduced and credited, milli-points, and whether a cap cut it."""
    with raw_cursor() as cursor:
        cursor.execute(
            "SELECT uuid_send(key), reduction_mg, credited_mg, points_milli, capped_by > 0 FROM ledger_posting WHERE key = ANY(%s)",
            [keys],
        )
        return {key: (reduced, credited, milli, capped) for key, reduced, credited, milli, capped in cursor.fetchall()}


def read_accounts(persons: Integers) -> Accounts:
    """The state of these accounts, which are sorted and different, as posting a batch needs it."""
    if not len(persons):
        return Accounts(postings=persons, ended_at=persons, standing=persons)
    with raw_cursor() as cursor:
        cursor.execute(
            """
            SELECT array_agg(person_id), array_agg(postings + (standing::bigint << 32)),
                   array_agg(coalesce(last_ended_at, '-infinity'))
            FROM (SELECT * FROM ledger_balance WHERE person_id = ANY(%s) ORDER BY person_id) AS account
            """,
            [persons],
        )
        row = cursor.fetchone()
    assert row is not None
    found, packed, ended_at = row  # two small numbers in one: a column less to make and to send
    assert np.array_equal(found, persons), "every person has an account"
    return Accounts(postings=packed & 0xFFFFFFFF, ended_at=ended_at, standing=packed >> 32)


def overlapping(
    *, persons: Integers, behaviors: Integers, starts: Integers, ends: Integers, exclusive: Integers, partner_id: int
) -> dict[int, int]:
    """Which of these acts overlap one booked already of the same person and behavior: their index → the other's partner.

    Times are microseconds since 1970. A moment (start = end) overlaps an act that begins then or is going on. Acts that are
    not `exclusive` (0 or 1) may overlap others of the same partner, but not those of another: they would be the same act.
    """
    with raw_cursor() as cursor:
        cursor.execute(
            """
            SELECT act.number - 1, min(p.partner_id)
            FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) WITH ORDINALITY
                AS act(person_id, behavior, starts, ends, exclusive, number)
            CROSS JOIN LATERAL (
                SELECT to_timestamp(starts / 1000000.0) AS starts_at, to_timestamp(ends / 1000000.0) AS ends_at
            ) AS t
            JOIN ledger_posting AS p ON p.person_id = act.person_id AND p.behavior = act.behavior AND p.kind <> 2
                AND p.occurred_at >= t.starts_at - interval '40 days' AND p.occurred_at <= t.ends_at
                AND ((p.occurred_at < t.ends_at AND p.occurred_at + p.duration_s * interval '1 second' > t.starts_at)
                     OR p.occurred_at = t.starts_at)
                AND (act.exclusive = 1 OR p.partner_id <> %s)
            WHERE NOT EXISTS (SELECT FROM ledger_reversal AS r WHERE r.reverses = p.key)
            GROUP BY act.number
            """,
            [persons, behaviors, starts, ends, exclusive, partner_id],
        )
        return {int(number): int(partner) for number, partner in cursor.fetchall()}


def usage(*, persons: Integers, behaviors: Integers, starts: Integers, ends: Integers, by_household: bool) -> Integers:
    """What was booked in each span, one row each: records that were credited, milligrams, milli-points. Behavior 0 means any."""
    holder = "household" if by_household else "person_id"
    guard = "AND p.household <> 0" if by_household else ""
    with raw_cursor() as cursor:
        cursor.execute(
            f"""
            SELECT sums.records, sums.mg, sums.milli
            FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) WITH ORDINALITY
                AS span(holder, behavior, starts, ends, number),
                LATERAL (
                    SELECT coalesce(sum(sign(p.credited_mg)), 0)::bigint AS records,
                           coalesce(sum(p.credited_mg), 0)::bigint AS mg, coalesce(sum({_POINTS}), 0)::bigint AS milli
                    FROM ledger_posting AS p
                    WHERE p.{holder} = span.holder AND p.occurred_at >= to_timestamp(span.starts / 1000000.0) {guard}
                      AND p.occurred_at < to_timestamp(span.ends / 1000000.0)
                      AND (span.behavior = 0 OR p.behavior = span.behavior)
                ) AS sums
            ORDER BY span.number
            """,
            [persons, behaviors, starts, ends],
        )  # fmt: skip
        return np.array(cursor.fetchall(), dtype=np.int64).reshape(-1, 3)


def balance(person_id: int) -> AccountBalance | None:
    """A person's balance now, or None when there is no such account."""
    with raw_cursor() as cursor:
        cursor.execute(
            "SELECT person_id, reduction_mg, available_milli, held_milli, postings, blocked, standing "
            "FROM ledger_balance WHERE person_id = %s",
            [person_id],
        )
        row = cursor.fetchone()
    return None if row is None else AccountBalance(*row)


def lots(person_id: int) -> list[tuple[date, int]]:
    """The person's available points by day of expiry, the earliest first; their sum is the available balance."""
    with raw_cursor() as cursor:
        cursor.execute(
            """
            SELECT expires_on, sum(milli)::bigint FROM (
                SELECT expires_on, points_milli AS milli FROM ledger_posting WHERE person_id = %(person)s
                UNION ALL
                SELECT expires_on, CASE WHEN credit = 'available' THEN amount_milli ELSE 0 END
                                 - CASE WHEN debit = 'available' THEN amount_milli ELSE 0 END
                FROM ledger_transfer WHERE person_id = %(person)s
            ) AS moves GROUP BY expires_on HAVING sum(milli) <> 0 ORDER BY expires_on
            """,
            {"person": person_id},
        )
        return [(row[0], int(row[1])) for row in cursor.fetchall()]


def held(hold: UUID) -> list[tuple[int, date, int]]:
    """What a hold still holds: person, day of expiry and milli-points of each lot."""
    with raw_cursor() as cursor:
        cursor.execute(
            """
            SELECT person_id, expires_on,
                   sum(CASE WHEN credit = 'held' THEN amount_milli ELSE -amount_milli END)::bigint AS milli
            FROM ledger_transfer WHERE hold = %s GROUP BY person_id, expires_on
            HAVING sum(CASE WHEN credit = 'held' THEN amount_milli ELSE -amount_milli END) <> 0 ORDER BY expires_on
            """,
            [hold],
        )
        return [(int(person), day, int(milli)) for person, day, milli in cursor.fetchall()]


def posting(key: UUID) -> dict[str, Any] | None:
    """One posting with its batch and what became of it, or None."""
    with raw_cursor() as cursor:
        cursor.execute(
            """
            SELECT p.*, b.booked_at, b.reference, b.kind AS batch_kind, r.key AS reversal, r.reason AS reversal_reason,
                   r.replaced_by, back.reverses
            FROM ledger_posting AS p JOIN ledger_batch AS b ON b.id = p.batch_id
            LEFT JOIN ledger_reversal AS r ON r.reverses = p.key LEFT JOIN ledger_reversal AS back ON back.key = p.key
            WHERE p.key = %s
            """,
            [key],
        )
        rows = _named(cursor)
    return rows[0] if rows else None


def statement(person_id: int, *, until: datetime | None = None) -> list[dict[str, Any]]:
    """Records, grams and points by month and behavior (in the scheme's zone), of what was booked up to `until`."""
    with raw_cursor() as cursor:
        cursor.execute(
            f"""
            SELECT to_char(p.occurred_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM') AS month, p.behavior,
                   sum(CASE WHEN p.kind = 2 THEN -1 ELSE 1 END)::bigint AS records, sum(p.reduction_mg)::bigint AS reduction_mg,
                   sum(p.credited_mg)::bigint AS credited_mg, sum({_POINTS})::bigint AS points_milli
            FROM ledger_posting AS p JOIN ledger_batch AS b ON b.id = p.batch_id
            WHERE p.person_id = %(person)s AND (%(until)s::timestamptz IS NULL OR b.booked_at <= %(until)s)
            GROUP BY 1, 2 ORDER BY 1, 2
            """,
            {"person": person_id, "until": until},
        )
        return _named(cursor)


def recent_postings(person_id: int, *, limit: int) -> list[dict[str, Any]]:
    """The person's latest postings by the time of the act, newest first."""
    with raw_cursor() as cursor:
        cursor.execute(
            "SELECT key, occurred_at, behavior, reduction_mg, credited_mg, points_milli, kind, capped_by FROM ledger_posting "
            "WHERE person_id = %s ORDER BY occurred_at DESC, sequence DESC LIMIT %s",
            [person_id, limit],
        )
        return _named(cursor)


def totals_by_behavior() -> list[dict[str, Any]]:
    """Records (less those taken back), persons, grams and points by behavior, of all postings."""
    with raw_cursor() as cursor:
        cursor.execute(
            f"""
            SELECT behavior, sum(CASE WHEN kind = 2 THEN -1 ELSE 1 END)::bigint AS records,
                   count(DISTINCT person_id) AS persons, sum(reduction_mg)::bigint AS reduction_mg,
                   sum(credited_mg)::bigint AS credited_mg, sum({_POINTS})::bigint AS points_milli
            FROM ledger_posting AS p GROUP BY behavior ORDER BY behavior
            """
        )
        return _named(cursor)


def credited_alike() -> list[dict[str, Any]]:
    """Records, grams and points of all postings by behavior, partner and evidence; what was taken back counts nothing."""
    with raw_cursor() as cursor:
        cursor.execute(
            f"""
            SELECT behavior, partner_id, evidence, sum(CASE WHEN kind = 2 THEN -1 ELSE 1 END)::bigint AS records,
                   sum(credited_mg)::bigint AS credited_mg, sum({_POINTS})::bigint AS points_milli
            FROM ledger_posting AS p GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
            """
        )
        return _named(cursor)


def _named(cursor: Cursor[Any]) -> list[dict[str, Any]]:
    names = [column.name for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def typical_person() -> int | None:
    """The person whose number of postings is nearest to 24 among those with something credited, or None."""
    with raw_cursor() as cursor:
        cursor.execute(
            "SELECT person_id FROM ledger_balance WHERE reduction_mg > 0 ORDER BY abs(postings - 24), person_id LIMIT 1"
        )
        row = cursor.fetchone()
    return None if row is None else int(row[0])


def standing_postings(person_id: int, *, behavior: int) -> list[dict[str, Any]]:
    """The person's postings of that behavior that were not taken back, in the order of the acts."""
    with raw_cursor() as cursor:
        cursor.execute(
            """
            SELECT p.occurred_at, p.coefficient_id, p.quantity_1, p.quantity_2, p.quantity_3
            FROM ledger_posting AS p
            WHERE p.person_id = %s AND p.behavior = %s AND p.kind <> 2
              AND NOT EXISTS (SELECT FROM ledger_reversal AS r WHERE r.reverses = p.key)
            ORDER BY p.occurred_at
            """,
            [person_id, behavior],
        )
        return _named(cursor)


def balance_at(person_id: int, at: datetime) -> tuple[int, int, int]:
    """What the account held of what was booked up to that moment: milligrams, milli-points available and held."""
    with raw_cursor() as cursor:
        cursor.execute(
            """
            WITH posted AS (
                SELECT coalesce(sum(p.credited_mg), 0) AS mg, coalesce(sum(p.points_milli), 0) AS milli
                FROM ledger_posting AS p JOIN ledger_batch AS b ON b.id = p.batch_id
                WHERE p.person_id = %(person)s AND b.booked_at <= %(at)s
            ), moved AS (
                SELECT coalesce(sum(t.amount_milli * (CASE WHEN t.credit = 'available' THEN 1 WHEN t.debit = 'available' THEN -1
                                                      ELSE 0 END)), 0) AS available,
                       coalesce(sum(t.amount_milli * (CASE WHEN t.credit = 'held' THEN 1 WHEN t.debit = 'held' THEN -1
                                                      ELSE 0 END)), 0) AS held
                FROM ledger_transfer AS t JOIN ledger_operation AS o ON o.key = t.operation
                WHERE t.person_id = %(person)s AND o.booked_at <= %(at)s
            ) SELECT mg::bigint, (milli + available)::bigint, held::bigint FROM posted, moved
            """,
            {"person": person_id, "at": at},
        )
        row = cursor.fetchone()
    assert row is not None
    return row[0], row[1], row[2]
