"""Blocking an account's points, and freeing them again: who did it, when and why stays in the books."""

from datetime import datetime
from uuid import UUID

from tanhui.steps.points.operations import begin, held_account
from tanhui.support.ledger import services as ledger


def block_points(*, key: UUID, person_id: int, blocked: bool, reason: str, actor: str, now: datetime) -> None:
    """Blocks a person's points (nothing of them can be held or spent) or frees them; once per key.

    Raises `AccountUnknown`, `OperationConflict`.
    """
    kind = "block" if blocked else "unblock"
    if begin(key=key, kind=kind, content=(person_id,), reason=reason, actor=actor, now=now):
        held_account(person_id)
        ledger.block_account(person_id=person_id, blocked=blocked)
