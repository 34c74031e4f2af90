"""The audit trail: every change leaves an event, whoever makes it and however; nobody but time takes one away.

What is written here is committed: the trail is asked what stayed. The tests have a table of their own, hung on the trail as
any other; it is dropped afterwards.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connections, transaction
from tests.batches import query
from tests.bookkeeping import NOW

NO_RIGHT, STAYS = "42501", "TH011"
PROBE = "trail_probe"
_NUMBERS = count(1)
MADE = f"""
    CREATE TABLE {PROBE} (id int PRIMARY KEY, name text, phone bytea, blocked bool DEFAULT false);
    GRANT UPDATE, DELETE ON {PROBE} TO tanhui_app;
"""


@pytest.fixture(autouse=True)
def probe(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    from tanhui.config.audited import AUDITED
    from tanhui.support.security.audit.attach import attach
    from tanhui.support.security.audit.types import Audited

    with django_db_blocker.unblock():
        execute(MADE, using="owner")
        attach((*AUDITED, Audited(PROBE, sealed=("phone",))))
        yield
        execute(f"DROP TABLE {PROBE}", using="owner")
        connections["owner"].close()


@contextmanager
def refused(*states: str, using: str = "default") -> Iterator[None]:
    """What is done within is refused with that state, and leaves nothing behind."""
    with pytest.raises(DatabaseError) as error, transaction.atomic(using=using):
        yield
    assert isinstance(error.value.__cause__, psycopg.Error)
    assert error.value.__cause__.sqlstate in states


def execute(statement: str, *values: Any, using: str = "default") -> None:
    with connections[using].cursor() as cursor:
        cursor.execute(statement, list(values) or None)


def fill(*names: str) -> None:
    execute(f"INSERT INTO {PROBE} SELECT n, v FROM unnest(%s::text[]) WITH ORDINALITY AS u(v, n)", list(names))


def events(**which: Any) -> list[Any]:
    from tanhui.support.security.audit.selectors import events
    from tanhui.support.security.audit.types import EventFilter

    return list(reversed(events(EventFilter(**which))))


def last_id() -> int:
    found = events()
    return int(found[-1].id) if found else 0


@contextmanager
def told(table: str = PROBE) -> Iterator[list[Any]]:
    """The events that what is done within leaves, there at its end."""
    found: list[Any] = []
    mark = last_id()
    yield found
    found += [event for event in events(table=table) if event.id > mark]


def test_a_row_added_changed_and_deleted_is_told_with_what_was_and_what_is() -> None:
    with told() as found:
        fill("a")
        execute(f"UPDATE {PROBE} SET name = 'b'")
        execute(f"DELETE FROM {PROBE}")

    whole = {"id": 1, "name": "a", "phone": None, "blocked": False}
    assert [(event.operation, event.row, event.before, event.after) for event in found] == [
        ("insert", "1", None, whole),
        ("update", "1", {"name": "a"}, {"name": "b"}),
        ("delete", "1", whole | {"name": "b"}, None),
    ]
    assert len({event.transaction for event in found}) == 3


def test_models_written_in_bulk_leave_one_event_a_row() -> None:
    from django.apps import apps

    model = apps.get_model("organizations", "Partner")
    codes = [f"trail-{next(_NUMBERS)}-{last_id()}" for _ in range(3)]
    new = [model(code=c, name=c, kind="file", agreement_from="2000-01-01", created_at=NOW) for c in codes]

    with told("participants_partner") as found:
        rows = model.objects.bulk_create(new)
        model.objects.filter(code__in=codes).update(kind="api")

    numbers = [str(row.pk) for row in rows]
    assert [(event.operation, event.row) for event in found] == [
        *(("insert", number) for number in numbers),
        *(("update", number) for number in numbers),
    ]
    assert [event.after for event in found[3:]] == [{"kind": "api"}] * 3


def test_a_raw_statement_leaves_one_event_a_row() -> None:
    with told() as found:
        fill("a", "b", "c")
        execute(f"UPDATE {PROBE} SET name = 'x' WHERE id > 1")

    assert [(event.operation, event.row) for event in found] == [
        ("insert", "1"), ("insert", "2"), ("insert", "3"), ("update", "2"), ("update", "3"),
    ]  # fmt: skip


def test_rows_copied_in_leave_events_too() -> None:
    with (
        told() as found,
        connections["default"].cursor() as cursor,
        cursor.copy(f"COPY {PROBE} (id, name) FROM STDIN") as copy,
    ):
        copy.write("1\ta\n2\tb\n")

    assert [(event.operation, event.row) for event in found] == [("insert", "1"), ("insert", "2")]


def test_a_write_that_changes_nothing_leaves_no_event() -> None:
    fill("a")

    with told() as found:
        execute(f"UPDATE {PROBE} SET name = name")
        execute(f"UPDATE {PROBE} SET name = 'b' WHERE id = 7")

    assert found == []


def test_a_changed_key_is_told_as_the_row_that_was_and_the_row_that_is() -> None:
    fill("a")

    with told() as found:
        execute(f"UPDATE {PROBE} SET id = 9")

    assert {(event.row, event.before is None, event.after is None) for event in found} == {
        ("1", False, True), ("9", True, False),
    }  # fmt: skip


def test_an_upsert_is_told_as_what_it_did() -> None:
    fill("a")

    with told() as found:
        execute(f"INSERT INTO {PROBE} VALUES (1, 'twice') ON CONFLICT (id) DO UPDATE SET name = excluded.name")

    assert [(event.operation, event.after) for event in found] == [("update", {"name": "twice"})]


def test_a_truncated_table_is_told_with_the_number_of_its_rows() -> None:
    fill("a", "b")

    with told() as found:
        execute(f"TRUNCATE {PROBE}", using="owner")

    assert [(event.operation, event.before) for event in found] == [("truncate", {"rows": 2})]
    assert found[0].login != "tanhui_app"


def test_what_is_sealed_is_told_as_changed_and_never_with_a_value() -> None:
    with told() as found:
        execute(f"INSERT INTO {PROBE} VALUES (1, 'a', '\\x1234'), (2, 'b', NULL)")
        execute(f"UPDATE {PROBE} SET phone = '\\x5678'")
        execute(f"DELETE FROM {PROBE} WHERE id = 1")

    assert [(event.before or {}).get("phone", "-") for event in found] == ["-", "-", "(changed)", None, "(changed)"]
    assert [(event.after or {}).get("phone", "-") for event in found] == [
        "(changed)",
        None,
        "(changed)",
        "(changed)",
        "-",
    ]
    assert not any(secret in str(event) for event in found for secret in ("1234", "5678"))


def test_a_table_filled_in_bulk_leaves_one_event_with_the_number_of_rows() -> None:
    from tanhui.config.audited import AUDITED
    from tanhui.support.security.audit.attach import attach
    from tanhui.support.security.audit.types import Audited

    attach((*AUDITED, Audited(PROBE, inserts="counted")))

    with told() as found:
        fill("a", "b", "c")
        execute(f"INSERT INTO {PROBE} SELECT 1 WHERE false")
        execute(f"UPDATE {PROBE} SET name = 'x' WHERE id = 2")

    assert [(event.operation, event.row, event.after) for event in found] == [
        ("counted", "", {"rows": 3}), ("update", "2", {"name": "x"}),
    ]  # fmt: skip


def test_of_a_table_that_changes_all_the_time_only_the_column_that_counts_is_told() -> None:
    from tanhui.config.audited import AUDITED
    from tanhui.support.security.audit.attach import attach
    from tanhui.support.security.audit.types import Audited

    attach((*AUDITED, Audited(PROBE, only=("blocked",))))

    with told() as found:
        fill("a", "b")
        execute(f"UPDATE {PROBE} SET name = 'x'")
        execute(f"UPDATE {PROBE} SET blocked = true, name = 'y' WHERE id = 2")
        execute(f"UPDATE {PROBE} SET blocked = blocked")

    assert [(event.row, event.before, event.after) for event in found] == [
        ("2", {"name": "x", "blocked": False}, {"name": "y", "blocked": True})
    ]


def test_who_why_and_on_which_request_are_in_every_event() -> None:
    from tanhui.support.security.audit.context import acting_as

    with told() as found:
        fill("a")
        with acting_as("staff:7", reason="new agreement", request="r-1"):
            with transaction.atomic():
                execute(f"UPDATE {PROBE} SET name = 'b'")
                with acting_as("staff:8"):
                    execute(f"UPDATE {PROBE} SET name = 'c'")
                execute(f"UPDATE {PROBE} SET name = 'd'")
            execute(f"UPDATE {PROBE} SET name = 'e'")
        execute(f"UPDATE {PROBE} SET name = 'f'")

    known = ("staff:7", "new agreement", "r-1")
    assert [(event.actor, event.reason, event.request) for event in found] == [
        ("", "", ""), known, ("staff:8", "", ""), known, known, ("", "", ""),
    ]  # fmt: skip
    login = query("SELECT session_user AS login")[0]["login"]  # on a server of others: whom it was given
    assert {event.login for event in found} == {login}


def test_a_failed_transaction_leaves_no_event_and_nobody_acting() -> None:
    from tanhui.support.security.audit.context import acting_as

    fill("a")

    with told() as found:
        with refused("23505"), acting_as("staff:7"):
            execute(f"UPDATE {PROBE} SET name = 'b'")
            fill("a")
        with acting_as("staff:9"), refused("23505"):
            fill("a")
        execute(f"UPDATE {PROBE} SET name = 'c'")

    assert [event.actor for event in found] == [""]


def test_when_the_trail_cannot_be_written_nothing_is_done() -> None:
    execute("ALTER TABLE audit_event ADD CONSTRAINT full_disk CHECK (id < 0) NOT VALID", using="owner")
    try:
        with refused("23514"):
            fill("a")
    finally:
        execute("ALTER TABLE audit_event DROP CONSTRAINT full_disk", using="owner")

    with connections["default"].cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {PROBE}")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO audit_event SELECT * FROM audit_event",
        "UPDATE audit_event SET actor = 'nobody'",
        "DELETE FROM audit_event",
        "TRUNCATE audit_event",
        "INSERT INTO audit_seal SELECT * FROM audit_seal",
        "UPDATE audit_seal SET events = 0",
        "DELETE FROM audit_seal",
        "TRUNCATE audit_seal",
        "SELECT nextval('audit_event_id_seq')",
        "SELECT audit_note('participants_partner', 'attach', '{}')",
        "SELECT audit_prune(now() - interval '1 year')",
        f"ALTER TABLE {PROBE} DISABLE TRIGGER audit_update",
        f"DROP TRIGGER audit_update ON {PROBE}",
        "ALTER TABLE audit_event DISABLE TRIGGER append_only",
        "SET session_replication_role = replica",
        "CREATE OR REPLACE FUNCTION audit_write() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    ],
)
def test_the_application_cannot_touch_the_trail(statement: str) -> None:
    fill("a")
    before = events()

    with refused(NO_RIGHT):
        execute(statement)

    assert events() == before
    with told() as found:
        execute(f"UPDATE {PROBE} SET name = 'still watched'")
    assert len(found) == 1


@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
@pytest.mark.parametrize(("table", "column"), [("audit_event", "id"), ("audit_seal", "number")])
def test_the_owner_cannot_either(statement: str, table: str, column: str) -> None:
    from tanhui.support.security.audit.services import seal_events

    fill("a")
    seal_events()
    before = events()

    with refused(STAYS, using="owner"):
        execute(statement.format(table, column, column), using="owner")

    assert events() == before


def test_a_table_taken_off_the_trail_is_hung_on_it_again_and_that_is_told() -> None:
    from tanhui.config.audited import AUDITED
    from tanhui.support.security.audit.attach import attach
    from tanhui.support.security.audit.types import Audited

    register = (*AUDITED, Audited(PROBE, sealed=("phone",)))
    assert attach(register) == []
    execute(f"ALTER TABLE {PROBE} DISABLE TRIGGER audit_update", using="owner")

    with told() as found:
        assert attach(register) == [PROBE]
        assert attach(AUDITED) == [PROBE]
        fill("a")

    assert [event.operation for event in found] == ["attach", "detach"]


def test_events_are_found_by_who_what_when_and_any_text() -> None:
    from tanhui.support.security.audit.context import acting_as
    from tanhui.support.security.audit.selectors import count_events
    from tanhui.support.security.audit.types import EventFilter

    with told() as found, acting_as(f"staff:{last_id() + 1000}", reason="Found By This"):
        fill("alpha", "beta")
    one, other = found

    assert events(actor=one.actor) == found
    assert events(table=PROBE, row="2", since=one.at, text="BETA") == [other]
    assert events(table=PROBE, text="found by", since=one.at) == found
    assert events(actor=one.actor, until=one.at) == []
    assert events(actor=one.actor, since=one.at, until=other.at + timedelta(microseconds=1)) == found
    assert count_events(EventFilter(actor=one.actor)) == 2
