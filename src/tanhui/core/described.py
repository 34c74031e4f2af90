"""A term written down: every number, unit, region and source in plain JSON, from which its coefficient can be computed again.

This is what a stored coefficient keeps and what `explain` shows; an auditor needs nothing else to check a gram.
"""

from collections.abc import Iterable, Mapping
from decimal import Decimal, localcontext
from fractions import Fraction
from math import prod
from typing import Any

from tanhui.core import units
from tanhui.core.coefficients import NG_PER_MG, TermValue, Used
from tanhui.core.factors import FactorValue, Source
from tanhui.core.methodology import ActivityField, formed
from tanhui.core.text import Text

Json = dict[str, Any]
_SUFFIX = {"baseline": "_BL", "project": "_PL", "coefficient": ""}


def decimal(value: Fraction, *, places: int = 12) -> str:
    """The number in plain decimals: exactly when it ends within `places`, else rounded to so many significant digits."""
    scaled = value * 10**places
    if scaled.denominator != 1:
        with localcontext(prec=places):
            return f"{Decimal(value.numerator) / Decimal(value.denominator):f}"
    sign = "-" if value < 0 else ""
    whole, rest = divmod(abs(scaled).numerator, 10**places)
    digits = f"{rest:0{places}d}".rstrip("0")
    return f"{sign}{whole}" + (f".{digits}" if digits else "")


def text(value: Text | None) -> Json | None:
    """A bilingual sentence as JSON."""
    return None if value is None else {"zh": value.zh, "en": value.en}


def source(value: Source | None) -> Json | None:
    """A source as JSON: title, publisher, year, address and how it was read."""
    if value is None:
        return None
    return {
        "code": value.code, "title": text(value.title), "publisher": value.publisher, "year": value.year,
        "url": value.url, "read": value.read,
    }  # fmt: skip


def describe_value(value: FactorValue, unit: str) -> Json:
    """A factor's value as JSON; `exact` is the fraction, `value` its decimals."""
    described: Json = {
        "value": decimal(value.value), "exact": str(value.value), "unit": unit, "region": value.region,
        "valid_from": value.valid_from.isoformat(),
        "valid_until": value.valid_until.isoformat() if value.valid_until else None,
        "quality": value.quality, "source": source(value.source), "where": value.where,
        "assumption": text(value.assumption),
    }  # fmt: skip
    extras: Json = {
        "uncertainty": value.uncertainty, "note": text(value.note),
        "expires": value.expires.isoformat() if value.expires else None,
        "components": [
            {
                "name": c.name, "value": decimal(c.value), "exact": str(c.value), "unit": c.unit,
                "source": source(c.source), "where": c.where,
            }
            for c in value.components
        ],
        "alternatives": [{"value": a.value, "source": a.source, "why": text(a.why)} for a in value.alternatives],
    }  # fmt: skip
    return described | {key: extra for key, extra in extras.items() if extra}


def describe_term(value: TermValue, fields: Mapping[str, ActivityField]) -> Json:
    """A term as JSON: its operands by their place in the formula, its activity and, for a gas, its warming potential."""
    term = value.term
    groups = (("BAF", value.adjustment), ("TF", value.conversion), ("EF", value.emission_factor))
    return {
        "term": term.name, "title": text(term.title), "side": term.side, "category": term.category,
        "direct": term.direct,
        "operands": [_describe_operand(part + _SUFFIX[term.side], used) for part, group in groups for used in group],
        "activity": [
            {"field": name, "unit": fields[name].unit, "counted_as": fields[name].counted_as, "step": str(fields[name].step)}
            for name in term.activity
        ],
        "gwp": None if value.gwp is None else describe_value(value.gwp, "1"),
        "mg_per_step": decimal(value.mg_per_step),
    }  # fmt: skip


def recompute(terms: Iterable[Json], monomials: Iterable[Iterable[str]]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The reduction and baseline coefficients, in nanograms per step, computed again from described terms alone.

    Raises `Refusal` when they cannot be computed: a unit that does not fit, the inverse of 0.
    """
    terms = list(terms)
    reduction_ng, baseline_ng = [], []
    for monomial in monomials:
        here = [term for term in terms if [field["field"] for field in term["activity"]] == list(monomial)]
        sums = {
            side: sum((_mg_per_step(t) for t in here if (t["side"] == "project") == side), Fraction(0))
            for side in (True, False)
        }
        baseline_ng.append((sums[False] * NG_PER_MG).__floor__())
        reduction_ng.append(((sums[False] - sums[True]) * NG_PER_MG).__floor__())
    return tuple(reduction_ng), tuple(baseline_ng)


def _describe_operand(part: str, used: Used) -> Json:
    factor = used.operand.factor
    return {
        "part": part, "name": used.operand.label, "code": factor.code, "form": used.operand.form,
        "title": text(factor.title), **describe_value(used.found, factor.unit),
    }  # fmt: skip


def _mg_per_step(term: Json) -> Fraction:
    number, unit = Fraction(1), []
    for operand in term["operands"]:
        number *= formed(Fraction(operand["exact"]), operand["form"])
        unit.append(units.invert_unit(operand["unit"]) if operand["form"] == "inverse" else operand["unit"])
    number *= prod((Fraction(field["step"]) for field in term["activity"]), start=Fraction(1))
    product = units.multiply_units(*unit, *(field["counted_as"] for field in term["activity"]))
    gas = units.gas_of(product)
    if term["gwp"] is None:
        return number * units.conversion(product, "mgCO2e")
    return number * units.conversion(product, f"milligram{gas}") * Fraction(term["gwp"]["exact"])
