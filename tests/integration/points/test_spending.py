"""Points held, released, retired and spent: once, never more than there are, the first-expiring first."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from tests.bookkeeping import VOUCHER, Books

from tanhui.core.refusal import Refusal

LATER = datetime(2027, 3, 1, 4, 0, tzinfo=UTC)
FIRST, SECOND = date(2029, 1, 1), date(2030, 1, 1)


@pytest.fixture
def two_lots(books: Books) -> Books:
    """One ride whose points expire on FIRST, one on SECOND; each about 1,000 points at most."""
    books.ride(km="1")
    books.ride(km="2", now=LATER)
    assert [day for day, _ in books.lots()] == [FIRST, SECOND]
    return books


def code_of(call: object, *args: object, **named: object) -> str:
    with pytest.raises(Refusal) as refusal:
        call(*args, **named)  # type: ignore[operator]
    return refusal.value.code


def test_the_first_expiring_go_first(two_lots: Books) -> None:
    (_, first), (_, second) = two_lots.lots()

    held = two_lots.hold(first + 1, key=str(uuid4()))

    assert held.lots == ((FIRST, first), (SECOND, 1))
    assert two_lots.lots() == [(SECOND, second - 1)]
    assert two_lots.balance().held_milli == first + 1


def test_released_points_go_back_where_they_came_from(two_lots: Books) -> None:
    before = two_lots.lots()

    held = two_lots.hold(before[0][1] + 1, key=str(uuid4()))
    two_lots.release(held, key=str(uuid4()))

    assert two_lots.lots() == before
    assert two_lots.balance().held_milli == 0


def test_a_part_is_retired_and_the_rest_released(two_lots: Books) -> None:
    (_, first), (_, second) = two_lots.lots()
    held = two_lots.hold(first + 10, key=str(uuid4()))

    retired = two_lots.retire(held, first + 3, key=str(uuid4()))
    released = two_lots.release(held, key=str(uuid4()))

    assert retired.lots == ((FIRST, first), (SECOND, 3))
    assert released.lots == ((SECOND, 7),)
    assert two_lots.lots() == [(SECOND, second - 3)]


def test_what_is_released_in_part_expires_last(two_lots: Books) -> None:
    (_, first), _ = two_lots.lots()
    held = two_lots.hold(first + 10, key=str(uuid4()))

    assert two_lots.release(held, 11, key=str(uuid4())).lots == ((SECOND, 10), (FIRST, 1))


def test_no_more_than_is_held_leaves_a_hold(two_lots: Books) -> None:
    held = two_lots.hold(10, key=str(uuid4()))
    before = two_lots.balance()

    assert code_of(two_lots.retire, held, 11, key=str(uuid4())) == "hold_exceeded"
    assert code_of(two_lots.release, held, 11, key=str(uuid4())) == "hold_exceeded"
    assert two_lots.balance() == before


def test_points_past_their_day_are_not_spent_although_still_booked(two_lots: Books) -> None:
    from tanhui.flows.use_points import spend_points

    (_, first), (_, second) = two_lots.lots()
    on_the_day = VOUCHER | {"now": datetime(2028, 12, 31, 16, 0, tzinfo=UTC)}  # midnight in the scheme's zone

    def spend(milli: int) -> object:
        return spend_points(key=str(uuid4()), person_id=two_lots.person(), amount_milli=milli, **on_the_day)

    assert code_of(spend, second + 1) == "overdrawn"
    assert spend(second).lots == ((SECOND, second),)  # type: ignore[attr-defined]
    assert two_lots.lots() == [(FIRST, first)]


@pytest.mark.parametrize("milli", [0, -5])
def test_an_amount_is_above_nothing(two_lots: Books, milli: int) -> None:
    assert code_of(two_lots.hold, milli, key=str(uuid4())) == "amount_not_positive"
    assert code_of(two_lots.spend, milli, key=str(uuid4())) == "amount_not_positive"


def test_an_unknown_hold_is_refused(two_lots: Books) -> None:
    from tanhui.flows.use_points import release_points

    assert code_of(release_points, key="x", hold=uuid4(), **VOUCHER) == "hold_unknown"


def test_an_unknown_account_is_refused(books: Books) -> None:
    from tanhui.flows.use_points import hold_points

    assert code_of(hold_points, key=str(uuid4()), person_id=10**15, amount_milli=1, **VOUCHER) == "account_unknown"


def test_a_blocked_account_spends_nothing_but_settles_what_it_held(two_lots: Books) -> None:
    from tanhui.flows.block_points import block_points

    held = two_lots.hold(10, key=str(uuid4()))
    block_points(key=str(uuid4()), person_id=two_lots.person(), blocked=True, **VOUCHER)

    assert code_of(two_lots.hold, 1, key=str(uuid4())) == "account_blocked"
    assert code_of(two_lots.spend, 1, key=str(uuid4())) == "account_blocked"
    two_lots.retire(held, 4, key=str(uuid4()))
    two_lots.release(held, key=str(uuid4()))

    block_points(key=str(uuid4()), person_id=two_lots.person(), blocked=False, **VOUCHER)
    two_lots.spend(1, key=str(uuid4()))


def test_a_callers_text_is_a_key(two_lots: Books) -> None:
    key = f"order {uuid4()}"

    first, second = (two_lots.hold(10, key=key) for _ in range(2))

    assert (first.operation, first.lots) == (second.operation, second.lots)
    assert (first.repeated, second.repeated) == (False, True)
    assert two_lots.balance().held_milli == 10
