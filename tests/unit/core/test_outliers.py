"""Days out of the ordinary, by hand: median and absolute deviation of the same weekday."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from tanhui.core.outliers import Anomaly, anomalies, median

DAY = date(2026, 3, 2)  # a Monday


def weeks(*volumes: int) -> dict[date, int]:
    """The volume of each Monday before, the nearest first."""
    return {DAY - timedelta(weeks=week): volume for week, volume in enumerate(volumes, start=1)}


def judged(today: int, *before: int, first: date = date(2020, 1, 1)) -> list[Anomaly]:
    volumes = weeks(*before) | {DAY: today}
    return anomalies(volumes, first=first, since=DAY, until=DAY + timedelta(days=1))


@pytest.mark.parametrize(("values", "middle"), [([3], 3), ([1, 9, 5], 5), ([4, 1, 8, 6], 5), ([1, 2], Fraction(3, 2))])
def test_the_median(values, middle):
    assert median(values) == middle


def test_beyond_three_and_a_half_is_out_of_the_ordinary():
    # median 100, deviations 10 0 10 20 20 0 10 10: MAD 10; 0.6745 * 52 / 10 = 3.5074, 0.6745 * 51 / 10 = 3.43995
    before = (90, 100, 110, 120, 80, 100, 90, 110)
    assert judged(152, *before) == [Anomaly(DAY, 152, Fraction(100), Fraction(35_074, 10_000))]
    assert judged(151, *before) == []
    assert judged(48, *before) == [Anomaly(DAY, 48, Fraction(100), Fraction(35_074, 10_000))]
    assert judged(49, *before) == []


def test_one_odd_week_before_does_not_hide_another():
    assert [each.day for each in judged(1000, 1000, 100, 100, 100, 100, 100, 100, 100)] == [DAY]


def test_where_all_weeks_were_alike_a_twentieth_is_the_measure():
    # median 1000, MAD 0, so 50: 0.6745 * 260 / 50 = 3.5074
    assert judged(1260, *[1000] * 8) == [Anomaly(DAY, 1260, Fraction(1000), Fraction(35_074, 10_000))]
    assert judged(1259, *[1000] * 8) == []


def test_a_day_without_any_counts_as_none():
    assert [each.volume for each in judged(0, *[100] * 8)] == [0]


def test_less_than_four_weeks_is_not_judged():
    assert judged(1000, 1, 1, 1, first=DAY - timedelta(weeks=3)) == []
    assert len(judged(1000, 1, 1, 1, 1, first=DAY - timedelta(weeks=4))) == 1
