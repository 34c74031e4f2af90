"""Corrections: balances are afterwards as if the record had been booked right, or never."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from uuid import UUID

import pytest
from tests.batches import CYCLING, Desk
from tests.bookkeeping import NOW, Books

from tanhui.core.refusal import Refusal


@pytest.fixture
def desk(db: None) -> Desk:
    return Desk.open()


def test_withdrawing_restores_the_balances(books: Books) -> None:
    books.ride(km="3")
    before, lots = books.balance(), books.lots()

    key = books.ride(km="10")
    answer = books.correct(key)

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

    answer = books.correct(key, km="4")

    a, b = books.balance("a"), books.balance("b")
    assert (a.reduction_mg, a.available_milli) == (b.reduction_mg, b.available_milli)
    assert books.lots("a") == books.lots("b")
    assert answer.credited_mg[1] == b.reduction_mg


def test_the_same_correction_again_gives_the_same_answer(books: Books) -> None:
    key = books.ride(km="10")

    first, second = (books.correct(key, km="4") for _ in range(2))

    assert (first.repeated, second.repeated) == (False, True)
    assert (first.reversal, first.replacement, first.credited_mg) == (
        second.reversal, second.replacement, second.credited_mg
    )  # fmt: skip
    assert books.balance().postings == 3


def test_a_record_is_taken_back_once(books: Books) -> None:
    key = books.ride(km="10")
    books.correct(key)
    before = books.balance()

    with pytest.raises(Refusal) as refusal:
        books.correct(key, km="4")

    assert refusal.value.code == "already_corrected"
    assert books.balance() == before


def test_a_replacement_can_be_corrected(books: Books) -> None:
    first = books.correct(books.ride(km="10"), km="4")
    books.ride("b", km="6")

    books.correct(first.replacement, km="6")

    assert books.balance("a").reduction_mg == books.balance("b").reduction_mg
    assert books.lots("a") == books.lots("b")


@pytest.mark.parametrize(
    ("km", "code"),
    [("10", "nothing_to_correct"), ("201", "out_of_bounds"), ("0", "out_of_bounds"), ("20.001", "too_fast")],
)
def test_a_correction_that_says_nothing_right_is_refused(books: Books, km: str, code: str) -> None:
    key = books.ride(km="10")
    before = books.balance()

    with pytest.raises(Refusal) as refusal:
        books.correct(key, km=km)

    assert refusal.value.code == code
    assert books.balance() == before


def test_a_correction_may_be_as_fast_as_a_record(books: Books) -> None:
    """Ten minutes at 120 km/h."""
    assert books.correct(books.ride(km="10"), km="20").replacement is not None


def test_a_correction_does_not_make_an_act_longer_than_it_lasted(desk: Desk) -> None:
    from tanhui.flows.correct_activity import correct_activity

    ride = {"id": "1", "behavior": CYCLING, "duration_h": 1000, "seconds": 900}  # six minutes of a quarter of an hour
    key = UUID(bytes=desk.send(ride).keys[0].tobytes())
    before = desk.balance()

    with pytest.raises(Refusal) as refusal:
        correct_activity(key, reason="x", actor="tester", replace={"duration_h": Fraction("0.2501")}, now=NOW)

    assert (refusal.value.code, desk.balance()) == ("out_of_bounds", before)
    assert correct_activity(
        key, reason="x", actor="tester", replace={"duration_h": Fraction("0.25")}, now=NOW
    ).replacement


def test_a_reversal_is_not_corrected(books: Books) -> None:
    reversal = books.correct(books.ride()).reversal

    with pytest.raises(Refusal) as refusal:
        books.correct(reversal)

    assert refusal.value.code == "not_correctable"


def test_an_unknown_field_is_refused(books: Books) -> None:
    from tanhui.flows.correct_activity import correct_activity

    key = books.ride()

    with pytest.raises(Refusal) as refusal:
        correct_activity(key, reason="x", actor="tester", replace={"steps": Fraction(4)}, now=NOW)

    assert refusal.value.code == "field_unknown"


def test_what_is_withdrawn_frees_its_place_under_the_cap(books: Books) -> None:
    """Five rides a day count: the sixth is credited nothing, unless one of the five was withdrawn before it came."""
    day = datetime(2026, 2, 2, 1, tzinfo=UTC)
    hours = [{"at": day + timedelta(hours=n)} for n in range(6)]
    five = books.rides(hours[:5])

    books.correct(five[2])
    books.rides(hours[5:])

    assert books.balance().reduction_mg == 5 * _mg(books)


def test_a_replacement_counts_under_the_cap_as_if_it_came_last(books: Books) -> None:
    day = datetime(2026, 2, 2, 1, tzinfo=UTC)
    six = books.rides([{"at": day + timedelta(hours=n)} for n in range(6)])

    answer = books.correct(six[5], km="9")

    assert answer.reduction_mg[1] > 0
    assert answer.credited_mg == (0, 0)


def test_points_caps_forget_what_was_withdrawn(books: Books) -> None:
    capped = books.under(caps=[{"per": "day", "points": "500"}])
    day = datetime(2026, 2, 2, 1, tzinfo=UTC)
    first, second = (capped.ride("a", at=day + timedelta(hours=n)) for n in range(2))
    assert capped.balance().available_milli == 500_000

    capped.correct(first)
    third = capped.correct(second, km="9.9")

    assert third.points_milli[1] == third.credited_mg[1]


def _mg(books: Books) -> int:
    books.ride("one")
    return int(books.balance("one").reduction_mg)
