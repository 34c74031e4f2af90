"""Spending points (7.5.3): held for a redemption, then retired, used once and never again, or released where they came from.

Each call is part of the caller's transaction, holds the person's account, and has an effect once per key. The first-expiring
points go first; points past their day are not spent, whether or not they were booked out already.
"""

from datetime import datetime
from uuid import UUID

from tanhui.core.lots import draw, valid_lots
from tanhui.steps.account.corrections import moment
from tanhui.steps.account.services import local_day
from tanhui.steps.points.operations import begin, held_account, move, moved_before
from tanhui.steps.points.types import AmountNotPositive, HoldExceeded, HoldSettled, HoldUnknown, PointsMoved
from tanhui.support.ledger.selectors import held, lots
from tanhui.support.ledger.transfers import person_of_hold
from tanhui.support.ledger.types import Blocked, Overdrawn


def hold_points(*, key: UUID, person_id: int, amount_milli: int, reason: str, actor: str, now: datetime) -> PointsMoved:
    """Sets points aside, so that nothing else can use them; the key names the hold from then on.

    Raises `AmountNotPositive`, `AccountUnknown`, `Blocked`, `Overdrawn`, `OperationConflict`.
    """
    return _draw("hold", "held", key, person_id, amount_milli, reason, actor, now)


def spend_points(
    *, key: UUID, person_id: int, amount_milli: int, reason: str, actor: str, now: datetime
) -> PointsMoved:
    """Retires available points at once, without a hold in between. Raises as `hold_points` does."""
    return _draw("spend", "retired", key, person_id, amount_milli, reason, actor, now)


def retire_points(
    *, key: UUID, hold: UUID, amount_milli: int | None, reason: str, actor: str, now: datetime
) -> PointsMoved:
    """Retires what a hold holds, or so much of it, the first-expiring first; the rest stays held.

    A hold made before its account was blocked can be retired: what it was made for was promised then. Raises
    `AmountNotPositive`, `HoldUnknown`, `HoldSettled`, `HoldExceeded`, `OperationConflict`.
    """
    return _settle("retire", "retired", key, hold, amount_milli, reason, actor, now)


def release_points(
    *, key: UUID, hold: UUID, amount_milli: int | None, reason: str, actor: str, now: datetime
) -> PointsMoved:
    """Gives back what a hold holds, or so much of it, the last-expiring first, to the lots it came from.

    A lot may have passed its day meanwhile: its points then expire when lots are expired next. Raises as `retire_points`.
    """
    return _settle("release", "available", key, hold, amount_milli, reason, actor, now)


def _draw(
    kind: str, credit: str, key: UUID, person_id: int, amount_milli: int, reason: str, actor: str, now: datetime
) -> PointsMoved:
    _check(amount_milli)
    if not begin(key=key, kind=kind, content=(person_id, amount_milli), reason=reason, actor=actor, now=now):
        return moved_before(key)
    if held_account(person_id).blocked:
        raise Blocked(person_id)
    drawn = draw(valid_lots(lots(person_id), today=local_day(moment(now))), amount_milli)
    if drawn is None:
        raise Overdrawn(person_id)
    return move(key, person_id, drawn, debit="available", credit=credit, hold=key if credit == "held" else None)


def _settle(
    kind: str, credit: str, key: UUID, hold: UUID, amount_milli: int | None, reason: str, actor: str, now: datetime
) -> PointsMoved:
    _check(amount_milli)
    if (person_id := person_of_hold(hold)) is None:
        raise HoldUnknown(hold)
    if not begin(key=key, kind=kind, content=(hold.hex, amount_milli), reason=reason, actor=actor, now=now):
        return moved_before(key)
    held_account(person_id)
    left = [(day, milli) for _, day, milli in held(hold)]
    if not left:
        raise HoldSettled(hold)
    total = sum(milli for _, milli in left)
    order = left if credit == "retired" else left[::-1]
    taken = draw(order, total if amount_milli is None else amount_milli)
    if taken is None:
        raise HoldExceeded(hold, total)
    return move(key, person_id, taken, debit="held", credit=credit, hold=hold)


def _check(amount_milli: int | None) -> None:
    if amount_milli is not None and amount_milli <= 0:
        raise AmountNotPositive
