"""What is done once: the key of an operation on points, what the key is bound to, and the account it is done to."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from uuid import UUID

import numpy as np

from tanhui.core.lots import Lot
from tanhui.steps.points.types import AccountUnknown, PointsMoved
from tanhui.support.ledger import services as ledger
from tanhui.support.ledger.selectors import balance
from tanhui.support.ledger.transfers import moves_of
from tanhui.support.ledger.types import AccountBalance, Move


def operation_key(written: str) -> UUID:
    """The key that a caller's own text stands for: a UUID as it is, any other text by its hash."""
    try:
        return UUID(written)
    except ValueError:
        return UUID(bytes=blake2b(written.encode(), digest_size=16, person=b"tanhui/operation").digest())


def begin(*, key: UUID, kind: str, content: Sequence[object], reason: str, actor: str, now: datetime) -> bool:
    """Whether the operation is new; the same key with the same content was done before, and nothing is to be done.

    Raises `OperationConflict` when the key was used for something else.
    """
    number = content_number(kind, content)
    return ledger.begin_operation(key=key, kind=kind, content=number, reason=reason, actor=actor, now=now)


def content_number(kind: str, content: Sequence[object]) -> int:
    """A 64-bit hash of what an operation does: the content its key is bound to."""
    digest = blake2b(repr((kind, *content)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def held_account(person_id: int) -> AccountBalance:
    """The person's account, held until the transaction ends: what is read of it now stays true. Raises `AccountUnknown`."""
    ledger.lock_accounts(np.array([person_id], dtype=np.int64))
    account = balance(person_id)
    if account is None:
        raise AccountUnknown(person_id)
    return account


def move(key: UUID, person_id: int, lots: Sequence[Lot], *, debit: str, credit: str, hold: UUID | None) -> PointsMoved:
    """Moves these amounts of these lots, and says so. Raises `Overdrawn` or `Blocked`."""
    moves = [Move(person_id, debit, credit, milli, day, hold) for day, milli in lots]
    ledger.post_transfers(operation=key, moves=moves)
    return PointsMoved(key, person_id, sum(milli for _, milli in lots), tuple(lots), repeated=False)


def moved_before(key: UUID) -> PointsMoved:
    """What an operation done before had moved."""
    moves = moves_of(key)
    lots = tuple((one.expires_on, one.amount_milli) for one in moves)
    return PointsMoved(key, moves[0].person_id, sum(milli for _, milli in lots), lots, repeated=True)
