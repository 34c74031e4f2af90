"""Writing proposals and decisions. Whether a decision may follow is asked here for a good answer, and by the database for good."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import DatabaseError, transaction

from tanhui.core.described import Json
from tanhui.core.refusal import Refusal
from tanhui.core.text import Text
from tanhui.support.security.access.types import Actor
from tanhui.support.security.approvals.models import Decision as DecisionRow
from tanhui.support.security.approvals.models import Proposal as ProposalRow
from tanhui.support.security.approvals.policies import demand_entry, demand_step
from tanhui.support.security.approvals.selectors import proposal
from tanhui.support.security.approvals.types import (
    ContentChanged,
    Draft,
    OthersDecide,
    Proposal,
    ProposalUnknown,
    TakenBySomebody,
    WrongStage,
)

PLATFORM = "tanhui"


def draft(content: Draft, *, author: Actor, now: datetime) -> int:
    """The number of a new draft. Raises `NotStaff`, `Forbidden`, `Refusal` `reason_missing`."""
    demand_entry(author, content.kind)
    row = ProposalRow.objects.create(
        **_columns(content), author_id=author.number, author_name=author.name, created_at=now
    )  # fmt: skip
    return int(row.pk)


def revise(number: int, content: Draft, *, author: Actor) -> None:
    """Changes a draft of one's own. Raises `ProposalUnknown`, `WrongStage`, `OthersDecide`, and as `draft` does."""
    demand_step(author, proposal(number), "enter")
    with _named(number, "enter"):
        columns = {name: value for name, value in _columns(content).items() if name != "kind"}
        ProposalRow.objects.filter(pk=number, kind=content.kind).update(**columns)


def decide(
    number: int, step: TakenBySomebody, *, actor: Actor, comment: str, now: datetime, digest: str | None = None
) -> Proposal:
    """The proposal after the actor has taken that step on it.

    `digest` is that of the content the actor looked at; None takes what is there now. Raises `NotStaff`, `Forbidden`,
    `ProposalUnknown`, `WrongStage`, `OthersDecide`, `ContentChanged`; and `comment_missing` for a rejection without a word.
    """
    found = hold(number)
    demand_step(actor, found, step)
    if step == "reject" and not comment.strip():
        raise Refusal("comment_missing", Text("请说明驳回的理由。", "Say why it is rejected."), field="comment")
    _write(
        number,
        step,
        by=actor.number,
        by_name=actor.name,
        comment=comment,
        digest=digest or found.digest,
        outcome=None,
        now=now,
    )
    return proposal(number)


def record_outcome(held: Proposal, *, applied: bool, outcome: Json, now: datetime) -> None:
    """Notes that a proposal that is held came into force, or that it was refused then. Raises `WrongStage`."""
    _write(
        held.id, "apply" if applied else "refuse", by=None, by_name=PLATFORM, comment="", digest=held.digest, outcome=outcome, now=now
    )  # fmt: skip


def hold(number: int) -> Proposal:
    """The proposal, held until the end of the transaction. Raises `ProposalUnknown`."""
    if not ProposalRow.objects.select_for_update().filter(pk=number).values_list("pk").first():
        raise ProposalUnknown(number)
    return proposal(number)


def _write(
    number: int,
    step: str,
    *,
    by: int | None,
    by_name: str,
    comment: str,
    digest: str,
    outcome: Json | None,
    now: datetime,
) -> None:
    with _named(number, step):
        DecisionRow.objects.create(
            proposal_id=number, step=step, by_id=by, by_name=by_name, comment=comment, digest=digest, outcome=outcome,
            decided_at=now,
        )  # fmt: skip


def _columns(content: Draft) -> Json:
    if not content.reason.strip():
        raise Refusal("reason_missing", Text("请说明理由。", "Give a reason."), field="reason")
    return {
        "kind": content.kind, "subject": content.subject, "payload": content.payload, "diff": content.diff,
        "effect": content.effect, "reason": content.reason, "effective_at": content.effective_at,
    }  # fmt: skip


@contextmanager
def _named(number: int, step: str) -> Iterator[None]:
    """What the database refuses, by its name."""
    try:
        with transaction.atomic():
            yield
    except DatabaseError as problem:
        match getattr(problem.__cause__, "sqlstate", None):
            case "TH031":
                raise OthersDecide(step) from problem
            case "TH032" | "TH033":
                raise WrongStage(number, proposal(number).stage, step) from problem
            case "TH034":
                raise ContentChanged(number) from problem
        raise
