"""Lots of points, for all lots: nothing is made, nothing is lost, and a debt is paid before anything is used."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tanhui.core.lots import NEVER, Lot, draw, net_lots, take_back, valid_lots

DAY = date(2027, 1, 1)
days = st.integers(0, 5).map(lambda n: DAY + timedelta(days=n))
accounts = st.builds(
    lambda lots, never: [*lots.items(), (NEVER, never)],
    st.dictionaries(days, st.integers(1, 1000), max_size=6),
    st.integers(-2000, 1000),
)
"""An account's lots under the invariant: none below zero but NEVER."""


def total(lots: list[Lot] | tuple[Lot, ...]) -> int:
    return sum(milli for _, milli in lots)


@given(accounts)
def test_net_lots_are_what_is_available(lots: list[Lot]) -> None:
    net = net_lots(lots)

    assert total(net) == max(total(lots), 0)
    assert net == sorted(net)
    assert all(0 < milli <= dict(lots)[day] for day, milli in net)


@given(accounts)
def test_a_debt_is_paid_by_what_expires_first(lots: list[Lot]) -> None:
    """No lot is touched by the debt while an earlier one has anything left."""
    net = dict(net_lots(lots))
    positive = [(day, milli) for day, milli in sorted(lots) if milli > 0]

    touched = [index for index, (day, milli) in enumerate(positive) if net.get(day, 0) < milli]
    left = [index for index, (day, _) in enumerate(positive) if net.get(day, 0) > 0]
    assert not touched or not left or max(touched) <= min(left)


@given(accounts, st.integers(0, 8000))
def test_drawing_takes_exactly_so_much_or_nothing(lots: list[Lot], milli: int) -> None:
    net = net_lots(lots)
    drawn = draw(net, milli)

    assert (drawn is None) == (milli > total(net))
    if drawn is not None:
        assert total(drawn) == milli
        assert all(part <= dict(net)[day] for day, part in drawn)
        assert [day for day, _ in drawn] == [day for day, _ in net][: len(drawn)]


@given(accounts, st.integers(0, 6).map(lambda n: DAY + timedelta(days=n)))
def test_what_is_valid_and_what_expires_are_all_there_is(lots: list[Lot], today: date) -> None:
    valid = valid_lots(lots, today=today)
    expiring = [lot for lot in net_lots(lots) if lot[0] <= today]

    assert expiring + valid == net_lots(lots)


@given(accounts, days | st.just(NEVER), st.integers(0, 5000), st.integers(0, 2000))
def test_a_claw_back_takes_all_of_it_from_somewhere(lots: list[Lot], lot: date, milli: int, expired: int) -> None:
    taken = take_back(lots, milli, lot=lot, expired_milli=expired)
    before, parts = dict(lots), dict(taken.available)
    after = {day: before[day] - parts.get(day, 0) for day in before}
    after[NEVER] -= taken.owed_milli

    assert total(taken.available) + taken.expired_milli + taken.owed_milli == milli
    assert taken.expired_milli <= expired
    assert all(left >= 0 for day, left in after.items() if day != NEVER)
    assert sum(after.values()) == total(lots) - milli + taken.expired_milli
    if taken.owed_milli:
        assert net_lots(after.items()) == []


@given(accounts, days, st.integers(1, 5000))
def test_a_grant_taken_back_at_once_leaves_no_trace(lots: list[Lot], lot: date, milli: int) -> None:
    """Unless a debt took the grant: then the debt is as it was, and so is all that can be used."""
    granted = dict(lots)
    granted[lot] = granted.get(lot, 0) + milli
    taken = take_back(granted.items(), milli, lot=lot, expired_milli=0)
    after = granted.copy()
    for day, part in taken.available:
        after[day] -= part
    after[NEVER] -= taken.owed_milli

    assert total(net_lots(after.items())) == total(net_lots(lots))
    assert sum(after.values()) == total(lots)
    if dict(lots)[NEVER] >= 0:
        assert {day: left for day, left in after.items() if left} == {day: left for day, left in lots if left}
