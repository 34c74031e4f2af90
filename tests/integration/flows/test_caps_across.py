"""Caps when several methodologies or rules meet in one batch: as many batches as one make the same figures."""

from datetime import date
from typing import Any

import pytest
from tests.batches import NOW, SECRET, Desk, at, credited, walk

BUS = 18


def bus(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "behavior": BUS, "distance_km": 5000, "seconds": 900, **more}


def test_a_days_rides_count_together_whichever_city_priced_them(desk: Desk) -> None:
    rides = [bus(f"r{n}", region=("440300", "CN")[n % 2], at=at(minutes=20 * n)) for n in range(14)]

    at_once = credited(desk.send(*rides))
    apart = Desk.open(desk.scheme)
    one_by_one = [credited(apart.send(ride))[0] for ride in rides]

    assert sum(mg > 0 for mg in one_by_one) == 10
    assert at_once == one_by_one


@pytest.mark.parametrize("changes", [date(2026, 1, 7), date(2026, 1, 6)])
def test_a_months_points_count_together_whichever_rule_converted_them(desk: Desk, changes: date) -> None:
    from tanhui.flows.scheme import Scheme
    from tanhui.steps.points.rules import approve_rule, read_rule, shipped_rules

    shipped = {**shipped_rules()[0][1], "caps": [{"per": "month", "points": "100"}]}
    documents = [
        {**shipped, "code": f"new-{desk.space}", "valid": {"from": changes.isoformat()}},
        {**shipped, "code": f"old-{desk.space}", "valid": {"from": "2000-01-01", "until": changes.isoformat()}},
    ]
    scheme = Scheme(desk.scheme.library, [(approve_rule(d, now=NOW), read_rule(d)) for d in documents], SECRET)
    walks = [walk("a", steps=10_000), walk("b", steps=10_000, at=at(72))]

    at_once = Desk.open(scheme).send(*walks)
    apart = Desk.open(scheme)
    one_by_one = [int(apart.send(each).points_milli[0]) for each in walks]

    assert one_by_one == [63_000, 37_000]
    assert at_once.points_milli.tolist() == one_by_one
