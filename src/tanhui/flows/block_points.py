"""A person's points blocked, or freed again: after a claw-back by a rule that blocks, or on suspicion."""

from datetime import datetime
from functools import partial

from tanhui.flows.attempts import in_transaction
from tanhui.steps.points import blocking
from tanhui.steps.points.operations import operation_key
from tanhui.support.ledger.selectors import balance
from tanhui.support.ledger.types import AccountBalance


def block_points(*, key: str, person_id: int, blocked: bool, reason: str, actor: str, now: datetime) -> AccountBalance:
    """Blocks or frees a person's points, once per `key`, and says how the account stands.

    Raises `Refusal`: `account_unknown`, `operation_conflict`.
    """
    work = partial(
        blocking.block_points, key=operation_key(key), person_id=person_id, blocked=blocked, reason=reason,
        actor=actor, now=now,
    )  # fmt: skip
    in_transaction(work)
    account = balance(person_id)
    assert account is not None
    return account
