"""What was approved comes into force when its time has come: each proposal in a transaction of its own, exactly once.

A refusal undoes what it was about to do, and is kept with the proposal, which is then at its end: it is to be entered anew.
"""

from datetime import datetime
from functools import partial

from django.db import transaction

from tanhui.core.refusal import Refusal
from tanhui.flows.attempts import in_transaction
from tanhui.flows.kinds import KINDS
from tanhui.flows.kinds.kind import Around
from tanhui.support.security.approvals.selectors import due, proposal
from tanhui.support.security.approvals.services import hold, record_outcome
from tanhui.support.security.approvals.types import Proposal
from tanhui.support.security.audit.context import acting_as

PLATFORM = "system:0"


def apply_due(*, gwp_set: str, now: datetime) -> list[Proposal]:
    """The proposals that came into force now, or were refused then, in the order of their times.

    Safe from many processes at once: what another one has applied in between is passed over.
    """
    around = Around(now, gwp_set)
    tried = (in_transaction(partial(_apply, number, around)) for number in due(now=now, kinds=KINDS))
    return [each for each in tried if each is not None]


def _apply(number: int, around: Around) -> Proposal | None:
    held = hold(number)
    if held.stage != "approved" or held.content.effective_at > around.now:
        return None
    with acting_as(PLATFORM, reason=held.content.reason, request=f"proposal {number}"):
        try:
            with transaction.atomic():
                outcome = KINDS[held.content.kind].apply(held, around)
        except Refusal as refusal:
            told = {"refused": refusal.code, "field": refusal.field, "zh": refusal.text.zh, "en": refusal.text.en}
            record_outcome(held, applied=False, outcome=told, now=around.now)
        else:
            record_outcome(held, applied=True, outcome=outcome, now=around.now)
    return proposal(number)
