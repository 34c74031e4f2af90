"""What crosses the ledger's boundary: postings as columns, balances, and its refusals."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from tanhui.core.refusal import Refusal
from tanhui.core.text import Text

Integers = NDArray[np.int64]
Keys = NDArray[np.void]
NEVER = date(9999, 12, 31)
RECORD, REVERSAL, REPLACEMENT = 1, 2, 3
ACTIVE, FROZEN, CLOSING, CLOSED = 0, 1, 2, 3
"""The standing of an account: what the state of its person allows."""

POSTING_COLUMNS: tuple[tuple[str, int], ...] = (
    ("key", 16), ("person_id", 8), ("occurred_at", 8), ("batch_id", 8), ("content", 8), ("household", 8),
    ("quantity_1", 8), ("quantity_2", 8), ("quantity_3", 8), ("reduction_mg", 8), ("credited_mg", 8), ("points_milli", 8),
    ("sequence", 4), ("duration_s", 4), ("coefficient_id", 4), ("rule_id", 4), ("expires_on", 4), ("region", 4),
    ("partner_id", 2), ("behavior", 2), ("evidence", 2), ("kind", 2), ("capped_by", 2),
)  # fmt: skip
"""The columns of a posting and their width in bytes, in the table's order."""

Columns = Mapping[str, NDArray[np.generic]]


class Overdrawn(Refusal):
    """More points asked for than the account has."""

    def __init__(self, person_id: int) -> None:
        super().__init__(
            "overdrawn", Text("账户 {p} 的可用积分不足。", "Account {p} has not enough points.").format(p=person_id)
        )


class Blocked(Refusal):
    """The account's points may not be spent."""

    def __init__(self, person_id: int) -> None:
        super().__init__(
            "account_blocked",
            Text("账户 {p} 已冻结，不能使用积分。", "Account {p} is blocked: its points cannot be spent.").format(
                p=person_id
            ),
        )


class OperationConflict(Refusal):
    """The same operation key again, with other content."""

    def __init__(self, key: UUID) -> None:
        super().__init__(
            "operation_conflict",
            Text("操作 {k} 已用于其他内容。", "The operation {k} was already used for something else.").format(k=key),
        )


@dataclass(frozen=True, slots=True)
class Accounts:
    """What some accounts were when they were read, one row per person asked for, in that order."""

    postings: Integers
    ended_at: Integers
    """Microseconds since 1970 when the last record ended; very small when there is none."""
    standing: Integers
    """`ACTIVE`, `FROZEN`, `CLOSING` or `CLOSED`."""


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """One person's balance in both units."""

    person_id: int
    reduction_mg: int
    available_milli: int
    held_milli: int
    postings: int
    blocked: bool
    standing: int


@dataclass(frozen=True, slots=True)
class Move:
    """Points of one lot moved from one account of a person to another."""

    person_id: int
    debit: str
    credit: str
    amount_milli: int
    expires_on: date
    hold: UUID | None = None


@dataclass(frozen=True, slots=True)
class BatchHead:
    """Who posts, when, and what it comes from."""

    partner_id: int
    kind: str
    reference: str
    booked_at: datetime
