"""Points forfeited when an account is closed (clauses 7.4, 6.5): what was not used until then, booked out by an operation."""

from datetime import datetime
from uuid import UUID

from tanhui.core.lots import net_lots
from tanhui.steps.points.operations import begin, held_account, move
from tanhui.support.ledger.selectors import lots


def forfeit_points(*, key: UUID, person_id: int, reason: str, actor: str, now: datetime) -> int:
    """Books out all points that a person could use, lot by lot, and says how many thousandths; a debt stays as it is.

    The caller holds the account until the transaction ends. Raises `AccountUnknown`, `OperationConflict`.
    """
    held_account(person_id)
    left = net_lots(lots(person_id))
    amount_milli = sum(milli for _, milli in left)
    content = (person_id, amount_milli)
    if amount_milli and begin(key=key, kind="forfeit", content=content, reason=reason, actor=actor, now=now):
        move(key, person_id, left, debit="available", credit="expired", hold=None)
    return amount_milli
