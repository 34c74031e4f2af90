"""The audit: quiet on right books, and naming what was changed behind the guards' back."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from tests.batches import Desk, at, pay, walk
from tests.bookkeeping import NOW, Books, as_owner


@contextmanager
def behind_the_guards() -> Iterator[Any]:
    """A cursor of the owner's with every guard off; what it does is seen until the block ends, and then undone."""
    with as_owner(), transaction.atomic(), connection.cursor() as cursor:
        for table in ("posting", "transfer", "reversal", "operation", "batch", "balance"):
            cursor.execute(f"ALTER TABLE ledger_{table} DISABLE TRIGGER USER")
        yield cursor
        transaction.set_rollback(True)


def found() -> dict[str, set[str]]:
    """What the audit finds wrong: by check, who or what it is about."""
    from tanhui.flows.audit_books import audit_books

    audit = audit_books()
    assert audit.ok == (not audit.problems)
    about: dict[str, set[str]] = {}
    for fault in audit.problems:
        about.setdefault(fault.check, set()).add(fault.about)
    return about


@pytest.fixture
def full(books: Books) -> Books:
    """Books in which everything has happened."""
    keys = books.rides([{"person": name, "km": km} for name in "abc" for km in ("1.5", "10", "19.195")])
    books.correct(keys[0])
    books.correct(keys[4], km="7")
    held = books.hold(50, key=str(uuid4()), person="b")
    books.retire(held, 20, key=str(uuid4()))
    books.release(held, 10, key=str(uuid4()))
    books.spend(5, key=str(uuid4()), person="b")
    spent = books.ride("d")
    books.spend(books.balance("d").available_milli, key=str(uuid4()), person="d")
    books.correct(spent)
    return books


def test_right_books_are_right(full: Books) -> None:
    from tanhui.flows.audit_books import audit_books

    audit = audit_books()

    assert audit.problems == []
    assert audit.ok
    assert audit.counts["recomputed"] == audit.counts["postings"] >= 14
    assert audit.counts["reversals"] >= 3


@pytest.mark.parametrize(
    ("change", "checks"),
    [
        ("reduction_mg = reduction_mg + 1", {"reductions"}),
        ("quantity_1 = quantity_1 - 1", {"reductions"}),
        ("credited_mg = credited_mg - 1", {"credits", "accounts"}),
        ("points_milli = points_milli + 1", {"points", "accounts"}),
        ("evidence = 0", {"points"}),
        ("rule_id = 999999", {"points"}),
        ("coefficient_id = 999999", {"coefficient_held"}),
        ("occurred_at = '1999-01-01'", {"coefficient_held"}),
        ("batch_id = 999999999", {"postings_have_their_batch"}),
        ("sequence = sequence + 1", {"accounts"}),
        ("expires_on = '9999-12-31'", {"expiries"}),
        ("expires_on = expires_on - 1", {"expiries"}),
        ("region = 110000", {"regions"}),
        ("region = 999", {"regions"}),
        ("region = -99", {"regions"}),
        ("behavior = 17", {"coefficient_held"}),
        ("occurred_at = '2026-03-01 04:00:01Z'", {"dates"}),
        ("capped_by = 1", {"credits", "cuts_have_their_cap"}),
        ("capped_by = 3", {"points", "cuts_have_their_cap"}),
        ("capped_by = 4", {"credits"}),
    ],
)
def test_a_changed_record_is_named(full: Books, change: str, checks: set[str]) -> None:
    key = full.ride("z")

    with behind_the_guards() as cursor:
        cursor.execute(f"UPDATE ledger_posting SET {change} WHERE key = %s", [key])
        problems = found()

    assert checks <= set(problems)
    assert set().union(*(problems[check] for check in checks)) <= {str(key), f"P{full.person('z')}"}


def test_a_record_gone_is_missed(full: Books) -> None:
    """Even if the balance was brought down with it: the places in the account no longer count up without a gap."""
    first, _ = full.ride("z"), full.ride("z")

    with behind_the_guards() as cursor:
        cursor.execute(
            "UPDATE ledger_balance AS b SET postings = postings - 1, reduction_mg = b.reduction_mg - p.credited_mg, "
            "available_milli = available_milli - points_milli FROM ledger_posting AS p "
            "WHERE p.key = %s AND b.person_id = p.person_id",
            [first],
        )
        cursor.execute("DELETE FROM ledger_posting WHERE key = %s", [first])
        problems = found()

    assert problems == {"accounts": {f"P{full.person('z')}"}}


@pytest.mark.parametrize("column", ["reduction_mg", "available_milli", "held_milli", "postings"])
def test_a_forged_balance_is_named(full: Books, column: str) -> None:
    with behind_the_guards() as cursor:
        cursor.execute(f"UPDATE ledger_balance SET {column} = {column} + 1 WHERE person_id = %s", [full.person("b")])
        problems = found()

    assert problems == {"accounts": {f"P{full.person('b')}"}}


@pytest.mark.parametrize(
    ("statement", "check"),
    [
        ("UPDATE ledger_transfer SET amount_milli = amount_milli + 1 WHERE person_id = %s AND credit = 'retired'", "accounts"),
        ("DELETE FROM ledger_transfer WHERE person_id = %s AND credit = 'held'", "holds_are_covered"),
        ("DELETE FROM ledger_transfer WHERE person_id = %s AND credit = 'clawed_back'", "points_of_reversed_are_clawed_back"),
        ("UPDATE ledger_transfer SET operation = gen_random_uuid() WHERE person_id = %s AND hold IS NOT NULL", "transfers_have_their_operation"),
        ("UPDATE ledger_transfer SET expires_on = '2028-01-01' WHERE person_id = %s AND credit = 'retired'", "accounts"),
        ("DELETE FROM ledger_reversal WHERE key IN (SELECT key FROM ledger_posting WHERE person_id = %s)", "reversals_have_their_record"),
        ("UPDATE ledger_posting SET credited_mg = credited_mg - 1 WHERE kind = 2 AND person_id = %s", "reversals_are_exact"),
        ("DELETE FROM ledger_balance WHERE person_id = %s", "accounts"),
        ("UPDATE ledger_balance SET last_ended_at = NULL WHERE person_id = %s", "watermarks"),
        ("UPDATE ledger_posting SET partner_id = partner_id + 1 WHERE person_id = %s", "postings_have_their_batch"),
        ("UPDATE ledger_posting SET household = 77 WHERE kind = 2 AND person_id = %s", "reversals_are_exact"),
        ("UPDATE ledger_posting SET expires_on = expires_on + 1 WHERE kind = 3 AND person_id = %s", "reversals_are_exact"),
        ("UPDATE ledger_posting SET content = content + 1 WHERE kind = 3 AND person_id = %s", "reversals_are_exact"),
        ("DELETE FROM ledger_operation WHERE key IN (SELECT r.key FROM ledger_reversal AS r JOIN ledger_posting AS p USING (key) WHERE person_id = %s)", "reversals_are_exact"),
        ("UPDATE ledger_reversal SET reason = 'another' WHERE key IN (SELECT key FROM ledger_posting WHERE person_id = %s)", "operations"),
        ("UPDATE ledger_operation SET content = content + 1 WHERE kind = 'correct' AND key IN (SELECT key FROM ledger_posting WHERE person_id = %s)", "operations"),
        *((f"UPDATE ledger_operation SET content = content + 1 WHERE kind = '{kind}' AND key IN (SELECT operation FROM ledger_transfer WHERE person_id = %s)", "operations") for kind in ("hold", "spend", "retire", "release")),
        ("UPDATE ledger_transfer SET credit = 'expired' WHERE person_id = %s AND credit = 'retired' AND hold IS NULL", "transfers_have_their_operation"),
    ],
)  # fmt: skip
def test_changed_vouchers_are_found(full: Books, statement: str, check: str) -> None:
    with behind_the_guards() as cursor:
        cursor.execute(statement, [full.person("b")])
        assert cursor.rowcount
        problems = found()

    assert check in problems


def test_a_changed_coefficient_is_named(full: Books) -> None:
    with behind_the_guards() as cursor:
        cursor.execute("SELECT coefficient_id FROM ledger_posting WHERE person_id = %s LIMIT 1", [full.person("b")])
        number = cursor.fetchone()[0]
        cursor.execute("UPDATE quantify_coefficient SET reduction_ng = '[1]' WHERE id = %s", [number])
        problems = found()

    assert problems["coefficients"] == {str(number)}


def test_an_account_of_nobody_is_named(full: Books) -> None:
    with behind_the_guards() as cursor:
        cursor.execute("DELETE FROM participants_person WHERE id = %s", [full.person("b")])
        problems = found()

    assert problems == {"persons": {f"P{full.person('b')}"}}


@pytest.mark.parametrize(
    "change",
    ["terms = jsonb_set(terms, '{0,title,en}', '\"another\"')", "region = 'CN-SOUTH'", "valid_from = valid_from - 1", "variant = 'another'"],
)  # fmt: skip
def test_a_coefficient_that_is_not_what_its_digest_was_made_of_is_named(full: Books, change: str) -> None:
    with behind_the_guards() as cursor:
        cursor.execute("SELECT coefficient_id FROM ledger_posting WHERE person_id = %s LIMIT 1", [full.person("b")])
        number = cursor.fetchone()[0]
        cursor.execute(f"UPDATE quantify_coefficient SET {change} WHERE id = %s", [number])
        problems = found()

    assert problems["coefficient_digests"] == {str(number)}


@pytest.mark.parametrize(
    "change", ["document = document || ' '", "document = 'x'", "digest = md5('x')", "behavior = 18"]
)
def test_a_methodology_rewritten_is_named(full: Books, change: str) -> None:
    with behind_the_guards() as cursor:
        cursor.execute(
            f"UPDATE quantify_methodology_version SET {change} WHERE id = (SELECT methodology_id FROM quantify_coefficient AS c "
            "JOIN ledger_posting AS p ON p.coefficient_id = c.id WHERE p.person_id = %s LIMIT 1) RETURNING code, version",
            [full.person("b")],
        )
        code, version = cursor.fetchone()
        problems = found()

    assert problems["methodologies"] == {f"{code}@{version}"}


PLATE = {"behavior": 4, "count": 1}  # at most 3 a day
BILL = {"behavior": 28, "count": 1}  # at most 1 a month and household, 10 a month and person
BALANCE = "UPDATE ledger_balance SET reduction_mg = reduction_mg + %s, available_milli = available_milli + %s WHERE person_id = %s"
CREDIT = "UPDATE ledger_posting SET credited_mg = %s, points_milli = %s, capped_by = %s WHERE key = %s"


def key_of(recorded: Any, place: int) -> UUID:
    return UUID(bytes=recorded.keys[place].tobytes())


@pytest.fixture
def desk(django_db_setup: None, django_db_blocker: Any) -> Iterator[Desk]:
    with django_db_blocker.unblock():
        yield Desk.open()


def test_more_than_a_cap_on_records_allows_is_named(desk: Desk) -> None:
    recorded = desk.send(*({"id": str(n), "at": at(n), **PLATE} for n in range(4)))

    with behind_the_guards() as cursor:
        cursor.execute(CREDIT, [87_420, 87_420, 0, key_of(recorded, 3)])
        cursor.execute(BALANCE, [87_420, 87_420, desk.people["anna"]])
        problems = found()

    assert problems == {"caps_hold": {f"P{desk.people['anna']}"}}


def test_more_than_a_cap_on_grams_allows_is_named(desk: Desk) -> None:
    recorded = desk.send(*(walk(str(n), 20_000, at=at(n)) for n in range(3)))  # 126,000 mg each, at most 296,000 a day

    with behind_the_guards() as cursor:
        cursor.execute(CREDIT, [44_001, 44_001, 2, key_of(recorded, 2)])
        cursor.execute(BALANCE, [1, 1, desk.people["anna"]])
        problems = found()

    assert problems == {"caps_hold": {f"P{desk.people['anna']}"}}


def test_more_than_a_household_may_have_is_named(desk: Desk) -> None:
    rows = ({"id": name, "person": name, "at": at(n), "household": "1", **BILL} for n, name in enumerate("ab"))
    recorded = desk.send(*rows)

    with behind_the_guards() as cursor:
        cursor.execute(CREDIT, [20_888, 20_888, 0, key_of(recorded, 1)])
        cursor.execute(BALANCE, [20_888, 20_888, desk.people["b"]])
        problems = found()

    (about,) = problems.pop("caps_hold")
    assert problems == {}
    assert about.startswith("household ")


@pytest.mark.parametrize(
    ("row", "capped_by"), [(walk("1"), 1), (walk("1"), 2), (PLATE | {"id": "1"}, 1), (BILL | {"id": "1"}, 1)]
)
def test_a_record_cut_by_a_cap_that_was_not_reached_is_named(desk: Desk, row: dict[str, Any], capped_by: int) -> None:
    recorded = desk.send(row)
    credited = int(recorded.credited_mg[0])

    with behind_the_guards() as cursor:
        cursor.execute(CREDIT, [0, 0, capped_by, key_of(recorded, 0)])
        cursor.execute(BALANCE, [-credited, -credited, desk.people["anna"]])
        problems = found()

    assert problems == {"cuts_have_their_cap": {str(key_of(recorded, 0))}}


def test_more_points_than_a_rule_allows_and_points_cut_for_nothing_are_named(full: Books) -> None:
    capped = full.under(caps=[{"per": "day", "points": "500"}])
    keys = capped.rides([{"person": "y", "at": NOW - timedelta(hours=hours), "km": "6"} for hours in (1, 2)])
    assert capped.balance("y").available_milli == 500_000
    assert found() == {}

    with behind_the_guards() as cursor:
        cursor.execute("UPDATE ledger_posting SET points_milli = points_milli + 1 WHERE key = %s", [keys[1]])
        cursor.execute(BALANCE, [0, 1, capped.person("y")])
        assert found() == {"caps_hold": {f"P{capped.person('y')}"}}
    with behind_the_guards() as cursor:
        cursor.execute("UPDATE ledger_posting SET points_milli = points_milli - 1 WHERE key = %s", [keys[1]])
        cursor.execute(BALANCE, [0, -1, capped.person("y")])
        assert found() == {"cuts_have_their_cap": {str(keys[1])}}


def test_a_cut_stays_right_when_what_filled_the_cap_is_withdrawn(desk: Desk) -> None:
    from tanhui.flows.correct_activity import correct_activity

    recorded = desk.send(*({"id": str(n), "at": at(n), **PLATE} for n in range(4)), pay("p"))

    correct_activity(key_of(recorded, 0), reason="wrong", actor="tester", replace=None, now=NOW)

    assert found() == {}
    assert desk.balance()[0] == 2 * 87_420 + 480


def test_caps_of_household_and_person_meeting_in_one_batch_are_right(desk: Desk) -> None:
    """The last of a person's ten fills a household's one, and is itself cut: what others of the household lose is explained."""
    rows = [{"id": f"{n}", "at": at(n), "household": f"{n}", **BILL} for n in range(11)]
    rows.append({"id": "b", "person": "b", "at": at(12), "household": "10", **BILL})

    desk.send(*rows)

    assert found() == {}
