"""Writing to the ledger. Only the carbon account and the points call this; every call is part of the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import numpy as np

from tanhui.support.ledger.connection import raw_cursor
from tanhui.support.ledger.copying import encode_postings
from tanhui.support.ledger.types import (
    POSTING_COLUMNS,
    BatchHead,
    Columns,
    Integers,
    Move,
    OperationConflict,
)  # fmt: skip

_HOUSEHOLDS = 7_203_023  # the class of the advisory locks
_COPY = f"COPY ledger_posting ({', '.join(name for name, _ in POSTING_COLUMNS)}) FROM STDIN (FORMAT BINARY)"


def open_accounts(persons: Integers) -> None:
    """Opens accounts at zero for these persons, who must have none. Raises `Crowded` when one has."""
    with raw_cursor() as cursor:
        cursor.execute("INSERT INTO ledger_balance (person_id) SELECT unnest(%s)", [persons])


def open_batch(head: BatchHead) -> int:
    """The number of a new batch of postings."""
    with raw_cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_batch (partner_id, kind, reference, booked_at) VALUES (%s, %s, %s, %s) RETURNING id",
            [head.partner_id, head.kind, head.reference, head.booked_at],
        )
        row = cursor.fetchone()
    assert row is not None
    return int(row[0])


def post_records(columns: Columns) -> None:
    """Books postings, one row of `POSTING_COLUMNS` each, and brings the balances of their persons up to date.

    `sequence` continues each person's account without a gap. Raises `Crowded` when another writer came in between or a key
    exists already; then nothing of the batch is booked.
    """
    with raw_cursor() as cursor, cursor.copy(_COPY) as copy:
        copy.write(encode_postings(columns))


def mark_reversed(
    *, key: UUID, reverses: UUID, replaced_by: UUID | None, reason: str, actor: str, now: datetime
) -> None:
    """Says which posting a reversal takes back. Raises `Crowded` when that posting was taken back already."""
    with raw_cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_reversal (key, reverses, replaced_by, reason, actor, booked_at) VALUES (%s, %s, %s, %s, %s, %s)",
            [key, reverses, replaced_by, reason, actor, now],
        )


def lock_accounts(persons: Integers) -> None:
    """Holds these accounts until the transaction ends; in the order of their numbers, so that nobody waits in a circle."""
    with raw_cursor() as cursor:
        cursor.execute(
            "SELECT person_id FROM ledger_balance WHERE person_id = ANY(%s) ORDER BY person_id FOR UPDATE",
            [np.unique(persons)],
        )


def lock_households(households: Integers) -> None:
    """Holds these households until the transaction ends; in order, so that nobody waits in a circle.

    Households have no rows of their own to lock: they share 256 locks, so that no batch needs more than the server has.
    """
    if len(households):
        with raw_cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s, share::int) FROM (SELECT unnest(%s) AS share ORDER BY 1 OFFSET 0) AS shares",
                [_HOUSEHOLDS, np.unique(households & 255)],
            )


def begin_operation(*, key: UUID, kind: str, content: int, reason: str, actor: str, now: datetime) -> bool:
    """Whether the operation is new; when it was done before with the same content it is not, and nothing is to be done.

    Raises `OperationConflict` when the key was used for something else.
    """
    with raw_cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_operation (key, kind, content, reason, actor, booked_at) VALUES (%s, %s, %s, %s, %s, %s) "
            "ON CONFLICT DO NOTHING",
            [key, kind, content, reason, actor, now],
        )
        if cursor.rowcount:
            return True
        cursor.execute("SELECT kind, content FROM ledger_operation WHERE key = %s", [key])
        if cursor.fetchone() != (kind, content):
            raise OperationConflict(key)
    return False


def post_transfers(*, operation: UUID, moves: Sequence[Move]) -> None:
    """Moves points between accounts under an operation that has begun. Raises `Overdrawn`."""
    if not moves:
        return
    with raw_cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_transfer (operation, person_id, debit, credit, amount_milli, expires_on, hold) "
            "SELECT %s, * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::date[], %s::uuid[])",
            [
                operation,
                *map(
                    list,
                    zip(
                        *((m.person_id, m.debit, m.credit, m.amount_milli, m.expires_on, m.hold) for m in moves),
                        strict=True,
                    ),
                ),
            ],
        )


def block_account(*, person_id: int, blocked: bool) -> None:
    """Blocks or frees the spending of a person's points."""
    with raw_cursor() as cursor:
        cursor.execute("UPDATE ledger_balance SET blocked = %s WHERE person_id = %s", [blocked, person_id])
