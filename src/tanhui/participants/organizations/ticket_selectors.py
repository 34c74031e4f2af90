"""Tickets and their messages, unsealed: to be asked outside of a transaction."""

from dataclasses import fields
from datetime import datetime

from tanhui.core.text import Text
from tanhui.participants.organizations.models import Ticket, TicketMessage
from tanhui.participants.organizations.types import MessageView, TicketRefused, TicketView
from tanhui.support.security.keys.services import unseal_many
from tanhui.support.security.keys.types import PLATFORM

_COLUMNS = [{"organization": "organization__code"}.get(field.name, field.name) for field in fields(TicketView)]
_SUBJECT = _COLUMNS.index("subject")


def tickets(
    *,
    organization: int | None = None,
    state: str | None = None,
    overdue_at: datetime | None = None,
    number: int | None = None,
) -> list[TicketView]:
    """The tickets of that organization and state, or open past their deadline at that moment; the most urgent deadline first."""
    rows = Ticket.objects.order_by("due_at", "pk")
    if organization is not None:
        rows = rows.filter(organization_id=organization)
    if state is not None:
        rows = rows.filter(state=state)
    if overdue_at is not None:
        rows = rows.filter(state="open", due_at__lte=overdue_at)
    if number is not None:
        rows = rows.filter(pk=number)
    found = list(rows.values_list(*_COLUMNS))
    subjects = unseal_many([(PLATFORM, "participants_ticket.subject", bytes(row[_SUBJECT])) for row in found])
    names = [field.name for field in fields(TicketView)]
    return [
        TicketView(**dict(zip(names, row, strict=True)) | {"subject": subject or ""})
        for row, subject in zip(found, subjects, strict=True)
    ]


def ticket(number: int) -> TicketView:
    """The ticket of that number. Raises `TicketRefused` (`ticket_unknown`)."""
    found = tickets(number=number)
    if not found:
        text = Text("没有编号为 {n} 的工单。", "There is no ticket {n}.").format(n=number)
        raise TicketRefused("ticket_unknown", text, field="ticket")
    return found[0]


def ticket_organization(number: int) -> int:
    """The number of the organization that a ticket is of. Raises `TicketRefused` (`ticket_unknown`)."""
    found = Ticket.objects.filter(pk=number).values_list("organization_id", flat=True).first()
    if found is None:
        text = Text("没有编号为 {n} 的工单。", "There is no ticket {n}.").format(n=number)
        raise TicketRefused("ticket_unknown", text, field="ticket")
    return found


def messages(number: int) -> list[MessageView]:
    """What was written in a ticket, in order."""
    rows = list(TicketMessage.objects.filter(ticket_id=number).order_by("pk"))
    texts = unseal_many([(PLATFORM, "participants_ticket_message.text", bytes(row.text)) for row in rows])
    return [MessageView(row.side, row.act, text or "", row.by, row.at) for row, text in zip(rows, texts, strict=True)]
