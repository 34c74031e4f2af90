"""Points used (7.5.3): held for something, then retired when it was fulfilled, or released when not; or spent at once.

Each is one transaction and has an effect once per `key`, the caller's own text or a UUID.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TypedDict, Unpack
from uuid import UUID

from tanhui.flows.attempts import in_transaction
from tanhui.steps.points import spending
from tanhui.steps.points.operations import operation_key
from tanhui.steps.points.types import PointsMoved


class Voucher(TypedDict):
    """Under which key it is done once, why, by whom and when."""

    key: str
    reason: str
    actor: str
    now: datetime


def hold_points(*, person_id: int, amount_milli: int, **voucher: Unpack[Voucher]) -> PointsMoved:
    """Holds points of a person; the key names the hold from then on.

    Raises `Refusal`: `overdrawn`, `account_blocked`, `account_unknown`, `amount_not_positive`, `operation_conflict`.
    """
    return _once(partial(spending.hold_points, person_id=person_id, amount_milli=amount_milli), voucher)


def spend_points(*, person_id: int, amount_milli: int, **voucher: Unpack[Voucher]) -> PointsMoved:
    """Retires available points of a person, without a hold. Raises as `hold_points`."""
    return _once(partial(spending.spend_points, person_id=person_id, amount_milli=amount_milli), voucher)


def release_points(*, hold: UUID, amount_milli: int | None = None, **voucher: Unpack[Voucher]) -> PointsMoved:
    """Gives back what a hold still holds, or so much of it, to the lots it came from.

    Raises `Refusal`: `hold_unknown`, `hold_settled`, `hold_exceeded`, `amount_not_positive`, `operation_conflict`.
    """
    return _once(partial(spending.release_points, hold=hold, amount_milli=amount_milli), voucher)


def retire_points(*, hold: UUID, amount_milli: int | None = None, **voucher: Unpack[Voucher]) -> PointsMoved:
    """Retires what a hold still holds, or so much of it: what it was for was fulfilled. Raises as `release_points`."""
    return _once(partial(spending.retire_points, hold=hold, amount_milli=amount_milli), voucher)


def _once(move: Callable[..., PointsMoved], voucher: Voucher) -> PointsMoved:
    return in_transaction(partial(move, **{**voucher, "key": operation_key(voucher["key"])}))
