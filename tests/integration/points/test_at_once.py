"""Many at once: whatever the order they come in, nothing is drawn twice and nothing below zero."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any
from uuid import uuid4

from django.db import connections
from tests.bookkeeping import Books

from tanhui.core.refusal import Refusal

THREADS = 8


def at_once(*calls: Callable[[], Any]) -> list[Any]:
    """What each call answers, or the code of its refusal; all begin at the same moment, each on its own connection."""
    barrier = Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        barrier.wait()
        try:
            return call()
        except Refusal as refusal:
            return refusal.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


def codes(answers: list[Any]) -> list[str]:
    return [answer for answer in answers if isinstance(answer, str)]


def test_eight_hold_the_same_points(books: Books) -> None:
    books.ride(km="1")
    books.ride(km="1")
    available = books.balance().available_milli
    part = available // 3

    for _ in range(3):
        held = books.balance().held_milli
        answers = at_once(*(lambda: books.hold(part, key=str(uuid4())) for _ in range(THREADS)))

        won = [answer for answer in answers if not isinstance(answer, str)]
        assert set(codes(answers)) <= {"overdrawn"}
        assert books.balance().held_milli == held + part * len(won)
        assert books.balance().available_milli + books.balance().held_milli == available
        assert books.balance().available_milli >= 0
        for hold in won:
            books.release(hold, key=str(uuid4()))


def test_eight_with_one_key_are_one(books: Books) -> None:
    books.ride()
    key = str(uuid4())

    answers = at_once(*(lambda: books.hold(10, key=key) for _ in range(THREADS)))

    assert codes(answers) == []
    assert sorted(answer.repeated for answer in answers) == [False] + [True] * (THREADS - 1)
    assert books.balance().held_milli == 10


def test_a_hold_is_retired_or_released_never_both(books: Books) -> None:
    books.ride()
    before = books.balance().available_milli
    hold = books.hold(10, key=str(uuid4()))

    calls = [lambda: books.retire(hold, key=str(uuid4())), lambda: books.release(hold, key=str(uuid4()))] * 4
    answers = at_once(*calls)

    assert codes(answers) == ["hold_settled"] * (THREADS - 1)
    account = books.balance()
    assert account.held_milli == 0
    assert account.available_milli in {before, before - 10}


def test_a_record_is_corrected_once(books: Books) -> None:
    key = books.ride(km="10")
    books.ride("b", km="4")

    answers = at_once(
        *(lambda: books.correct(key, km="4") for _ in range(4)), *(lambda: books.correct(key) for _ in range(4))
    )

    done = [answer for answer in answers if not isinstance(answer, str)]
    assert set(codes(answers)) <= {"already_corrected"}
    assert sum(not answer.repeated for answer in done) == 1
    assert books.balance("a").reduction_mg in {0, books.balance("b").reduction_mg}


def test_spending_expiring_correcting_and_riding_at_once_add_up(books: Books) -> None:
    keys = [books.ride(km="2") for _ in range(4)]

    at_once(
        lambda: books.spend(300, key=str(uuid4())),
        lambda: books.hold(700, key=str(uuid4())),
        lambda: books.expire(date(2031, 1, 1), key=str(uuid4())),
        lambda: books.correct(keys[0]),
        lambda: books.correct(keys[1], km="1"),
        lambda: books.ride(km="3"),
        lambda: books.spend(10**9, key=str(uuid4())),
        lambda: books.expire(date(2031, 1, 1), key=str(uuid4())),
    )

    from tanhui.flows.audit_books import audit_books

    assert audit_books().problems == []
    assert sum(milli for _, milli in books.lots()) == books.balance().available_milli
