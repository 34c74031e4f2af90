"""A factor's value is that of the nearest region that has one on the day."""

from datetime import date
from fractions import Fraction

import pytest

from tanhui.core.factors import Factor, FactorValue
from tanhui.core.text import Text


def value(number: str, region: str, since: str, until: str | None = None) -> FactorValue:
    end = date.fromisoformat(until) if until else None
    return FactorValue(Fraction(number), region, date.fromisoformat(since), end, "official")


GRID = Factor(
    "grid", Text("电网", "grid"), "kgCO2e/kWh",
    (
        value("0.6", "CN", "2020-01-01", "2021-01-01"), value("0.5", "CN", "2021-01-01"),
        value("0.4", "CN-SOUTH", "2021-01-01"), value("0.3", "440000", "2022-01-01", "2023-01-01"),
    ),
)  # fmt: skip


@pytest.mark.parametrize(
    ("region", "on", "expected"),
    [
        ("440300", "2022-01-01", "0.3"),
        ("440300", "2021-12-31", "0.4"),
        ("440300", "2023-01-01", "0.4"),
        ("440300", "2020-12-31", "0.6"),
        ("110000", "2022-06-01", "0.5"),
        ("CN", "2020-12-31", "0.6"),
        ("CN", "2021-01-01", "0.5"),
    ],
)
def test_nearest_region_that_has_one(region: str, on: str, expected: str) -> None:
    found = GRID.at(region=region, on=date.fromisoformat(on))

    assert found is not None
    assert found.value == Fraction(expected)


def test_none_before_the_first() -> None:
    assert GRID.at(region="440300", on=date(2019, 12, 31)) is None
