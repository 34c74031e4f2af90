"""Reductions into points by a dated operating rule (clause 7.4): a rate, multipliers, caps and an expiry, all exact."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Literal

from tanhui.core.methodology import Evidence
from tanhui.core.text import Text

NEVER = date(9999, 12, 31)


@dataclass(frozen=True, slots=True)
class Multiplier:
    """Multiplies the points of the records it fits; what is None fits all. Several that fit multiply together."""

    factor: Fraction
    why: Text
    behaviors: frozenset[int] | None = None
    partners: frozenset[str] | None = None
    evidence: Evidence | None = None
    valid_from: date | None = None
    valid_until: date | None = None

    def fits(self, *, behavior: int, partner: str, evidence: Evidence, on: date) -> bool:
        """Whether a record of that behavior, partner, evidence and day gets it."""
        return (
            (self.behaviors is None or behavior in self.behaviors)
            and (self.partners is None or partner in self.partners)
            and (self.evidence is None or evidence == self.evidence)
            and (self.valid_from is None or self.valid_from <= on)
            and (self.valid_until is None or on < self.valid_until)
        )


@dataclass(frozen=True, slots=True)
class PointsCap:
    """At most so many points per person and day, month or year, of one behavior or of all (None)."""

    per: Literal["day", "month", "year"]
    points_milli: int
    behavior: int | None = None


@dataclass(frozen=True, slots=True)
class Expiry:
    """When points expire: never, so many days after they were booked, or at the end of the n-th month or year after."""

    kind: Literal["never", "days", "end_of_month", "end_of_year"]
    count: int = 0

    def expires_on(self, booked: date) -> date:
        """The first day on which points booked that day are no longer valid."""
        match self.kind:
            case "never":
                return NEVER
            case "days":
                return booked + timedelta(days=self.count)
            case "end_of_year":
                return date(booked.year + self.count + 1, 1, 1)
            case "end_of_month":
                months = booked.year * 12 + booked.month - 1 + self.count
                year, month = months // 12, months % 12 + 1
                return date(year, month, 1) + timedelta(days=monthrange(year, month)[1])


@dataclass(frozen=True, slots=True)
class ConversionRule:
    """One version of the operating rule, in force from a day on, approved by somebody."""

    code: str
    version: int
    valid_from: date
    valid_until: date | None
    milli_per_mg: Fraction
    expiry: Expiry
    claw_back: Literal["negative", "block"]
    approved_by: str
    multipliers: tuple[Multiplier, ...] = ()
    caps: tuple[PointsCap, ...] = ()

    def rate(self, *, behavior: int, partner: str, evidence: Evidence, on: date) -> Fraction:
        """Thousandths of a point per milligram for such a record; the record's points are rounded down once."""
        rate = self.milli_per_mg
        for multiplier in self.multipliers:
            if multiplier.fits(behavior=behavior, partner=partner, evidence=evidence, on=on):
                rate *= multiplier.factor
        return rate

    def points_milli(self, credited_mg: int, rate: Fraction) -> int:
        """The points of one record, rounded down once."""
        return (credited_mg * rate).__floor__()
