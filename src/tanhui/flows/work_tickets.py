"""Tickets between the operator and an organization (6.1, 6.2): whoever writes does so for the side they belong to."""

from datetime import datetime

from django.db import transaction

from tanhui.flows.sealing_ready import open_platform_key
from tanhui.participants.organizations.selectors import organization
from tanhui.participants.organizations.services import tickets
from tanhui.participants.organizations.ticket_selectors import ticket_organization
from tanhui.participants.organizations.types import Side
from tanhui.support.security.access.policies import may
from tanhui.support.security.access.types import Actor, Forbidden
from tanhui.support.security.audit.context import acting_as

OWN = ("partner:ticket:write", "redeemer:ticket:write")


def open_ticket(
    actor: Actor, code: str, *, subject: str, text: str, kind: str, priority: str = "normal", about: str = "", reference: str = "",
    now: datetime,
) -> int:  # fmt: skip
    """The number of a new ticket. Raises `Forbidden`, `TicketRefused`."""
    holder = organization(code).id
    side = _side(actor, holder)
    open_platform_key(now=now)
    with acting_as(actor.reference), transaction.atomic():
        return tickets.open_ticket(
            holder, side=side, subject=subject, text=text, kind=kind, priority=priority, about=about, reference=reference,
            by=actor, now=now,
        )  # fmt: skip


def reply_to_ticket(actor: Actor, number: int, text: str, *, now: datetime) -> None:
    """Writes in a ticket; the turn goes to the other side. Raises `Forbidden`, `TicketRefused`."""
    side = _side(actor, ticket_organization(number))
    open_platform_key(now=now)
    with acting_as(actor.reference), transaction.atomic():
        tickets.reply_to_ticket(number, side=side, text=text, by=actor, now=now)


def resolve_ticket(actor: Actor, number: int, text: str, *, now: datetime) -> None:
    """Says that it is done, and how. Raises `Forbidden`, `TicketRefused`."""
    side = _side(actor, ticket_organization(number))
    open_platform_key(now=now)
    with acting_as(actor.reference), transaction.atomic():
        tickets.resolve_ticket(number, side=side, text=text, by=actor, now=now)


def close_ticket(actor: Actor, number: int, text: str, *, now: datetime) -> None:
    """Closes a resolved ticket. Raises `Forbidden`, `TicketRefused`."""
    side = _side(actor, ticket_organization(number))
    open_platform_key(now=now)
    with acting_as(actor.reference), transaction.atomic():
        tickets.close_ticket(number, side=side, text=text, by=actor, now=now)


def escalate_tickets(actor: Actor, *, now: datetime) -> list[int]:
    """The numbers of the tickets past their deadline, each raised by one priority. Raises `Forbidden`."""
    if not may(actor, "operator:ticket:write"):
        raise Forbidden("operator:ticket:write")
    open_platform_key(now=now)
    with acting_as(actor.reference), transaction.atomic():
        return tickets.escalate_overdue(by=actor, now=now)


def _side(actor: Actor, holder: int) -> Side:
    if may(actor, "operator:ticket:write"):
        return "operator"
    if any(may(actor, permission, organization=holder) for permission in OWN):
        return "organization"
    raise Forbidden("operator:ticket:write")
