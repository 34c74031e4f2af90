"""Reading proposals."""

from collections.abc import Iterable
from datetime import datetime

from tanhui.support.security.approvals.models import Decision as DecisionRow
from tanhui.support.security.approvals.models import Proposal as ProposalRow
from tanhui.support.security.approvals.types import Decision, Draft, Proposal, ProposalUnknown


def proposal(number: int) -> Proposal:
    """The proposal of that number with its decisions. Raises `ProposalUnknown`."""
    row = ProposalRow.objects.filter(pk=number).first()
    if row is None:
        raise ProposalUnknown(number)
    return _told([row])[0]


def proposals(
    *, stages: Iterable[str] | None = None, kinds: Iterable[str] | None = None, limit: int | None = None
) -> list[Proposal]:
    """The proposals of these stages and kinds (None: any), the newest first."""
    rows = ProposalRow.objects.order_by("-id")
    if stages is not None:
        rows = rows.filter(stage__in=list(stages))
    if kinds is not None:
        rows = rows.filter(kind__in=list(kinds))
    return _told(list(rows[:limit]))


def due(*, now: datetime, kinds: Iterable[str]) -> list[int]:
    """The numbers of the approved proposals of these kinds whose time has come, in the order in which they come into force."""
    rows = ProposalRow.objects.filter(stage="approved", effective_at__lte=now, kind__in=list(kinds))
    return list(rows.order_by("effective_at", "id").values_list("pk", flat=True))


def _told(rows: list[ProposalRow]) -> list[Proposal]:
    decisions: dict[int, list[Decision]] = {row.pk: [] for row in rows}
    for each in DecisionRow.objects.filter(proposal_id__in=list(decisions)).order_by("id"):
        decisions[each.proposal_id].append(
            Decision(each.step, each.by_id, each.by_name, each.comment, each.outcome, each.decided_at)  # type: ignore[arg-type]
        )
    return [
        Proposal(
            row.pk, Draft(row.kind, row.subject, row.payload, row.diff, row.effect, row.reason, row.effective_at), row.digest,
            row.author_id, row.author_name, row.created_at, row.stage, tuple(decisions[row.pk]),  # type: ignore[arg-type]
        )
        for row in rows
    ]  # fmt: skip
