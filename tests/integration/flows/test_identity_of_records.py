"""A record is booked once: the same again is a duplicate, the same id with another content a conflict (decision 5)."""

from datetime import timedelta
from typing import Any

import pytest
from tests.batches import MORNING, Desk, at, ends, frame, outcomes, pay, postings_of, walk, whole

SHIRT = {"id": "1", "behavior": 2, "variant": "shirt", "count": 1}
BILL = {"id": "1", "behavior": 28, "count": 1, "household": "meter 7"}
RIDE = {"id": "1", "behavior": 17, "region": "310000", "distance_km": 2000, "duration_h": 2500, "seconds": 900}


def test_the_same_batch_again_is_all_duplicates_and_changes_nothing(desk: Desk) -> None:
    batch = (walk("1"), pay("2"), pay("3", person="bo"), RIDE | {"id": "4"})
    first = desk.send(*batch)
    before = whole()

    again = desk.send(*batch)

    assert outcomes(first) == ["accepted"] * 4
    assert ends(again) == ["duplicate"] * 4
    assert again.keys.tolist() == first.keys.tolist()
    assert whole() == before


@pytest.mark.parametrize(
    ("record", "changed"),
    [
        (walk("1"), {"person": "bo"}),
        (walk("1"), {"at": MORNING + timedelta(microseconds=1)}),
        (walk("1"), {"at": at(24 * 30)}),
        (walk("1"), {"steps": 10_001}),
        (walk("1"), {"region": "440300"}),
        (walk("1"), {"evidence": "meter"}),
        (walk("1"), {"seconds": 1}),
        (walk("1"), {"steps": None, "distance_km": 10_000}),
        (RIDE, {"duration_h": 2501}),
        (RIDE, {"duration_h": None}),
        (RIDE, {"variant": "duration"}),
        (SHIRT, {"variant": "jeans"}),
        (SHIRT, {"variant": None}),
        (BILL, {"household": "meter 8"}),
        (BILL, {"household": None}),
        (pay("1"), {"behavior": 36}),
    ],
    ids=lambda value: ",".join(f"{k}={v}" for k, v in value.items()) if len(value) < 3 else str(value.get("behavior", "walk")),
)  # fmt: skip
def test_the_same_id_with_other_content_is_a_conflict(
    desk: Desk, record: dict[str, Any], changed: dict[str, Any]
) -> None:
    desk.send(record, households=True)
    before = postings_of(desk.terms.id)

    again = desk.send(record | changed, households=True)

    assert outcomes(again) == ["conflict"]
    assert postings_of(desk.terms.id) == before


@pytest.mark.parametrize("records", [[walk("1"), pay("2")], [RIDE | {"id": "1"}, walk("2")], [BILL, pay("2")]])
def test_the_content_of_a_record_does_not_depend_on_what_it_is_sent_with(desk: Desk, records: list[Any]) -> None:
    desk.send(*records)

    alone = [ends(desk.send(record)) for record in records]

    assert alone == [["duplicate"]] * 2


def test_columns_that_are_empty_do_not_change_the_content(desk: Desk) -> None:
    desk.send(walk("1"))

    again = desk.send_frame(frame([walk("1", distance_km=None, mass_kg=None)], households=True))

    assert ends(again) == ["duplicate"]


def test_the_same_id_twice_in_a_batch_is_booked_once(desk: Desk) -> None:
    recorded = desk.send(pay("1"), pay("2"), pay("1"))

    assert ends(recorded) == ["accepted", "accepted", "duplicate"]
    assert desk.balance() == (960, 960, 2)


def test_the_same_id_twice_in_a_batch_with_other_content_is_a_conflict(desk: Desk) -> None:
    recorded = desk.send(pay("1"), pay("1", at=at(1)), pay("1", person="bo"), pay("1"))

    assert outcomes(recorded) == ["accepted", "conflict", "conflict", "duplicate"]
    assert (desk.balance(), desk.balance("bo")) == ((480, 480, 1), (0, 0, 0))


def test_an_id_that_was_refused_is_still_free_in_the_same_batch(desk: Desk) -> None:
    recorded = desk.send(walk("1", 10_000_000), walk("1"), walk("1"))

    assert ends(recorded) == ["out_of_bounds", "accepted", "duplicate"]
    assert desk.balance() == (63_000, 63_000, 1)


def test_an_id_that_was_refused_is_still_free_in_the_next_batch(desk: Desk) -> None:
    desk.send(walk("1", 10_000_000))

    assert ends(desk.send(walk("1"))) == ["accepted"]


def test_a_refused_record_twice_in_a_batch_is_refused_twice(desk: Desk) -> None:
    recorded = desk.send(
        walk("1", 10_000_000), walk("1", 10_000_000), walk("2", at=at(24 * 365)), walk("2", at=at(24 * 365))
    )

    assert ends(recorded) == ["out_of_bounds", "out_of_bounds", "in_the_future", "in_the_future"]
    assert postings_of(desk.terms.id) == []


def test_a_record_that_overlaps_twice_in_a_batch_was_booked_neither_time(desk: Desk) -> None:
    recorded = desk.send(walk("1"), walk("2"), walk("2"))

    assert ends(recorded) == ["accepted", "overlap", "overlap"]


def test_a_duplicate_stays_one_when_it_would_be_refused_today(desk: Desk) -> None:
    desk.send(walk("1", at=at(24)))

    again = desk.send(walk("1", at=at(24)), now=at(1))  # the clock was set back

    assert ends(again) == ["duplicate"]


def test_partners_do_not_share_record_ids(desk: Desk) -> None:
    desk.send(pay("1"))

    other = desk.beside().send(pay("1", at=at(2)))

    assert ends(other) == ["accepted"]
    assert desk.balance() == (960, 960, 2)


@pytest.mark.parametrize(
    "ids",
    [
        ("1", "01", "1 ", " 1", "１", "1.0"),
        ("\u00e9", "e\u0301", "E", "e"),
        ("x" * 100_000, "x" * 100_001),
        ("20260105-0001", "20260105-0002"),
        ("a\0b", "ab", "a\0"),
        ("٣٤٥٦٧", "34567", "三四五"),
        ("018f2b1c-7a00-7000-8000-000000000001", "018f2b1c7a0070008000000000000001"),
        ("9" * 18, "9" * 19, "9" * 40, "0" * 18),
        ("ffffffff-ffff-ffff-ffff-ffffffffffff", "", "\n", "'; DROP TABLE ledger_posting; --"),
    ],
)
def test_ids_that_look_alike_are_different(desk: Desk, ids: tuple[str, ...]) -> None:
    batch = [pay(name) for name in ids]

    assert ends(desk.send(*batch)) == ["accepted"] * len(ids)
    assert ends(desk.send(*batch)) == ["duplicate"] * len(ids)
