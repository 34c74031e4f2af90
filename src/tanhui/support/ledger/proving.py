"""Proving the ledger from itself: each check finds what is wrong, and nothing when the books are right.

A check is one statement that the server answers with the rows at fault; they say what was expected and what was found.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tanhui.support.ledger.connection import raw_cursor

MOST_FOUND = 100


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong: the check that found it, who or what it is about, and the figures."""

    check: str
    about: str
    figures: dict[str, Any]


# Postings and transfers of each person and lot, and what the balance says. Each posting's place in the account enters the
# exclusive or of hashes under a seed chosen now: equal to that of 1..n, with n postings, only when they are exactly 1..n.
_ACCOUNTS = """
WITH lots AS (
    SELECT person_id, expires_on, sum(mg)::bigint AS mg, sum(available)::bigint AS available, sum(held)::bigint AS held,
           sum(expired)::bigint AS expired, sum(clawed)::bigint AS clawed, sum(many)::bigint AS many,
           min(first) AS first, max(last) AS last, bit_xor(hash) AS hash
    FROM (
        SELECT person_id, expires_on, sum(credited_mg)::bigint AS mg, sum(points_milli)::bigint AS available,
               0::bigint AS held, 0::bigint AS expired, 0::bigint AS clawed, count(*) AS many, min(sequence) AS first,
               max(sequence) AS last, bit_xor(hashint4extended(sequence, {seed})) AS hash
        FROM ledger_posting GROUP BY person_id, expires_on
      UNION ALL
        SELECT person_id, expires_on, 0,
               sum(CASE 'available' WHEN credit THEN amount_milli WHEN debit THEN -amount_milli ELSE 0 END)::bigint,
               sum(CASE 'held' WHEN credit THEN amount_milli WHEN debit THEN -amount_milli ELSE 0 END)::bigint,
               sum(CASE 'expired' WHEN credit THEN amount_milli WHEN debit THEN -amount_milli ELSE 0 END)::bigint,
               sum(CASE WHEN debit = 'available' AND credit = 'clawed_back' THEN amount_milli ELSE 0 END)::bigint,
               0, NULL, NULL, NULL
        FROM ledger_transfer GROUP BY person_id, expires_on
    ) AS moved GROUP BY person_id, expires_on
), accounts AS (
    SELECT person_id, sum(mg)::bigint AS mg, sum(available)::bigint AS available, sum(held)::bigint AS held,
           sum(many)::bigint AS many, coalesce(min(first), 1) AS first, coalesce(max(last), 0) AS last, bit_xor(hash) AS hash,
           min(available) FILTER (WHERE expires_on <> 'infinity-of-ours') AS least_lot,
           min(available + clawed) FILTER (WHERE expires_on = 'infinity-of-ours') AS debt_beyond_claw_back,
           min(held) AS least_held, min(expired) AS least_expired
    FROM lots GROUP BY person_id
), places AS (
    SELECT n, bit_xor(hashint4extended(n, {seed})) OVER (ORDER BY n) AS hash
    FROM generate_series(1, (SELECT coalesce(max(many), 0)::integer FROM accounts)) AS n
)
SELECT coalesce(a.person_id, b.person_id) AS person_id, b.reduction_mg, a.mg AS posted_mg, b.available_milli,
       a.available AS lots_milli, b.held_milli, a.held AS holds_milli, b.postings, a.many AS posted,
       a.last AS last_sequence, a.least_lot, a.debt_beyond_claw_back, a.least_held, a.least_expired,
       coalesce(a.hash = p.hash, a.many = 0, true) AS gap_free
FROM accounts AS a FULL JOIN ledger_balance AS b ON b.person_id = a.person_id LEFT JOIN places AS p ON p.n = a.many
WHERE b.person_id IS NULL
   OR (b.reduction_mg, b.available_milli, b.held_milli, b.postings)
      IS DISTINCT FROM (coalesce(a.mg, 0), coalesce(a.available, 0), coalesce(a.held, 0), coalesce(a.many, 0))
   OR (a.many > 0 AND (a.first <> 1 OR a.last <> a.many OR a.hash <> p.hash))
   OR a.least_lot < 0 OR a.debt_beyond_claw_back < 0 OR a.least_held < 0 OR a.least_expired < 0
LIMIT {most}
""".replace("infinity-of-ours", "9999-12-31")


def _same(table: str) -> str:
    """The columns in which a reversal and a replacement are as their record."""
    columns = (
        "person_id", "occurred_at", "duration_s", "behavior", "region", "household", "partner_id", "evidence", "content",
        "coefficient_id", "rule_id", "expires_on",
    )  # fmt: skip
    return ", ".join(f"{table}.{name}" for name in columns)


CHECKS: dict[str, str] = {
    "accounts": _ACCOUNTS,
    "entries_balance": "SELECT unit AS about, sum(amount) AS sum FROM ledger_entry GROUP BY unit HAVING sum(amount) <> 0",
    "postings_have_their_batch": """
        SELECT p.key AS about, p.batch_id FROM ledger_posting AS p
        WHERE NOT EXISTS (SELECT FROM ledger_batch AS b WHERE b.id = p.batch_id AND b.partner_id = p.partner_id)
        LIMIT {most}""",
    "watermarks": """
        SELECT b.person_id, b.last_ended_at, p.ended_at FROM ledger_balance AS b
        LEFT JOIN (
            SELECT person_id, max(occurred_at + duration_s * interval '1 second') FILTER (WHERE kind <> 2) AS ended_at
            FROM ledger_posting GROUP BY person_id
        ) AS p ON p.person_id = b.person_id
        WHERE b.last_ended_at IS DISTINCT FROM p.ended_at LIMIT {most}""",
    "reversals_are_exact": f"""
        SELECT r.key AS about, r.reverses, o.credited_mg, n.credited_mg AS reversed_mg FROM ledger_reversal AS r
        LEFT JOIN ledger_posting AS o ON o.key = r.reverses LEFT JOIN ledger_posting AS n ON n.key = r.key
        LEFT JOIN ledger_posting AS m ON m.key = r.replaced_by
        WHERE (o.kind IN (1, 3) AND n.kind = 2 AND n.reduction_mg = -o.reduction_mg AND n.credited_mg = -o.credited_mg
               AND (n.quantity_1, n.quantity_2, n.quantity_3, n.batch_id IS DISTINCT FROM m.batch_id, {_same("n")})
                 = (o.quantity_1, o.quantity_2, o.quantity_3, r.replaced_by IS NULL, {_same("o")})
               AND (r.replaced_by IS NULL OR (m.kind = 3 AND ({_same("m")}) = ({_same("o")})))
               AND EXISTS (SELECT FROM ledger_operation AS w WHERE w.key = r.key AND w.kind = 'correct')) IS NOT TRUE
        LIMIT {{most}}""",
    "reversals_have_their_record": """
        SELECT p.key AS about, p.kind FROM ledger_posting AS p
        WHERE p.kind <> 1 AND NOT EXISTS (
            SELECT FROM ledger_reversal AS r WHERE CASE p.kind WHEN 2 THEN r.key ELSE r.replaced_by END = p.key)
        LIMIT {most}""",
    "points_of_reversed_are_clawed_back": """
        SELECT r.reverses AS about, o.points_milli, coalesce(t.milli, 0) AS clawed_back_milli
        FROM ledger_reversal AS r JOIN ledger_posting AS o ON o.key = r.reverses
        LEFT JOIN LATERAL (SELECT sum(amount_milli) AS milli FROM ledger_transfer
                           WHERE operation = r.key AND credit = 'clawed_back') AS t ON true
        WHERE o.points_milli <> coalesce(t.milli, 0) LIMIT {most}""",
    "holds_are_covered": """
        SELECT hold AS about, expires_on, count(DISTINCT person_id) AS persons,
               sum(CASE WHEN credit = 'held' THEN amount_milli ELSE -amount_milli END) AS held_milli
        FROM ledger_transfer WHERE hold IS NOT NULL GROUP BY hold, expires_on
        HAVING sum(CASE WHEN credit = 'held' THEN amount_milli ELSE -amount_milli END) < 0 OR count(DISTINCT person_id) > 1
        LIMIT {most}""",
    "transfers_have_their_operation": """
        SELECT t.id AS about, t.operation FROM ledger_transfer AS t
        WHERE NOT EXISTS (
            SELECT FROM ledger_operation AS o WHERE o.key = t.operation
              AND (o.kind, t.credit) IN (('hold', 'held'), ('spend', 'retired'), ('retire', 'retired'), ('release', 'available'),
                                         ('expire', 'expired'), ('forfeit', 'expired'), ('correct', 'clawed_back')))
        LIMIT {most}""",
}


def find_faults(*, seed: int) -> Iterator[Fault]:
    """Everything wrong with postings, transfers, balances and their vouchers, at most `MOST_FOUND` of a check.

    `seed` is a number nobody could know when the books were written.
    """
    for check, statement in CHECKS.items():
        with raw_cursor() as cursor:
            cursor.execute(statement.format(seed=seed, most=MOST_FOUND))
            names = [column.name for column in cursor.description or []]
            for row in cursor.fetchall():
                figures = {name: _whole(value) for name, value in zip(names, row, strict=True)}
                about = figures.pop("about", None) or f"P{figures.pop('person_id')}"
                yield Fault(check, str(about), figures)


def count_books() -> dict[str, int]:
    """How much is in the books: accounts, batches, records booked and taken back, grams, and points by where they are."""
    with raw_cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*) AS accounts, coalesce(sum(postings), 0) AS postings, coalesce(sum(reduction_mg), 0) AS credited_mg,
                   coalesce(sum(available_milli), 0) AS available_milli, coalesce(sum(held_milli), 0) AS held_milli
            FROM ledger_balance
            """
        )
        counts = _one(cursor)
        cursor.execute(
            """
            SELECT (SELECT count(*) FROM ledger_batch) AS batches, (SELECT count(*) FROM ledger_reversal) AS reversals,
                   (SELECT count(*) FROM ledger_operation) AS operations, count(*) AS transfers,
                   coalesce(sum(amount_milli) FILTER (WHERE credit = 'retired'), 0) AS retired_milli,
                   coalesce(sum(CASE 'expired' WHEN credit THEN amount_milli WHEN debit THEN -amount_milli END), 0) AS expired_milli,
                   coalesce(sum(amount_milli) FILTER (WHERE credit = 'clawed_back'), 0) AS clawed_back_milli
            FROM ledger_transfer
            """
        )
        return counts | _one(cursor)


def _whole(value: object) -> object:
    return int(value) if isinstance(value, Decimal) else value


def _one(cursor: Any) -> dict[str, int]:
    row = cursor.fetchone()
    return {column.name: int(value) for column, value in zip(cursor.description, row, strict=True)}
