"""Points set aside for something that will use them, or not."""

from datetime import datetime
from functools import partial

from tanhui.flows.attempts import in_transaction
from tanhui.steps.points import spending
from tanhui.steps.points.operations import operation_key
from tanhui.steps.points.types import PointsMoved


def hold_points(*, key: str, person_id: int, amount_milli: int, reason: str, actor: str, now: datetime) -> PointsMoved:
    """Holds points of a person; `key`, the caller's own text or a UUID, names the hold and makes it once.

    Raises `Refusal`: `overdrawn`, `account_blocked`, `account_unknown`, `amount_not_positive`, `operation_conflict`.
    """
    work = partial(
        spending.hold_points,
        key=operation_key(key),
        person_id=person_id,
        amount_milli=amount_milli,
        reason=reason,
        actor=actor,
        now=now,
    )
    return in_transaction(work)
