"""The audit: quiet on right books, and naming what was changed behind the guards' back."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection, transaction
from tests.bookkeeping import Books, as_owner


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
        ("UPDATE ledger_transfer SET credit = 'expired' WHERE person_id = %s AND credit = 'retired' AND hold IS NULL", "transfers_have_their_operation"),
    ],
)  # fmt: skip
def test_changed_vouchers_are_found(full: Books, statement: str, check: str) -> None:
    with behind_the_guards() as cursor:
        cursor.execute(statement, [full.person("b")])
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
