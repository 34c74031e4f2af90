"""Compiling a methodology: its terms become COEF, one row of whole numbers per region and period (formula (4)).

COEF is stated in nanograms CO2e per step of activity and rounded down there, once, per methodology, region and date. So
anyone can recompute a record from the published table with a pocket calculator: `ER = ⌊COEF x AD⌋`, in milligrams.
"""

from collections.abc import Container, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise
from math import prod

from tanhui.core import units
from tanhui.core.factors import Factor, FactorValue
from tanhui.core.methodology import Methodology, Operand, Term, Variant, formed
from tanhui.core.refusal import Refusal
from tanhui.core.regions import fallback
from tanhui.core.text import Text

NG_PER_MG = 10**6
LARGEST_PRODUCT = 2**62
Gwp = Mapping[str, Factor]


@dataclass(frozen=True, slots=True)
class Used:
    """An operand with the value it took in a region on a date."""

    operand: Operand
    found: FactorValue

    @property
    def number(self) -> Fraction:
        """The number that enters the product. Raises `Refusal` for the inverse of 0, which no document that loads has."""
        return formed(self.found.value, self.operand.form)

    @property
    def unit(self) -> str:
        """The unit that enters the product."""
        unit = self.operand.factor.unit
        return units.invert_unit(unit) if self.operand.form == "inverse" else unit


@dataclass(frozen=True, slots=True)
class TermValue:
    """A term in a region on a date: its operands, and exactly how many milligrams CO2e one step of its activity makes."""

    term: Term
    adjustment: tuple[Used, ...]
    conversion: tuple[Used, ...]
    emission_factor: tuple[Used, ...]
    gwp: FactorValue | None
    mg_per_step: Fraction

    @property
    def operands(self) -> tuple[Used, ...]:
        """All operands in the order of the formula."""
        return self.adjustment + self.conversion + self.emission_factor


@dataclass(frozen=True, slots=True)
class Coefficient:
    """COEF of one variant in one region and period: per monomial, whole nanograms CO2e per step."""

    methodology: str
    version: str
    behavior: int
    variant: str
    region: str
    valid_from: date
    valid_until: date | None
    monomials: tuple[tuple[str, ...], ...]
    reduction_ng: tuple[int, ...]
    baseline_ng: tuple[int, ...]
    tradable: bool


def evaluate(methodology: Methodology, variant: Variant, *, region: str, on: date, gwp: Gwp) -> tuple[TermValue, ...]:
    """Every term of the variant in that region on that day, exactly.

    Raises `Refusal` when a factor has no value there and then, or when the units of a term do not make a mass of gas.
    """
    return tuple(_evaluate_term(methodology, term, region=region, on=on, gwp=gwp) for term in variant.terms)


def compile_methodology(
    methodology: Methodology, *, gwp: Gwp, only: Container[str] | None = None
) -> tuple[Coefficient, ...]:
    """The coefficient rows of a methodology: every variant, region of its own and period between changes of a factor.

    `only` some regions are compiled if given. Raises `Refusal` as `evaluate` does, and when a coefficient at the fields'
    upper bounds would leave 64 bits.
    """
    return tuple(
        row for variant in methodology.variants for row in _compile_variant(methodology, variant, gwp=gwp, only=only)
    )


def regions_of(methodology: Methodology, *, gwp: Gwp) -> list[str]:
    """The regions a methodology has coefficients of: its own, and those within them that a factor has a value for."""
    return sorted({r for variant in methodology.variants for r in _regions(methodology, _factors(variant, gwp))})


def _compile_variant(
    methodology: Methodology, variant: Variant, *, gwp: Gwp, only: Container[str] | None
) -> Iterator[Coefficient]:
    factors = _factors(variant, gwp)
    for region in _regions(methodology, factors):
        if only is not None and region not in only:
            continue
        for valid_from, valid_until in _periods(methodology, factors, region):
            yield _compile_row(methodology, variant, region, valid_from, valid_until, gwp)


def _compile_row(
    methodology: Methodology, variant: Variant, region: str, valid_from: date, valid_until: date | None, gwp: Gwp
) -> Coefficient:
    values = evaluate(methodology, variant, region=region, on=valid_from, gwp=gwp)
    monomials = variant.monomials
    reduction_ng, baseline_ng = [], []
    for monomial in monomials:
        here = [value for value in values if value.term.activity == monomial]
        baseline = sum((v.mg_per_step for v in here if v.term.side != "project"), Fraction(0)) * NG_PER_MG
        project = sum((v.mg_per_step for v in here if v.term.side == "project"), Fraction(0)) * NG_PER_MG
        baseline_ng.append(baseline.__floor__())
        reduction_ng.append((baseline - project).__floor__())
    for column in (reduction_ng, baseline_ng):
        _check_size(methodology, variant, monomials, column)
    assumed = any(used.found.assumption is not None for value in values for used in value.operands)
    return Coefficient(
        methodology.code, methodology.version, methodology.behavior, variant.name, region, valid_from, valid_until,
        monomials, tuple(reduction_ng), tuple(baseline_ng), tradable=methodology.status == "in_force" and not assumed,
    )  # fmt: skip


def _evaluate_term(methodology: Methodology, term: Term, *, region: str, on: date, gwp: Gwp) -> TermValue:
    groups = [
        tuple(_use(methodology, operand, region=region, on=on) for operand in group)
        for group in (term.adjustment, term.conversion, term.emission_factor)
    ]
    operands = [used for group in groups for used in group]
    fields = [methodology.fields[name] for name in term.activity]
    unit = units.multiply_units(*(used.unit for used in operands), *(field.counted_as for field in fields))
    gas = units.gas_of(unit)
    if gas is None:
        raise Refusal(
            "term_unit",
            Text(
                "{m} 的 {t} 项单位相乘得“{u}”，应为温室气体质量（如 kgCO2e）。",
                "In {m}, the units of term {t} multiply to “{u}”; they must make a mass of gas (such as kgCO2e).",
            ).format(m=methodology.code, t=term.name, u=unit),
            field=term.name,
        )
    potential = None if gas == "CO2e" else _gwp_value(methodology, gwp, gas, region=region, on=on)
    exact = prod((used.number for used in operands), start=Fraction(1)) * prod(
        (field.step for field in fields), start=Fraction(1)
    )
    exact *= units.conversion(unit, "mgCO2e" if potential is None else f"milligram{gas}")
    return TermValue(term, groups[0], groups[1], groups[2], potential, exact * (potential.value if potential else 1))


def _use(methodology: Methodology, operand: Operand, *, region: str, on: date) -> Used:
    found = operand.factor.at(region=region, on=on)
    if found is None:
        raise _missing(methodology, operand.factor.code, region, on)
    return Used(operand, found)


def _gwp_value(methodology: Methodology, gwp: Gwp, gas: str, *, region: str, on: date) -> FactorValue:
    found = gwp[gas].at(region=region, on=on) if gas in gwp else None
    if found is None:
        raise _missing(methodology, f"gwp.{gas}", region, on)
    return found


def _missing(methodology: Methodology, code: str, region: str, on: date) -> Refusal:
    return Refusal(
        "factor_missing",
        Text(
            "{m}：因子 {f} 在地区 {r}、日期 {d} 没有数值；请补充该因子或缩短方法学的有效期。",
            "{m}: the factor {f} has no value in region {r} on {d}; add one, or shorten the methodology's validity.",
        ).format(m=methodology.code, f=code, r=region, d=on),
        field=code,
    )


def _operands(term: Term) -> tuple[Operand, ...]:
    return term.adjustment + term.conversion + term.emission_factor


def _factors(variant: Variant, gwp: Gwp) -> list[Factor]:
    used = {operand.factor.code: operand.factor for term in variant.terms for operand in _operands(term)}
    return [*used.values(), *gwp.values()]


def _regions(methodology: Methodology, factors: list[Factor]) -> list[str]:
    own = set(methodology.regions)
    named = {value.region for factor in factors for value in factor.values}
    return sorted(own | {region for region in named if not own.isdisjoint(fallback(region))})


def _periods(methodology: Methodology, factors: list[Factor], region: str) -> Iterator[tuple[date, date | None]]:
    chain = set(fallback(region))
    start, end = methodology.valid_from, methodology.valid_until
    changes = {
        day
        for factor in factors
        for value in factor.values
        if value.region in chain
        for day in (value.valid_from, value.valid_until)
        if day is not None and start < day and (end is None or day < end)
    }
    edges: list[date | None] = [start, *sorted(changes), end]
    for here, following in pairwise(edges):
        assert here is not None
        yield here, following


def _check_size(
    methodology: Methodology, variant: Variant, monomials: tuple[tuple[str, ...], ...], column: list[int]
) -> None:
    largest = sum(
        abs(ng) * prod((methodology.fields[f].most / methodology.fields[f].step).__ceil__() for f in monomial)
        for monomial, ng in zip(monomials, column, strict=True)
    )
    if largest >= LARGEST_PRODUCT:
        raise Refusal(
            "coefficient_too_large",
            Text(
                "{m} 的 {v}：在字段上限处结果超出 64 位整数；请降低上限或加大步长。",
                "{m}, variant {v}: at the fields' upper bounds the result leaves 64 bits; lower a bound or take a larger step.",
            ).format(m=methodology.code, v=variant.name),
            field=variant.name,
        )
