"""What the database itself refuses, whoever asks: edits, forged balances, vouchers that belong to nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import DatabaseError, connection, connections, transaction
from tests.bookkeeping import NOW, VOUCHER, Books

from tanhui.core.conversion import NEVER

TABLES = ("posting", "transfer", "reversal", "operation", "batch")
CHANGES = ("UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}")
APPEND_ONLY, NO_RIGHT, NO_VOUCHER, OVERDRAWN, NOT_COVERED, NOT_EXACT = (
    "TH001", "42501", "TH002", "TH003", "TH004", "TH005",
)  # fmt: skip


@contextmanager
def refused(*states: str) -> Iterator[None]:
    """What is done within is refused with one of these states, and leaves nothing behind."""
    with pytest.raises(DatabaseError) as error, transaction.atomic():
        yield
    assert isinstance(error.value.__cause__, psycopg.Error)
    assert error.value.__cause__.sqlstate in states


@pytest.fixture
def filled(books: Books) -> Books:
    """Books with at least a row in every table."""
    books.correct(books.ride(), km="9")
    books.hold(10, key=str(uuid4()))
    return books


def execute(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("statement", CHANGES)
def test_the_application_cannot_change_what_was_booked(filled: Books, table: str, statement: str) -> None:
    column = {"transfer": "id", "batch": "id"}.get(table, "key")

    with refused(NO_RIGHT):
        execute(statement.format(f"ledger_{table}", column, column))


@pytest.mark.parametrize(
    ("table", "statement"),
    [
        *((table, statement) for table in TABLES for statement in CHANGES),
        *(("balance", statement) for statement in CHANGES[1:]),
    ],
)
def test_the_owner_cannot_either(filled: Books, table: str, statement: str) -> None:
    column = {"transfer": "id", "batch": "id"}.get(table, "key")
    owner = connections["owner"]

    with pytest.raises(DatabaseError) as error, transaction.atomic(using="owner"), owner.cursor() as cursor:
        cursor.execute(statement.format(f"ledger_{table}", column, column))

    assert error.value.__cause__.sqlstate == APPEND_ONLY  # type: ignore[union-attr]
    owner.close()


@pytest.mark.parametrize("column", ["reduction_mg", "available_milli", "held_milli", "postings"])
def test_a_balance_is_not_forged(filled: Books, column: str) -> None:
    with refused(NO_RIGHT):
        execute(f"UPDATE ledger_balance SET {column} = {column} + 1 WHERE person_id = %s", filled.person())


def test_an_account_opens_at_nothing(filled: Books) -> None:
    with refused(NO_RIGHT):
        execute("INSERT INTO ledger_balance (person_id, available_milli) VALUES (%s, 5)", 10**15)


def test_a_transfer_needs_its_operation(filled: Books) -> None:
    with refused(NO_VOUCHER):
        transfer(filled.person(), "available", "retired", 1, operation=uuid4())


def test_a_transfer_needs_an_account(filled: Books) -> None:
    with refused(NO_VOUCHER):
        transfer(10**15, "available", "retired", 1)


def test_nobody_takes_more_than_there_is(filled: Books) -> None:
    too_much = filled.balance().available_milli + 1

    for account in ("retired", "expired"):
        with refused(OVERDRAWN):
            transfer(filled.person(), "available", account, too_much)


def test_a_blocked_account_spends_nothing(filled: Books) -> None:
    from tanhui.flows.block_points import block_points

    block_points(key=str(uuid4()), person_id=filled.person(), blocked=True, **VOUCHER)

    with refused("TH006"):
        transfer(filled.person(), "available", "retired", 1)


def test_a_hold_gives_out_no_more_than_it_holds(filled: Books) -> None:
    """Although the account holds more, by another hold."""
    one, _ = (filled.hold(10, key=str(uuid4())) for _ in range(2))

    with refused(NOT_COVERED):
        transfer(filled.person(), "held", "available", 11, hold=one.operation, lot=one.lots[0][0])


def test_what_did_not_expire_is_not_clawed_back_from_there(filled: Books) -> None:
    with refused(NOT_COVERED):
        transfer(filled.person(), "expired", "clawed_back", 1)


@pytest.mark.parametrize(
    ("debit", "credit", "hold"),
    [
        ("issued", "available", False), ("retired", "available", False), ("clawed_back", "available", False),
        ("available", "available", False), ("expired", "available", False), ("held", "expired", True),
        ("available", "held", False), ("available", "retired", True), ("nowhere", "available", False),
    ],
)  # fmt: skip
def test_points_move_only_where_they_may(filled: Books, debit: str, credit: str, hold: bool) -> None:
    """No points out of nothing, none back from where they were used up, none held without a hold."""
    with refused("23514"):
        transfer(filled.person(), debit, credit, 1, hold=uuid4() if hold else None)


@pytest.mark.parametrize("milli", [0, -1])
def test_a_transfer_moves_something(filled: Books, milli: int) -> None:
    with refused("23514"):
        transfer(filled.person(), "available", "retired", milli)


def test_a_posting_needs_an_account(filled: Books) -> None:
    with refused("40001"):
        copy_posting(filled, person_id=10**15, sequence=1)


def test_a_posting_needs_the_next_place(filled: Books) -> None:
    like, last = filled.ride(), filled.balance().postings

    for place in (last, last + 2):
        with refused("40001"):
            copy_posting(filled, like=like, sequence=place)


def test_a_reversal_belongs_to_a_record(filled: Books) -> None:
    with refused(NOT_EXACT):
        copy_posting(filled, kind=2, credited_mg="-credited_mg", reduction_mg="-reduction_mg", points_milli=0)


def test_a_reversal_is_exact(filled: Books) -> None:
    key, reversal = filled.ride(), uuid4()

    with refused(NOT_EXACT):
        execute(
            "INSERT INTO ledger_reversal (key, reverses, reason, actor, booked_at) VALUES (%s, %s, 'r', 'a', %s)",
            reversal, key, NOW,
        )  # fmt: skip
        copy_posting(filled, like=key, key=f"'{reversal}'::uuid", kind=2, credited_mg="-credited_mg + 1",
                     reduction_mg="-reduction_mg", points_milli=0)  # fmt: skip


def test_a_replacement_belongs_to_a_reversal(filled: Books) -> None:
    with refused(NOT_EXACT):
        copy_posting(filled, kind=3)


@pytest.mark.parametrize(
    "forged", [{"credited_mg": "reduction_mg + 1"}, {"credited_mg": "-1"}, {"points_milli": "-1"}, {"kind": 4}]
)
def test_a_posting_credits_no_more_than_it_reduces(filled: Books, forged: dict[str, Any]) -> None:
    with refused("23514"):
        copy_posting(filled, **forged)


def test_a_record_is_booked_once(filled: Books) -> None:
    key = filled.ride()

    with refused("23505"):
        copy_posting(filled, like=key, key="key")


def transfer(
    person: int, debit: str, credit: str, milli: int, *, operation: Any = None, hold: Any = None, lot: Any = NEVER
) -> None:
    if operation is None:
        operation = uuid4()
        execute(
            "INSERT INTO ledger_operation (key, kind, content, booked_at, reason, actor) VALUES (%s, 'x', 0, %s, '', 't')",
            operation, NOW,
        )  # fmt: skip
    execute(
        "INSERT INTO ledger_transfer (operation, person_id, debit, credit, amount_milli, expires_on, hold) "
        "VALUES (%s, %s, %s, %s, %s, %s, %s)",
        operation, person, debit, credit, milli, lot, hold,
    )  # fmt: skip


def copy_posting(books: Books, *, like: Any = None, **changed: Any) -> None:
    """Inserts a posting like the person's last record, with these columns changed (SQL expressions)."""
    from tanhui.support.ledger.types import POSTING_COLUMNS

    like = like or books.ride()
    changed = {"key": "gen_random_uuid()", "sequence": books.balance().postings + 1} | changed
    names = [name for name, _ in POSTING_COLUMNS]
    values = [str(changed.get(name, name)) for name in names]
    execute(
        f"INSERT INTO ledger_posting ({', '.join(names)}) SELECT {', '.join(values)} FROM ledger_posting WHERE key = %s",
        like,
    )


def test_the_application_is_not_the_owner_in_disguise(db: None) -> None:
    """On the embedded server it logs in as its role, so that there is nothing to fall back to."""
    if connection.settings_dict["ENGINE"] != "tanhui.config.engine.backend":
        pytest.skip("on a server of others the login is theirs to give")

    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("SELECT rolname, rolsuper FROM pg_roles WHERE rolname = session_user")
        assert cursor.fetchone() == ("tanhui_app", False)


def test_nothing_can_stand_before_a_table_of_the_ledger(db: None) -> None:
    with refused(NO_RIGHT):
        connection.cursor().execute("CREATE TEMPORARY TABLE ledger_posting (key uuid)")
