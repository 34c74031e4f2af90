"""What a methodology is (clause 7.3): activity fields, and terms BAF x TF x EF x AD of baseline and project, with sources."""

from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal

from tanhui.core.factors import Factor, Source
from tanhui.core.refusal import Refusal
from tanhui.core.text import Text

Side = Literal["baseline", "project", "coefficient"]
Form = Literal["plain", "inverse", "complement"]
Evidence = Literal["self_declared", "partner", "meter"]
EVIDENCE_LEVELS: tuple[Evidence, ...] = ("self_declared", "partner", "meter")
MOST_MONOMIALS = 3


@dataclass(frozen=True, slots=True)
class Behavior:
    """A green and low-carbon behavior of Appendix A."""

    number: int
    code: str
    category: Text
    name: Text


@dataclass(frozen=True, slots=True)
class ActivityField:
    """A measured field of a record: a whole number of `step`s of `unit`, between `least` and `most` (in `unit`)."""

    name: str
    unit: str
    counted_as: str
    step: Fraction
    least: Fraction
    most: Fraction
    rounding: Literal["down", "up"]
    meaning: Text

    def steps(self, value: Fraction) -> int:
        """The value as whole steps, rounded as the field says: against the person's claim."""
        exact = value / self.step
        return exact.__floor__() if self.rounding == "down" else exact.__ceil__()


@dataclass(frozen=True, slots=True)
class Operand:
    """A factor in a product: itself, its inverse (`/name`) or its complement (`1-name`)."""

    factor: Factor
    form: Form = "plain"

    @property
    def label(self) -> str:
        """How it is written in the document."""
        return {"plain": "", "inverse": "/", "complement": "1-"}[self.form] + self.factor.code


def formed(value: Fraction, form: Form) -> Fraction:
    """The number that enters a product for a factor's value in that form. Raises `Refusal` for the inverse of 0."""
    if form == "inverse" and value == 0:
        raise Refusal("inverse_of_zero", Text("0 没有倒数。", "0 has no inverse."))
    return 1 / value if form == "inverse" else 1 - value if form == "complement" else value


@dataclass(frozen=True, slots=True)
class Term:
    """One summand of formula (2), (3) or (4): adjustment x conversion x emission factor x activity level."""

    name: str
    title: Text
    side: Side
    category: str
    direct: bool
    adjustment: tuple[Operand, ...]
    conversion: tuple[Operand, ...]
    emission_factor: tuple[Operand, ...]
    activity: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to quantify the behavior, by the fields it needs."""

    name: str
    title: Text
    requires: tuple[str, ...]
    terms: tuple[Term, ...]

    @property
    def monomials(self) -> tuple[tuple[str, ...], ...]:
        """The distinct products of fields that its terms are proportional to, in the order of first use."""
        return tuple(dict.fromkeys(term.activity for term in self.terms))


@dataclass(frozen=True, slots=True)
class Cap:
    """At most so much per day or month and person (or household number) is credited; the rest is kept and grants nothing."""

    per: Literal["day", "month", "year"]
    by: Literal["person", "household"]
    records: int | None = None
    reduction_mg: int | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A figure published by others for the same behavior, to show how far ours is from it and why."""

    value: str
    unit: str
    source: Source
    given: dict[str, str]
    why: Text
    variant: str | None = None


@dataclass(frozen=True, slots=True)
class Methodology:
    """One version of a methodology for one behavior in some regions and from a date on."""

    code: str
    version: str
    behavior: int
    status: Literal["trial", "in_force"]
    title: Text
    regions: tuple[str, ...]
    valid_from: date
    valid_until: date | None
    evidence: Evidence
    gases: tuple[str, ...]
    boundary: Text
    baseline_scenario: Text
    project_scenario: Text
    functional_unit: str
    fields: dict[str, ActivityField]
    variants: tuple[Variant, ...]
    parameters: dict[str, Factor] = field(default_factory=dict)
    applicability: Text | None = None
    conservative: tuple[Text, ...] = ()
    references: tuple[Source, ...] = ()
    caps: tuple[Cap, ...] = ()
    exclusive: bool = False
    max_speed_kmh: Fraction | None = None
    comparisons: tuple[Comparison, ...] = ()
    changes: Text | None = None
    document: str = ""
    digest: str = ""

    def variant(self, name: str) -> Variant | None:
        """The variant of that name, or None."""
        return next((variant for variant in self.variants if variant.name == name), None)
