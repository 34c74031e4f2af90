"""Tickets between the operator and an organization: opened, answered, resolved, closed; and escalated when nobody answers.

Whose turn it is has until the deadline of the priority. Who writes hands the turn to the other side, with a new deadline.
"""

from datetime import datetime
from typing import get_args

from tanhui.core.text import Text
from tanhui.participants.organizations.limits import ABOUT, ANSWER_WITHIN, KINDS, RAISED
from tanhui.participants.organizations.models import Ticket, TicketMessage
from tanhui.participants.organizations.types import Side, TicketRefused
from tanhui.support.security.access.types import Actor
from tanhui.support.security.keys.services import seal
from tanhui.support.security.keys.types import PLATFORM

ESCALATED = Text("逾期未处理，已升级为 {p}。", "Past its deadline; escalated to {p}.")
OTHER: dict[str, str] = {"operator": "organization", "organization": "operator"}


def open_ticket(
    organization: int, *, side: Side, subject: str, text: str, kind: str, priority: str, about: str = "", reference: str = "",
    by: Actor, now: datetime,
) -> int:  # fmt: skip
    """The number of a new ticket; it is the other side's turn. Raises `TicketRefused`: `ticket_words`, `ticket_empty`."""
    if (
        kind not in KINDS
        or priority not in ANSWER_WITHIN
        or (about not in ABOUT if about else bool(reference))
        or bool(about) != bool(reference)
    ):
        said = Text(
            "工单类别为 {k}，优先级为 {p}，关联对象为 {a} 并注明编号。",
            "A ticket's kind is one of {k}, its priority of {p}; it is about one of {a}, with its number.",
        )
        raise TicketRefused(
            "ticket_words",
            said.format(k=", ".join(KINDS), p=", ".join(ANSWER_WITHIN), a=", ".join(ABOUT)),
            field="kind",
        )
    _check_text(subject)
    _check_text(text)
    row = Ticket.objects.create(
        organization_id=organization, subject=seal(PLATFORM, "participants_ticket.subject", subject.strip()), kind=kind, about=about,
        reference=reference, priority=priority, turn=OTHER[side], due_at=now + ANSWER_WITHIN[priority], opened_at=now,
        opened_by=by.reference, changed_at=now,
    )  # fmt: skip
    _write(row.pk, side=side, act="opened", text=text, by=by, now=now)
    return row.pk


def reply_to_ticket(number: int, *, side: Side, text: str, by: Actor, now: datetime) -> None:
    """Writes in a ticket, and hands the turn over; a resolved one is open again.

    Raises `TicketRefused`: `ticket_unknown`, `ticket_closed`, `ticket_empty`.
    """
    row = _held(number)
    _check_text(text)
    act = "reopened" if row.state == "resolved" else "reply"
    _change(row, now=now, state="open", turn=OTHER[side], due_at=now + ANSWER_WITHIN[row.priority])
    _write(number, side=side, act=act, text=text, by=by, now=now)


def resolve_ticket(number: int, *, side: Side, text: str, by: Actor, now: datetime) -> None:
    """A side says that it is done, and how. Raises `TicketRefused` as `reply_to_ticket`, and `ticket_resolved`."""
    row = _held(number)
    _check_text(text)
    if row.state == "resolved":
        raise TicketRefused("ticket_resolved", Text("工单已标为解决。", "The ticket is resolved."))
    _change(row, now=now, state="resolved", turn=OTHER[side])
    _write(number, side=side, act="resolved", text=text, by=by, now=now)


def close_ticket(number: int, *, side: Side, text: str, by: Actor, now: datetime) -> None:
    """A resolved ticket is over. Raises `TicketRefused`: `ticket_unknown`, `ticket_closed`, `ticket_unresolved`, `ticket_empty`."""
    row = _held(number)
    _check_text(text)
    if row.state != "resolved":
        raise TicketRefused(
            "ticket_unresolved", Text("工单解决后才能关闭。", "A ticket is closed once it is resolved.")
        )
    _change(row, now=now, state="closed")
    _write(number, side=side, act="closed", text=text, by=by, now=now)


def escalate_overdue(*, by: Actor, now: datetime) -> list[int]:
    """Raises each ticket past its deadline by one priority, with a new deadline; their numbers. Twice at once is as once."""
    raised = []
    for row in Ticket.objects.select_for_update().filter(state="open", due_at__lte=now).order_by("pk"):
        priority = RAISED[row.priority]
        _change(row, now=now, priority=priority, level=row.level + 1, due_at=now + ANSWER_WITHIN[priority])
        text = ESCALATED.format(p=priority)
        _write(row.pk, side="operator", act="escalated", text=f"{text.zh} {text.en}", by=by, now=now)
        raised.append(row.pk)
    return raised


def _held(number: int) -> Ticket:
    row = Ticket.objects.select_for_update().filter(pk=number).first()
    if row is None:
        text = Text("没有编号为 {n} 的工单。", "There is no ticket {n}.").format(n=number)
        raise TicketRefused("ticket_unknown", text, field="ticket")
    if row.state == "closed":
        raise TicketRefused("ticket_closed", Text("工单已关闭；请新开工单。", "The ticket is closed; open a new one."))
    return row


def _check_text(text: str) -> None:
    if not text.strip():
        raise TicketRefused("ticket_empty", Text("请填写内容。", "Write something."), field="text")


def _change(row: Ticket, *, now: datetime, **changed: object) -> None:
    Ticket.objects.filter(pk=row.pk).update(changed_at=now, **changed)


def _write(ticket: int, *, side: str, act: str, text: str, by: Actor, now: datetime) -> None:
    assert side in get_args(Side)
    blob = seal(PLATFORM, "participants_ticket_message.text", text.strip())
    TicketMessage.objects.create(ticket_id=ticket, side=side, act=act, text=blob, by=by.reference, at=now)
