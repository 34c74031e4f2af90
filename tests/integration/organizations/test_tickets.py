"""Tickets: whose turn it is and until when, escalation, and who may write."""

from datetime import timedelta
from typing import Any

import pytest
from tests.batches import NOW, query, whole
from tests.onboarding import Newcomer, operations, staff

from tanhui.core.refusal import Refusal
from tanhui.flows import work_tickets
from tanhui.participants.organizations.ticket_selectors import messages, ticket, tickets


@pytest.fixture
def partner() -> Newcomer:
    return Newcomer.applies()


def opened(partner: Newcomer, *, by: Any = None, **more: Any) -> int:
    given = {"subject": "Rows refused", "text": "Row 7 of Wang Wu", "kind": "data", "now": NOW} | more
    return work_tickets.open_ticket(by or operations(), partner.code, **given)


def of(partner: Newcomer) -> Any:
    return staff(8, "partner_engineer", organization=partner.id)


def refused_unchanged(act: Any) -> str:
    before = whole()
    with pytest.raises(Refusal) as refused:
        act()
    assert whole() == before
    return refused.value.code


@pytest.mark.parametrize(("priority", "hours"), [("urgent", 4), ("high", 24), ("normal", 72), ("low", 168)])
def test_the_deadline_is_the_priority_s(partner, priority, hours):
    found = ticket(opened(partner, priority=priority))
    assert (found.due_at, found.turn, found.state) == (NOW + timedelta(hours=hours), "organization", "open")


def test_who_writes_hands_the_turn_over(partner):
    number = opened(partner, priority="high")
    later = NOW + timedelta(hours=5)
    work_tickets.reply_to_ticket(of(partner), number, "we look", now=later)
    found = ticket(number)
    assert (found.turn, found.due_at) == ("operator", later + timedelta(hours=24))
    assert [(m.side, m.act, m.text, m.by) for m in messages(number)] == [
        ("operator", "opened", "Row 7 of Wang Wu", "staff:1"), ("organization", "reply", "we look", "staff:8"),
    ]  # fmt: skip


def test_a_partner_opens_one_about_a_record(partner):
    number = opened(partner, by=of(partner), about="record", reference="abc")
    found = ticket(number)
    assert (found.turn, found.about, found.reference, found.organization) == ("operator", "record", "abc", partner.code)


def test_resolved_reopened_resolved_closed(partner):
    number = opened(partner)
    assert (
        refused_unchanged(lambda: work_tickets.close_ticket(operations(), number, "over", now=NOW))
        == "ticket_unresolved"
    )
    work_tickets.resolve_ticket(of(partner), number, "done", now=NOW)
    assert (
        refused_unchanged(lambda: work_tickets.resolve_ticket(operations(), number, "done", now=NOW))
        == "ticket_resolved"
    )
    work_tickets.reply_to_ticket(operations(), number, "not quite", now=NOW)
    assert ticket(number).state == "open"
    work_tickets.resolve_ticket(of(partner), number, "now", now=NOW)
    work_tickets.close_ticket(operations(), number, "thanks", now=NOW)
    assert ticket(number).state == "closed"
    assert (
        refused_unchanged(lambda: work_tickets.reply_to_ticket(operations(), number, "again", now=NOW))
        == "ticket_closed"
    )
    assert [m.act for m in messages(number)] == ["opened", "resolved", "reopened", "resolved", "closed"]


def test_overdue_is_raised_once_per_deadline(partner):
    number, other = opened(partner, priority="normal"), opened(partner, priority="low")
    due = NOW + timedelta(hours=72)
    early = due - timedelta(seconds=1)
    assert tickets(overdue_at=early) == []
    assert work_tickets.escalate_tickets(operations(), now=early) == []
    assert [view.id for view in tickets(overdue_at=due)] == [number]
    assert work_tickets.escalate_tickets(operations(), now=due) == [number]
    assert work_tickets.escalate_tickets(operations(), now=due) == []
    found = ticket(number)
    assert (found.priority, found.level, found.due_at, found.turn) == (
        "high",
        1,
        due + timedelta(hours=24),
        "organization",
    )
    assert messages(number)[-1].act == "escalated"
    assert ticket(other).level == 0
    for _ in range(2):
        work_tickets.escalate_tickets(operations(), now=ticket(number).due_at)
    assert (ticket(number).priority, ticket(number).level) == ("urgent", 3)


def test_what_is_resolved_is_not_overdue(partner):
    number = opened(partner)
    work_tickets.resolve_ticket(of(partner), number, "done", now=NOW)
    assert tickets(overdue_at=NOW + timedelta(days=365)) == []


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"kind": "gossip"}, "ticket_words"), ({"priority": "now"}, "ticket_words"), ({"about": "record"}, "ticket_words"),
        ({"reference": "abc"}, "ticket_words"), ({"about": "person", "reference": "1"}, "ticket_words"), ({"text": " "}, "ticket_empty"),
        ({"subject": ""}, "ticket_empty"),
    ],
)  # fmt: skip
def test_a_ticket_that_is_none(partner, more, code):
    assert refused_unchanged(lambda: opened(partner, **more)) == code


def test_nobody_writes_in_others_tickets(partner):
    number = opened(partner)
    for who in (staff(9, "analyst"), staff(9, "partner_admin", organization=partner.id + 1)):
        assert refused_unchanged(lambda who=who: opened(partner, by=who)) == "forbidden"
        assert (
            refused_unchanged(lambda who=who: work_tickets.reply_to_ticket(who, number, "hm", now=NOW)) == "forbidden"
        )
        assert refused_unchanged(lambda who=who: work_tickets.resolve_ticket(who, number, "hm", now=NOW)) == "forbidden"
        assert refused_unchanged(lambda who=who: work_tickets.close_ticket(who, number, "hm", now=NOW)) == "forbidden"
        assert refused_unchanged(lambda who=who: work_tickets.escalate_tickets(who, now=NOW)) == "forbidden"
    assert refused_unchanged(lambda: work_tickets.reply_to_ticket(operations(), 0, "hm", now=NOW)) == "ticket_unknown"


def test_what_is_written_stands_nowhere_in_the_clear(partner):
    number = opened(partner)
    (row,) = query("SELECT subject FROM participants_ticket WHERE id = %s", [number])
    (message,) = query("SELECT text FROM participants_ticket_message WHERE ticket_id = %s", [number])
    assert b"Rows" not in bytes(row["subject"])
    assert b"Wang" not in bytes(message["text"])


@pytest.mark.parametrize(
    ("statement", "state"),
    [
        ("UPDATE participants_ticket SET state = 'closed' WHERE id = %s", "TH014"),
        ("UPDATE participants_ticket SET level = -1 WHERE id = %s", "TH014"),
        ("UPDATE participants_ticket SET kind = 'data' WHERE id = %s", "42501"),
        ("UPDATE participants_ticket_message SET by = 'me' WHERE ticket_id = %s", "42501"),
        ("DELETE FROM participants_ticket_message WHERE ticket_id = %s", "42501"),
    ],
)
def test_the_database_refuses_the_application(partner, statement, state):
    from django.db import DatabaseError, connection, transaction

    number = opened(partner)
    before = whole()
    with pytest.raises(DatabaseError) as error, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, [number])
    assert error.value.__cause__.sqlstate == state
    assert whole() == before
