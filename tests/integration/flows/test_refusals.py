"""What is no record of an activity is refused with its reason, and nothing is booked for it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from tests.batches import NOW, Desk, at, ends, pay, postings_of, walk

METER = {"evidence": "meter", "energy_kwh": 1000, "baseline_energy_kwh": 2000}


@pytest.mark.parametrize(
    ("record", "reason", "field"),
    [
        (walk("1", at=NOW + timedelta(microseconds=1)), "in_the_future", "occurred_at"),
        (walk("1", at=datetime(1999, 12, 31, 15, 59, 59, tzinfo=UTC)), "before_agreement", "occurred_at"),
        (walk("1", at=datetime(1, 1, 1, tzinfo=UTC)), "before_agreement", "occurred_at"),
        (walk("1", at=datetime(9999, 12, 31, 23, 59, tzinfo=UTC)), "in_the_future", "occurred_at"),
        (walk("1", 100_001), "out_of_bounds", "steps"),
        (walk("1", -1), "out_of_bounds", "steps"),
        (walk("1", 2**63 - 1), "out_of_bounds", "steps"),
        (walk("1", -(2**63)), "out_of_bounds", "steps"),
        ({"id": "1", "distance_km": 9}, "out_of_bounds", "distance_km"),
        ({"id": "1", "distance_km": 10_000, "seconds": 60}, "too_fast", "distance_km"),
        ({"id": "1", "distance_km": 2**63 - 1, "seconds": 60}, "out_of_bounds", "distance_km"),
        (walk("1", evidence="self_declared"), "evidence_too_low", "evidence"),
        ({"id": "1", "behavior": 12, **METER, "evidence": "partner"}, "evidence_too_low", "evidence"),
        ({"id": "1", "behavior": 12, **METER, "baseline_energy_kwh": None}, "missing_field", "baseline_energy_kwh"),
        ({"id": "1", "behavior": 16, "count": 1}, "missing_field", "steps"),
        (walk("1", variant="backward"), "variant_unknown", "variant"),
        (walk("1", region="990000"), "unknown_region", "region"),
        (walk("1", region="Shenzhen"), "unknown_region", "region"),
        (walk("1", region="44030"), "unknown_region", "region"),
        (walk("1", region=""), "unknown_region", "region"),
        (walk("1", behavior=60), "methodology_not_in_force", "occurred_at"),
        (walk("1", behavior=0), "methodology_not_in_force", "occurred_at"),
        (walk("1", at=datetime(2009, 12, 31, 15, 59, 59, tzinfo=UTC)), "methodology_not_in_force", "occurred_at"),
        (walk("1", seconds=-1), "out_of_bounds", "duration_s"),
        (pay("1", seconds=2**31 - 1), "out_of_bounds", "duration_s"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_refused_with_its_reason_and_not_booked(desk: Desk, record: dict[str, Any], reason: str, field: str) -> None:
    recorded = desk.send(pay("good"), record, pay("also good"))

    assert ends(recorded) == ["accepted", reason, "accepted"]
    assert recorded.verdicts.reasons[1].field == field
    assert "{" not in "".join(recorded.verdicts.reasons[1].text)
    assert len(postings_of(desk.terms.id)) == 2
    assert (recorded.reduction_mg[1], recorded.credited_mg[1], recorded.points_milli[1]) == (0, 0, 0)


def test_what_happens_now_is_not_in_the_future(desk: Desk) -> None:
    assert ends(desk.send(walk("1", at=NOW))) == ["accepted"]


def test_an_agreement_ends_at_midnight_in_the_schemes_zone(desk: Desk) -> None:
    desk.terms = replace(desk.terms, agreement_from=date(2026, 1, 5), agreement_until=date(2026, 1, 7))
    first, last = datetime(2026, 1, 4, 16, tzinfo=UTC), datetime(2026, 1, 6, 16, tzinfo=UTC)
    second = timedelta(seconds=1)

    recorded = desk.send(
        walk("1", at=first - second), walk("2", at=first), walk("3", at=last - second), walk("4", at=last)
    )

    assert ends(recorded) == ["before_agreement", "accepted", "accepted", "after_agreement"]


def test_the_bounds_themselves_are_within(desk: Desk) -> None:
    recorded = desk.send(
        walk("1", 0), walk("2", 100_000, at=at(1)), {"id": "3", "distance_km": 10, "at": at(2)},
        {"id": "4", "distance_km": 80_000, "at": at(3)},
    )  # fmt: skip

    assert ends(recorded) == ["accepted"] * 4


@pytest.mark.parametrize("seconds", [42, 66, 84, 114, 132, 3600])
def test_exactly_as_fast_as_can_be_is_not_too_fast(desk: Desk, seconds: int) -> None:
    metres = 25 * seconds // 6  # 15 km/h, the most on foot
    ride = {"seconds": seconds}

    recorded = desk.send(
        {"id": "1", "distance_km": metres, **ride}, {"id": "2", "distance_km": metres + 1, "at": at(5), **ride}
    )

    assert ends(recorded) == ["accepted", "too_fast"]


def test_without_a_duration_no_speed_is_known(desk: Desk) -> None:
    assert ends(desk.send({"id": "1", "distance_km": 80_000, "seconds": 0})) == ["accepted"]


def test_a_record_lasts_thirty_two_days_at_the_most(desk: Desk) -> None:
    most = 32 * 86_400

    recorded = desk.send(walk("1", at=at(-24 * 50), seconds=most), pay("2", at=at(-24 * 50), seconds=most + 1))

    assert ends(recorded) == ["accepted", "out_of_bounds"]
