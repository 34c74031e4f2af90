"""The commands on points and on the books, as a program calls them: JSON out, 0 when done, 1 when refused or wrong."""

import json
from collections.abc import Callable
from dataclasses import fields
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from click.testing import CliRunner, Result
from django.db import connection, transaction
from tests.bookkeeping import NOW, Books, as_owner

from tanhui.presentation.cli.books import Surroundings
from tanhui.presentation.cli.main import commands

Run = Callable[..., Result]


@pytest.fixture
def run(books: Books) -> Run:
    """Runs a command line as `tanhui` does, on the tests' books."""
    given = {"person_key": lambda: books.scheme.secret, "now": lambda: NOW, "gwp_set": lambda: "ar5"}
    around = Surroundings(**{one.name: given.get(one.name, lambda: None) for one in fields(Surroundings)})

    def call(*arguments: str) -> Result:
        return CliRunner().invoke(commands, arguments, obj=around)

    return call


def answer(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_record_is_corrected_and_the_same_again_does_nothing(books: Books, run: Run) -> None:
    key = books.ride(km="10")
    line = ("correct", str(key), "--reason", "meter", "--replace", "distance_km=4.5", "--json")

    first, second = answer(run(*line)), answer(run(*line))

    assert first["replacement"] == second["replacement"]
    assert (first["repeated"], second["repeated"]) == (False, True)
    assert first["credited_mg"][1] == books.balance().reduction_mg


def test_a_record_is_withdrawn(books: Books, run: Run) -> None:
    done = answer(run("correct", str(books.ride()), "--reason", "not theirs", "--json"))

    assert done["replacement"] is None
    assert books.balance().reduction_mg == 0


@pytest.mark.parametrize("written", ["distance_km", "distance_km=far"])
def test_a_field_that_is_no_figure_is_refused(books: Books, run: Run, written: str) -> None:
    key = books.ride()
    before = books.balance()

    assert run("correct", str(key), "--reason", "x", "--replace", written).exit_code in {1, 2}
    assert books.balance() == before


def test_points_are_held_retired_and_released(books: Books, run: Run) -> None:
    books.ride()
    person, key = f"P{books.person()}", str(uuid4())

    held = answer(run("points", "hold", person, "12.5", "--key", key, "--reason", "order", "--json"))
    answer(run("points", "retire", held["operation"], "--amount", "2.5", "--json"))
    released = answer(run("points", "release", held["operation"], "--json"))

    assert held["operation"] == key
    assert (held["amount_milli"], released["amount_milli"]) == (12_500, 10_000)
    assert run("points", "release", held["operation"]).exit_code == 1


def test_points_are_spent_listed_blocked_and_freed(books: Books, run: Run) -> None:
    books.ride()
    person = f"P{books.person()}"

    answer(run("points", "spend", person, "1", "--json"))
    (lot,) = answer(run("points", "lots", person, "--json"))
    blocked = answer(run("points", "block", person, "--reason", "odd", "--json"))
    refused = run("points", "spend", person, "1")
    freed = answer(run("points", "unblock", person, "--reason", "clear", "--json"))

    assert lot["points_milli"] == lot["usable_milli"] == books.balance().available_milli
    assert (blocked["blocked"], refused.exit_code, freed["blocked"]) == (True, 1, False)


@pytest.mark.parametrize("amount", ["1.0005", "much", "0", "-1"])
def test_an_amount_that_cannot_be_is_refused(books: Books, run: Run, amount: str) -> None:
    books.ride()
    before = books.balance()

    assert run("points", "hold", f"P{books.person()}", "--", amount).exit_code == 1
    assert books.balance() == before


def test_points_expire(books: Books, run: Run) -> None:
    short = books.under(expiry={"kind": "days", "count": 1})
    short.ride(now=NOW - timedelta(days=1))

    done = answer(run("points", "expire", "--on", "2026-03-01", "--json"))

    assert done["on"] == "2026-03-01"
    assert done["milli"] >= 1
    assert short.balance().available_milli == 0


def test_points_that_are_still_valid_are_not_expired_ahead_of_their_day(books: Books, run: Run) -> None:
    books.ride()
    before = books.balance()

    refused = run("points", "expire", "--on", "2029-01-01", "--json")

    assert refused.exit_code != 0
    assert "2029-01-01 has not come yet" in refused.output or "2029-01-01 还未到" in refused.output
    assert books.balance() == before


def test_points_expire_today_in_the_schemes_zone(books: Books, run: Run) -> None:
    assert answer(run("points", "expire", "--json"))["on"] == "2026-03-01"


def test_the_audit_of_right_books_ends_well(books: Books, run: Run) -> None:
    books.ride()

    told = answer(run("audit", "--json"))

    assert told["ok"]
    assert told["problems"] == []
    assert run("audit").exit_code == 0


def test_the_audit_of_wrong_books_ends_with_1_and_names_who(books: Books, run: Run) -> None:
    books.ride()

    with as_owner(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("UPDATE ledger_balance SET reduction_mg = 1 WHERE person_id = %s", [books.person()])
        result, shown = run("audit", "--json"), run("audit")
        transaction.set_rollback(True)

    assert (result.exit_code, shown.exit_code) == (1, 1)
    told = json.loads(result.stdout)
    assert not told["ok"]
    assert [problem["about"] for problem in told["problems"]] == [f"P{books.person()}"]
    assert f"P{books.person()}" in shown.output
