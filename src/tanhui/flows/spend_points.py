"""Points used at once, without a hold."""

from datetime import datetime
from functools import partial

from tanhui.flows.attempts import in_transaction
from tanhui.steps.points import spending
from tanhui.steps.points.operations import operation_key
from tanhui.steps.points.types import PointsMoved


def spend_points(*, key: str, person_id: int, amount_milli: int, reason: str, actor: str, now: datetime) -> PointsMoved:
    """Retires available points of a person, once per `key` (the caller's own text or a UUID). Raises as `hold_points`."""
    work = partial(
        spending.spend_points,
        key=operation_key(key),
        person_id=person_id,
        amount_milli=amount_milli,
        reason=reason,
        actor=actor,
        now=now,
    )
    return in_transaction(work)
