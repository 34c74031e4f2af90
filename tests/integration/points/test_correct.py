"""Corrections: balances are afterwards as if the record had been booked right, or never."""

from fractions import Fraction
from typing import Any

import pytest
from tests.bookkeeping import NOW, Books

from tanhui.core.refusal import Refusal


def correct(key: Any, replace: dict[str, Fraction] | None = None, **more: Any) -> Any:
    from tanhui.flows.correct_activity import correct_activity

    return correct_activity(key, **{"reason": "wrong meter", "actor": "tester", "replace": replace, "now": NOW} | more)


def test_withdrawing_restores_the_balances(books: Books) -> None:
    books.ride(km="3")
    before, lots = books.balance(), books.lots()

    key = books.ride(km="10")
    answer = correct(key)

    after = books.balance()
    assert (after.reduction_mg, after.available_milli, after.held_milli) == (
        before.reduction_mg, before.available_milli, before.held_milli
    )  # fmt: skip
    assert books.lots() == lots
    assert after.postings == before.postings + 2
    assert answer.replacement is None
    assert answer.reduction_mg[1] == 0


def test_a_replacement_is_as_if_booked_right(books: Books) -> None:
    key = books.ride("a", km="10")
    books.ride("b", km="4")

    answer = correct(key, {"distance_km": Fraction(4)})

    a, b = books.balance("a"), books.balance("b")
    assert (a.reduction_mg, a.available_milli) == (b.reduction_mg, b.available_milli)
    assert books.lots("a") == books.lots("b")
    assert answer.credited_mg[1] == b.reduction_mg


def test_the_same_correction_again_gives_the_same_answer(books: Books) -> None:
    key = books.ride(km="10")

    first, second = (correct(key, {"distance_km": Fraction(4)}) for _ in range(2))

    assert (first.repeated, second.repeated) == (False, True)
    assert (first.reversal, first.replacement, first.credited_mg) == (
        second.reversal, second.replacement, second.credited_mg
    )  # fmt: skip
    assert books.balance().postings == 3


def test_a_record_is_taken_back_once(books: Books) -> None:
    key = books.ride(km="10")
    correct(key)
    before = books.balance()

    with pytest.raises(Refusal) as refusal:
        correct(key, {"distance_km": Fraction(4)})

    assert refusal.value.code == "already_corrected"
    assert books.balance() == before
