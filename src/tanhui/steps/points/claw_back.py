"""Taking back the points of a record that turned out wrong: where from, and what happens when they are spent."""

from datetime import date
from typing import Literal
from uuid import UUID

from tanhui.core.lots import NEVER, take_back
from tanhui.support.ledger import services as ledger
from tanhui.support.ledger.selectors import lots
from tanhui.support.ledger.transfers import expired_in
from tanhui.support.ledger.types import Move


def claw_back(
    *, operation: UUID, person_id: int, amount_milli: int, lot: date, when_spent: Literal["negative", "block"]
) -> int:
    """Takes back points granted in `lot`, under an operation that has begun; says how many are left owing, 0 if none.

    What is owed stands as a negative amount in the lot that never expires, until later points pay it (see `core.lots`);
    with `when_spent` "block" the account is also blocked until somebody frees it. The caller holds the account.
    """
    if amount_milli == 0:
        return 0
    taken = take_back(lots(person_id), amount_milli, lot=lot, expired_milli=expired_in(person_id, lot))
    available = dict(taken.available)
    if taken.owed_milli:
        available[NEVER] = available.get(NEVER, 0) + taken.owed_milli
    moves = [Move(person_id, "available", "clawed_back", milli, day) for day, milli in available.items()]
    if taken.expired_milli:
        moves.append(Move(person_id, "expired", "clawed_back", taken.expired_milli, lot))
    ledger.post_transfers(operation=operation, moves=moves)
    if taken.owed_milli and when_spent == "block":
        ledger.block_account(person_id=person_id, blocked=True)
    return taken.owed_milli
