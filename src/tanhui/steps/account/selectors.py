"""Reading the individual carbon account: the balance, the statement by month and behavior, one record with its voucher."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tanhui.support.ledger import selectors as ledger
from tanhui.support.ledger.types import AccountBalance


@dataclass(frozen=True, slots=True)
class StatementLine:
    """What one behavior brought in one month: records (less those taken back), grams and points, as booked."""

    month: str
    behavior: int
    records: int
    reduction_mg: int
    credited_mg: int
    points_milli: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A person's account: the balance now, and of the moment asked for its balance and lines; the lots of points now."""

    balance: AccountBalance
    credited_mg: int
    available_milli: int
    held_milli: int
    lines: tuple[StatementLine, ...]
    lots: tuple[tuple[date, int], ...]


def statement(person_id: int, *, until: datetime | None = None) -> Statement | None:
    """The account's statement of what was booked up to `until` (None: all of it), or None when there is no such account."""
    balance = ledger.balance(person_id)
    if balance is None:
        return None
    lines = tuple(StatementLine(**row) for row in ledger.statement(person_id, until=until))
    at = (balance.reduction_mg, balance.available_milli, balance.held_milli)
    if until is not None:
        at = ledger.balance_at(person_id, until)
    return Statement(balance, *at, lines, tuple(ledger.lots(person_id)))


def record(key: UUID) -> dict[str, Any] | None:
    """One posting with its batch and what became of it, or None."""
    return ledger.posting(key)


def recent_records(person_id: int, *, limit: int) -> list[dict[str, Any]]:
    """The person's latest records, newest first."""
    return ledger.recent_postings(person_id, limit=limit)


def totals_by_behavior() -> list[dict[str, Any]]:
    """Records, persons, grams and points of the whole scheme by behavior."""
    return ledger.totals_by_behavior()


def typical_person() -> int | None:
    """A person to show: one with a statement of readable length, or None when nobody has anything."""
    return ledger.typical_person()


def standing_records(person_id: int, *, behavior: int) -> list[dict[str, Any]]:
    """The person's records of that behavior that stand, in the order of the acts, with their quantities."""
    return ledger.standing_postings(person_id, behavior=behavior)


def booked_amounts(keys: NDArray[np.void]) -> dict[bytes, tuple[int, int, int, bool]]:
    """Of those of these records that are booked: milligrams reduced and credited, milli-points, and whether a cap cut it."""
    return ledger.booked_amounts(keys)
