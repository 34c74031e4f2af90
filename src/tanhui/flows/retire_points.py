"""Points of a hold used for good: what they were held for was fulfilled (7.5.3(3))."""

from datetime import datetime
from functools import partial
from uuid import UUID

from tanhui.flows.attempts import in_transaction
from tanhui.steps.points import spending
from tanhui.steps.points.operations import operation_key
from tanhui.steps.points.types import PointsMoved


def retire_points(
    *, key: str, hold: UUID, amount_milli: int | None = None, reason: str, actor: str, now: datetime
) -> PointsMoved:
    """Retires what a hold still holds, or so much of it; once per `key`. Raises as `release_points`."""
    work = partial(
        spending.retire_points,
        key=operation_key(key),
        hold=hold,
        amount_milli=amount_milli,
        reason=reason,
        actor=actor,
        now=now,
    )
    return in_transaction(work)
