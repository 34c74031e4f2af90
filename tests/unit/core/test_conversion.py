"""Points by a dated rule: rates, multipliers, rounding once, and the first day on which points are no longer valid."""

from datetime import date
from fractions import Fraction

import pytest

from tanhui.core.conversion import NEVER, ConversionRule, Expiry, Multiplier
from tanhui.core.text import Text

WHY = Text("活动", "campaign")


def rule(*multipliers: Multiplier, rate: str = "1/1000") -> ConversionRule:
    return ConversionRule(
        "r", 1, date(2025, 1, 1), None, Fraction(rate), Expiry("never"), "negative", "me", multipliers
    )


def rate_of(made: ConversionRule, **more: object) -> Fraction:
    return made.rate(**{"behavior": 19, "partner": "p", "evidence": "partner", "on": date(2025, 6, 1)} | more)


@pytest.mark.parametrize(
    ("expiry", "booked", "expires"),
    [
        (Expiry("never"), date(2025, 3, 1), NEVER),
        (Expiry("days", 1), date(2024, 2, 28), date(2024, 2, 29)),
        (Expiry("days", 365), date(2025, 12, 31), date(2026, 12, 31)),
        (Expiry("end_of_month"), date(2025, 2, 1), date(2025, 3, 1)),
        (Expiry("end_of_month", 1), date(2025, 12, 31), date(2026, 2, 1)),
        (Expiry("end_of_month", 12), date(2025, 1, 15), date(2026, 2, 1)),
        (Expiry("end_of_year"), date(2025, 12, 31), date(2026, 1, 1)),
        (Expiry("end_of_year", 2), date(2025, 1, 1), date(2028, 1, 1)),
    ],
)
def test_first_day_no_longer_valid(expiry: Expiry, booked: date, expires: date) -> None:
    assert expiry.expires_on(booked) == expires


def test_points_are_rounded_down_once() -> None:
    made = rule(Multiplier(Fraction("1.5"), WHY), rate="1/3")

    assert rate_of(made) == Fraction(1, 2)
    assert [made.points_milli(mg, Fraction(1, 2)) for mg in (0, 1, 2, 3)] == [0, 0, 1, 1]


def test_multipliers_that_fit_multiply() -> None:
    made = rule(
        Multiplier(Fraction(2), WHY, behaviors=frozenset({19})), Multiplier(Fraction(3), WHY, partners=frozenset({"p"})),
        Multiplier(Fraction(5), WHY, evidence="meter"), Multiplier(Fraction(7), WHY, behaviors=frozenset({18})),
    )  # fmt: skip

    assert rate_of(made) == Fraction(6, 1000)
    assert rate_of(made, evidence="meter") == Fraction(30, 1000)
    assert rate_of(made, behavior=18, partner="q") == Fraction(7, 1000)


def test_a_campaign_ends_before_its_last_day() -> None:
    made = rule(Multiplier(Fraction(2), WHY, valid_from=date(2025, 6, 1), valid_until=date(2025, 7, 1)))
    days = (date(2025, 5, 31), date(2025, 6, 1), date(2025, 6, 30), date(2025, 7, 1))

    assert [rate_of(made, on=day) * 1000 for day in days] == [1, 2, 2, 1]
