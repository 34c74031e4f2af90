"""Factors: published or assumed numbers with unit, region, time and source; the material of every formula (7.3.3.2)."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from tanhui.core.regions import fallback
from tanhui.core.text import Text

Quality = Literal["official", "standard", "peer-reviewed", "press", "operator", "secondary", "definition", "assumption"]


@dataclass(frozen=True, slots=True)
class Source:
    """A document that was read: what it is, who published it when, where it was read and in what form."""

    code: str
    title: Text
    publisher: str
    year: int
    url: str
    read: str


@dataclass(frozen=True, slots=True)
class Component:
    """One number of a computed factor (a heating value, a carbon content, 44/12), with its unit and where it stands."""

    name: str
    value: Fraction
    unit: str
    source: Source | None
    where: str = ""


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another published value for the same thing, and why it was not taken (conservativeness, 7.3.3.1(3))."""

    value: str
    source: str
    why: Text


@dataclass(frozen=True, slots=True)
class FactorValue:
    """A factor's value in one region from `valid_from` up to, not including, `valid_until` (None: until replaced)."""

    value: Fraction
    region: str
    valid_from: date
    valid_until: date | None
    quality: Quality
    source: Source | None = None
    where: str = ""
    assumption: Text | None = None
    uncertainty: str = ""
    expires: date | None = None
    note: Text | None = None
    components: tuple[Component, ...] = ()
    alternatives: tuple[Alternative, ...] = ()

    def holds_on(self, on: date) -> bool:
        """Whether the value is valid on that day."""
        return self.valid_from <= on and (self.valid_until is None or on < self.valid_until)


@dataclass(frozen=True, slots=True)
class Factor:
    """A named quantity with all its values; `unit` is the unit of each of them."""

    code: str
    title: Text
    unit: str
    values: tuple[FactorValue, ...]

    def at(self, *, region: str, on: date) -> FactorValue | None:
        """The value of the nearest region that has one on that day (city → province → grid → nation), or None."""
        for place in fallback(region):
            for value in self.values:
                if value.region == place and value.holds_on(on):
                    return value
        return None
