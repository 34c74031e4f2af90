"""Many writers at once: each record is booked once, caps hold exactly, and nobody waits in a circle."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from threading import Barrier
from typing import Any

import pytest
from tests.batches import Desk, at, credited, outcomes, pay, postings_of, unbalanced, walk

PLATE = {"behavior": 4, "count": 1}
BILL = {"behavior": 28, "count": 1}


@pytest.fixture
def desk(django_db_setup: None, django_db_blocker: Any) -> Iterator[Desk]:
    """A desk whose books are committed, so that every connection sees them."""
    with django_db_blocker.unblock():
        yield Desk.open()


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What these calls answer, begun at the same time, each on a connection of its own."""
    from django.db import connection, connections

    begin = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        connection.ensure_connection()
        begin.wait()
        try:
            return call()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return [waiting.result() for waiting in [pool.submit(run, call) for call in calls]]


def test_the_same_batch_from_many_writers_is_booked_once(desk: Desk) -> None:
    rows = [pay(f"{n}", person=f"p{n % 7}") for n in range(70)]

    answers = at_once(*[lambda: desk.send(*rows)] * 6)

    counts = [answer.verdicts.counts() for answer in answers]
    assert sorted(count["accepted"] for count in counts) == [0, 0, 0, 0, 0, 70]
    assert sorted(count["duplicate"] for count in counts) == [0, 70, 70, 70, 70, 70]
    assert {desk.balance(f"p{n}") for n in range(7)} == {(4800, 4800, 10)}


def test_overlapping_batches_in_any_order_book_each_record_once(desk: Desk) -> None:
    rows = [pay(f"{n}", person=f"p{n % 11}", at=at(n)) for n in range(110)]
    batches = [rows[:70], rows[::-1][:80], rows[30:], rows[::2] + rows[1::2], rows[::-1]]

    answers = at_once(*[lambda batch=batch: desk.send(*batch) for batch in batches])

    assert sum(outcomes(answer).count("accepted") for answer in answers) == 110
    assert all(set(outcomes(answer)) <= {"accepted", "duplicate"} for answer in answers)
    assert {desk.balance(f"p{n}") for n in range(11)} == {(4800, 4800, 10)}
    assert [p["sequence"] for p in postings_of(desk.terms.id)] == [*range(1, 11)] * 11
    assert unbalanced() == []


@pytest.mark.parametrize("attempt", range(3))
def test_two_partners_with_the_same_act_book_it_once(desk: Desk, attempt: int) -> None:
    desks = [desk, *(desk.beside() for _ in range(3))]

    answers = at_once(*[lambda d=d: d.send(walk("1", seconds=3600)) for d in desks])

    codes = sorted(answer.verdicts.reasons[0].code if answer.verdicts.reasons else "accepted" for answer in answers)
    assert codes == ["accepted", "already_booked", "already_booked", "already_booked"]
    assert sum(len(postings_of(d.terms.id)) for d in desks) == 1


def test_acts_that_overlap_from_many_writers_leave_one_of_each_pair(desk: Desk) -> None:
    desks = [desk, desk.beside()]
    rows = [walk(f"{n}", at=at(n), seconds=3000) for n in range(20)]
    later = [walk(f"x{n}", at=at(n, minutes=10), seconds=3000) for n in range(20)]

    at_once(*[lambda d=d, part=part: d.send(*part) for d in desks for part in (rows, later)])

    booked = sorted(p["occurred_at"] for d in desks for p in postings_of(d.terms.id))
    assert len(booked) == 20
    assert all(one.hour != other.hour or one.day != other.day for one, other in pairwise(booked))


def test_a_persons_cap_is_exact_under_many_writers(desk: Desk) -> None:
    desks = [desk.beside() for _ in range(6)]

    answers = at_once(*[lambda d=d, n=n: d.send({"id": "1", "at": at(n), **PLATE}) for n, d in enumerate(desks)])

    assert sorted(mg for answer in answers for mg in credited(answer)) == [0, 0, 0, 87_420, 87_420, 87_420]


@pytest.mark.parametrize("attempt", range(3))
def test_a_households_cap_is_exact_when_its_persons_come_at_once(desk: Desk, attempt: int) -> None:
    bills = [[{"id": f"{name}{attempt}", "person": name, "household": "meter", **BILL}] for name in "abcdef"]

    answers = at_once(*[lambda bill=bill: desk.send(*bill) for bill in bills])

    assert sorted(mg for answer in answers for mg in credited(answer)) == ([0] * 5 + [20_888])


def test_many_writers_of_the_same_accounts_all_come_through(desk: Desk) -> None:
    def work(writer: int) -> int:
        return sum(
            len(credited(desk.send(*(pay(f"{writer}-{n}-{m}", person=f"p{(m + n) % 5}") for m in range(5)))))
            for n in range(12)
        )

    assert at_once(*[lambda writer=writer: work(writer) for writer in range(6)]) == [60] * 6
    assert sum(desk.balance(f"p{n}")[2] for n in range(5)) == 360
    assert unbalanced() == []


def test_writers_that_need_the_same_new_coefficients_in_another_order_both_come_through(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A coefficient is stored when it first prices a record: here each writer has stored one and waits for the other's."""
    from tanhui.flows import scheme
    from tanhui.steps.quantify.stored import store_coefficient

    stored = Barrier(2)
    waits = iter([True, True])

    def store(*given: Any, **more: Any) -> int:
        number = store_coefficient(*given, **more)
        if next(waits, False):
            stored.wait(timeout=10)
        return number

    monkeypatch.setattr(scheme, "store_coefficient", store)
    one = [{"id": "1", "behavior": 29, "count": 1}, {"id": "2", "behavior": 30, "count": 1}]
    other = [
        {"id": "3", "person": "bo", "behavior": 30, "count": 1},
        {"id": "4", "person": "bo", "behavior": 29, "count": 1},
    ]

    answers = at_once(lambda: desk.send(*one), lambda: desk.send(*other))

    assert [outcomes(answer) for answer in answers] == [["accepted"] * 2] * 2
    assert (desk.balance()[2], desk.balance("bo")[2]) == (2, 2)


def test_a_correction_and_new_records_at_once_leave_a_whole_account(desk: Desk) -> None:
    from uuid import UUID

    from tests.batches import NOW

    from tanhui.flows.correct_activity import correct_activity

    (key,) = desk.send(walk("1")).keys

    def correct() -> None:
        correct_activity(UUID(bytes=key.tobytes()), reason="wrong", actor="tester", replace=None, now=NOW)

    at_once(correct, *[lambda n=n: desk.send(pay(f"p{n}")) for n in range(5)], correct)

    assert desk.balance()[:2] == (2400, 2400)
    assert [p["sequence"] for p in postings_of(desk.terms.id)] == [1, 2, 3, 4, 5, 6, 7]
    assert unbalanced() == []
