"""The seals of the trail: what the owner alters behind the triggers shows; what is old enough is let go, and nothing younger."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connections, transaction

pytestmark = pytest.mark.usefixtures("apart")
OLD = timedelta(days=200)


def owner(statement: str, *values: Any) -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(statement, list(values) or None)


@contextmanager
def behind_the_triggers() -> Iterator[None]:
    owner("ALTER TABLE audit_event DISABLE TRIGGER ALL")
    yield
    owner("ALTER TABLE audit_event ENABLE ALWAYS TRIGGER append_only")


def partner(code: str) -> None:
    from tanhui.participants.organizations.services import admit_file_partner

    admit_file_partner(f"{code}-{datetime.now(UTC).timestamp()}", now=datetime.now(UTC))


def seal() -> Any:
    from tanhui.flows.keep_trail import seal_trail

    return seal_trail(actor="test")


def verified() -> Any:
    from tanhui.support.security.audit.selectors import verify_trail

    return verify_trail()


def faults() -> list[tuple[int, str]]:
    return [(fault.number, fault.problem) for fault in verified().faults]


def last_id() -> int:
    from tanhui.support.security.audit.selectors import events
    from tanhui.support.security.audit.types import EventFilter

    return int(events(EventFilter(), limit=1)[0].id)


def prune(before: datetime) -> int:
    from tanhui.flows.keep_trail import prune_trail

    return prune_trail(before=before, actor="test", reason="retention")


def test_1_old_events_are_let_go_with_their_seals_kept_and_young_ones_never() -> None:
    from tanhui.core.refusal import Refusal

    with behind_the_triggers():  # as if what is there had been written long ago
        owner("UPDATE audit_event SET at = at - %s", OLD)
    first = seal()
    partner("young")
    second, before = seal(), verified()
    assert (first, second, before.faults, before.unsealed) == (1, 2, (), 0)

    for young in (datetime.now(UTC), datetime.now(UTC) - timedelta(days=170)):
        with pytest.raises(Refusal) as refusal:
            prune(young)
        assert (refusal.value.code, verified()) == ("trail_too_young", before)

    gone = prune(datetime.now(UTC) - timedelta(days=190))
    assert gone == before.events - 1

    after = verified()
    assert (after.seals, after.events, after.pruned, after.unsealed, after.faults) == (2, 1, gone, 1, ())
    assert after.head == before.head
    assert prune(datetime.now(UTC) - timedelta(days=190)) == 0


def test_2_seals_follow_one_another_and_the_same_events_are_sealed_once() -> None:
    partner("a")
    number, head = seal(), verified().head
    assert seal() is None
    partner("b")
    assert verified().unsealed == 1

    assert (seal(), verified().unsealed, faults()) == (number + 1, 0, [])
    assert verified().head != head


def test_3_while_a_writer_is_at_work_nothing_is_sealed() -> None:
    from tanhui.core.refusal import Refusal

    partner("c")
    with transaction.atomic(using="owner"):
        owner(
            "INSERT INTO participants_partner (code, name, kind, agreement_from, created_at) VALUES ('busy', '', 'file', now(), now())"
        )
        with pytest.raises(Refusal) as refusal:
            seal()
    assert refusal.value.code == "trail_busy"

    seal()
    assert (verified().unsealed, faults()) == (0, [])


@pytest.mark.parametrize(
    ("change", "back"),
    [
        ("UPDATE audit_event SET actor = 'somebody else' WHERE id = %s", "UPDATE audit_event SET actor = '' WHERE id = %s"),
        ("UPDATE audit_event SET after = after || '{\"kind\": \"api\"}' WHERE id = %s",
         "UPDATE audit_event SET after = after || '{\"kind\": \"file\"}' WHERE id = %s"),
        ("UPDATE audit_event SET at = at + interval '1 second' WHERE id = %s",
         "UPDATE audit_event SET at = at - interval '1 second' WHERE id = %s"),
    ],
)  # fmt: skip
def test_4_an_event_altered_by_the_owner_shows(change: str, back: str) -> None:
    partner("d")
    partner("e")
    number, event = seal(), last_id() - 1

    with behind_the_triggers():
        owner(change, event)
        assert faults() == [(number, "altered")]
        owner(back, event)
    assert faults() == []


def test_5_an_event_taken_out_or_added_shows_and_so_does_a_seal_made_anew() -> None:
    partner("f")
    partner("g")
    number, event = seal(), last_id()
    partner("h")
    seal()

    with behind_the_triggers():
        owner("DELETE FROM audit_event WHERE id = %s", event)
        assert faults() == [(number, "altered")]
        owner("ALTER TABLE audit_seal DISABLE TRIGGER ALL")
        owner(
            "UPDATE audit_seal AS s SET events = d.events, digest = d.digest FROM (SELECT coalesce(max(until_id), 0) AS after_id "
            "FROM audit_seal WHERE number = %s) AS p, audit_digest(p.after_id, %s, (SELECT previous FROM audit_seal WHERE number = %s)) AS d "
            "WHERE number = %s",
            number - 1, event, number, number,
        )  # fmt: skip
        assert faults() == [(number + 1, "chain_broken")]


def test_6_all_of_the_events_of_a_young_seal_taken_out_shows() -> None:
    with behind_the_triggers():
        owner("DELETE FROM audit_event")

    assert "pruned_too_early" in {problem for _, problem in faults()}
