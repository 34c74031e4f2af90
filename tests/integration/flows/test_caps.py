"""A methodology's caps: what is beyond is kept and grants nothing, however the records are cut into batches."""

from datetime import UTC, datetime
from typing import Any

import pytest
from tests.batches import Desk, at, credited, ends, postings_of, unbalanced, walk

PLATE = {"behavior": 4, "count": 1}  # at most 3 a day; 87,420 mg each
BILL = {"behavior": 28, "count": 1}  # at most 1 a month and household, 10 a month and person; 20,888 mg each
READ = {"behavior": 40}
CAPPED_BY_RECORDS, CAPPED_BY_GRAMS = 1, 2


def in_batches(desk: Desk, rows: list[dict[str, Any]], sizes: list[int]) -> list[int]:
    """The milligrams credited for each row, the rows being cut into batches of these sizes."""
    found: list[int] = []
    for size in sizes:
        batch, rows = rows[:size], rows[size:]
        found += credited(desk.send(*batch))
    assert not rows
    return found


@pytest.mark.parametrize("sizes", [[5], [1, 1, 1, 1, 1], [2, 3], [4, 1], [3, 2]])
def test_a_cap_on_records_credits_the_first_of_a_day(desk: Desk, sizes: list[int]) -> None:
    rows = [{"id": str(n), "at": at(n), **PLATE} for n in range(5)]

    found = in_batches(desk, rows, sizes)

    assert found == [87_420, 87_420, 87_420, 0, 0]
    assert [p["reduction_mg"] for p in postings_of(desk.terms.id)] == [87_420] * 5
    assert [p["capped_by"] for p in postings_of(desk.terms.id)] == [0, 0, 0, CAPPED_BY_RECORDS, CAPPED_BY_RECORDS]
    assert desk.balance() == (262_260, 262_260, 5)


@pytest.mark.parametrize("sizes", [[4], [1, 1, 1, 1], [2, 2], [3, 1]])
def test_a_cap_on_grams_credits_what_is_left_of_it(desk: Desk, sizes: list[int]) -> None:
    rows = [walk(str(n), 20_000, at=at(n)) for n in range(4)]  # 126,000 mg each, at most 296,000 a day

    found = in_batches(desk, rows, sizes)

    assert found == [126_000, 126_000, 44_000, 0]
    assert [p["capped_by"] for p in postings_of(desk.terms.id)] == [0, 0, CAPPED_BY_GRAMS, CAPPED_BY_GRAMS]
    assert desk.balance() == (296_000, 296_000, 4)
    assert unbalanced() == []


def test_one_record_beyond_a_cap_on_grams_is_cut_to_it(desk: Desk) -> None:
    assert credited(desk.send(walk("1", 100_000))) == [296_000]


@pytest.mark.parametrize("sizes", [[4], [1, 1, 1, 1], [1, 3], [3, 1]])
def test_records_that_grant_nothing_take_no_place_under_a_cap(desk: Desk, sizes: list[int]) -> None:
    """Behavior 28: one a month for a household; those cut by it leave the person's ten alone."""
    rows = [{"id": f"{n}", "at": at(n), "household": "meter 1", **BILL} for n in range(3)]
    rows += [{"id": "other", "at": at(3), "household": "meter 2", **BILL}]

    assert in_batches(desk, rows, sizes) == [20_888, 0, 0, 20_888]


@pytest.mark.parametrize("sizes", [[22], [1] * 22, [11, 11]])
def test_two_caps_hold_together(desk: Desk, sizes: list[int]) -> None:
    rows = [{"id": f"{n}", "at": at(n), "household": f"meter {n // 2}", **BILL} for n in range(22)]

    assert in_batches(desk, rows, sizes) == [20_888, 0] * 10 + [0, 0]  # ten for the person, one for each meter


@pytest.mark.parametrize("sizes", [[3], [1, 1, 1]])
def test_a_households_cap_is_shared_by_its_persons(desk: Desk, sizes: list[int]) -> None:
    rows = [{"id": name, "person": name, "at": at(n), "household": "meter 1", **BILL} for n, name in enumerate("abc")]

    assert in_batches(desk, rows, sizes) == [20_888, 0, 0]


def test_households_of_two_spaces_are_two(desk: Desk) -> None:
    bill = {"id": "1", "household": "meter 1", **BILL}

    assert credited(desk.send(bill)) + credited(Desk.open(desk.scheme).send(bill)) == [20_888, 20_888]


def test_without_a_household_the_cap_counts_for_the_person(desk: Desk) -> None:
    rows = [{"id": str(n), "at": at(n), **BILL} for n in range(2)] + [{"id": "bo", "person": "bo", **BILL}]

    assert in_batches(desk, rows, [2, 1]) == [20_888, 0, 20_888]


def test_the_day_of_a_cap_is_the_schemes(desk: Desk) -> None:
    hours = [15.99, 15.995, 15.999, 16, 16.001, 16.002, 39.99, 40]  # midnight in Shanghai is 16:00 UTC
    rows = [{"id": str(n), "at": at(hour), **PLATE} for n, hour in enumerate(hours)]

    assert in_batches(desk, rows, [8]) == [87_420] * 6 + [0, 87_420]


def test_the_month_of_a_cap_is_the_schemes(desk: Desk) -> None:
    moments = [datetime(2026, 1, 31, 15, 59, 59, tzinfo=UTC), datetime(2026, 1, 31, 16, tzinfo=UTC)]
    rows = [{"id": str(n), "at": moment, **BILL} for n, moment in enumerate(moments)]

    assert in_batches(desk, rows, [1, 1]) == [20_888, 20_888]


def test_an_earlier_day_sent_later_has_its_own_cap(desk: Desk) -> None:
    later = [{"id": f"b{n}", "at": at(48 + n), **PLATE} for n in range(4)]
    earlier = [{"id": f"a{n}", "at": at(n), **PLATE} for n in range(4)]

    assert in_batches(desk, later + earlier, [4, 2, 2]) == [87_420] * 3 + [0] + [87_420] * 3 + [0]


def test_an_act_over_midnight_counts_for_the_day_it_began(desk: Desk) -> None:
    desk.send(walk("1", 100_000, at=at(15), seconds=7200))  # until an hour past midnight

    assert credited(desk.send(walk("2", 20_000, at=at(18)))) == [126_000]


def test_persons_have_caps_of_their_own(desk: Desk) -> None:
    rows = [{"id": f"{name}{n}", "person": name, "at": at(n), **PLATE} for n in range(4) for name in ("anna", "bo")]

    assert in_batches(desk, rows, [3, 5]) == [87_420] * 6 + [0, 0]


def test_partners_share_a_persons_cap(desk: Desk) -> None:
    other = desk.beside()

    found = credited(desk.send(*({"id": f"a{n}", "at": at(n), **PLATE} for n in range(2))))
    found += credited(other.send(*({"id": f"b{n}", "at": at(n + 2), **PLATE} for n in range(2))))

    assert found == [87_420, 87_420, 87_420, 0]


def test_a_place_is_free_again_when_its_record_is_withdrawn(desk: Desk) -> None:
    from uuid import UUID

    from tanhui.flows.correct_activity import correct_activity

    recorded = desk.send(*({"id": str(n), "at": at(n), **PLATE} for n in range(4)))
    for place in (0, 3):  # one that was credited, and one that the cap had cut
        key = UUID(bytes=recorded.keys[place].tobytes())
        correct_activity(key, reason="wrong", actor="tester", replace=None, now=at(24 * 50))

    again = desk.send(*({"id": f"again {n}", "at": at(5 + n), **PLATE} for n in range(2)))

    assert ends(again) == ["accepted", "accepted"]
    assert credited(again) == [87_420, 0]
    assert desk.balance()[:2] == (262_260, 262_260)
