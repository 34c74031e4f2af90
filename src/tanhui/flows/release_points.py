"""Points of a hold given back."""

from datetime import datetime
from functools import partial
from uuid import UUID

from tanhui.flows.attempts import in_transaction
from tanhui.steps.points import spending
from tanhui.steps.points.operations import operation_key
from tanhui.steps.points.types import PointsMoved


def release_points(
    *, key: str, hold: UUID, amount_milli: int | None = None, reason: str, actor: str, now: datetime
) -> PointsMoved:
    """Gives back what a hold still holds, or so much of it, to the lots it came from; once per `key`.

    Raises `Refusal`: `hold_unknown`, `hold_settled`, `hold_exceeded`, `amount_not_positive`, `operation_conflict`.
    """
    work = partial(
        spending.release_points,
        key=operation_key(key),
        hold=hold,
        amount_milli=amount_milli,
        reason=reason,
        actor=actor,
        now=now,
    )
    return in_transaction(work)
