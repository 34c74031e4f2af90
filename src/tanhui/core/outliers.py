"""Volumes out of the ordinary: each day beside the same weekday of the weeks before it, by median and absolute deviation.

The modified z-score of Iglewicz and Hoaglin (How to Detect and Handle Outliers, 1993): 0.6745·|x − median| / MAD beyond 3.5 is an
outlier. The median and the MAD do not move when a few of the days before were out of the ordinary, too. Where the days before
were all but the same, the MAD is taken as a twentieth of the median, and one record at the least. Whole numbers throughout.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

WEEKS = 8
LEAST_WEEKS = 4
SCALE, LIMIT = Fraction(6745, 10_000), Fraction(7, 2)
LEAST_SHARE = Fraction(1, 20)


@dataclass(frozen=True, slots=True)
class Anomaly:
    """A day whose volume is out of the ordinary: what came, what usually comes, and its score."""

    day: date
    volume: int
    usual: Fraction
    score: Fraction


def anomalies(volumes: Mapping[date, int], *, first: date, since: date, until: date) -> list[Anomaly]:
    """The days from `since` until before `until` that are out of the ordinary, in order.

    `volumes` counts by day, nothing where a day is missing; `first` is the day on which the deliveries began: none before it
    counts. A day with fewer than four of its weekday before it is not judged.
    """
    found = []
    for number in range((until - since).days):
        day = since + timedelta(days=number)
        before = [day - timedelta(weeks=week) for week in range(1, WEEKS + 1)]
        usual = [volumes.get(earlier, 0) for earlier in before if earlier >= first]
        if len(usual) < LEAST_WEEKS:
            continue
        volume, middle = volumes.get(day, 0), median(usual)
        spread = max(median([abs(each - middle) for each in usual]), LEAST_SHARE * middle, Fraction(1))
        score = SCALE * abs(volume - middle) / spread
        if score > LIMIT:
            found.append(Anomaly(day, volume, middle, score))
    return found


def median(values: Sequence[int | Fraction]) -> Fraction:
    """The middle one, or the mean of the two in the middle; of at least one value."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return Fraction(ordered[half]) if len(ordered) % 2 else Fraction(ordered[half - 1] + ordered[half], 2)
