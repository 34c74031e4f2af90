"""One record explained: every field, factor and source, the arithmetic and the roundings, as a tree an auditor can follow.

The figures here come from the same compiled coefficients and the same multiplication as ten million records do.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import prod

import numpy as np

from tanhui.core.coefficients import Coefficient, Gwp, TermValue, evaluate
from tanhui.core.described import decimal
from tanhui.core.methodology import ActivityField, Methodology
from tanhui.core.reduction import multiply
from tanhui.core.refusal import Refusal
from tanhui.core.text import Text


@dataclass(frozen=True, slots=True)
class Measured:
    """A field of a record: as it was given, and as the whole steps that were counted."""

    field: ActivityField
    given: Fraction
    steps: int

    @property
    def counted(self) -> Fraction:
        """The value counted, in the field's unit."""
        return self.steps * self.field.step


@dataclass(frozen=True, slots=True)
class Quantified:
    """The reduction of one record with all that led to it. `project_mg` is the difference, so that the three add up."""

    methodology: Methodology
    coefficient: Coefficient
    on: date
    fields: dict[str, Measured]
    terms: tuple[TermValue, ...]
    exact_mg: dict[str, Fraction]
    baseline_mg: int
    project_mg: int
    reduction_mg: int


def measure(methodology: Methodology, name: str, given: Fraction) -> Measured:
    """The field in whole steps. Raises `Refusal` for a value outside the field's bounds."""
    field = methodology.fields[name]
    if not field.least <= given <= field.most:
        raise Refusal(
            "out_of_bounds",
            Text(
                "{f} 的值 {v} 超出范围；应在 {a} 到 {b} {u} 之间。",
                "{f} is {v}, out of bounds; it must be between {a} and {b} {u}.",
            ).format(f=name, v=decimal(given), a=decimal(field.least), b=decimal(field.most), u=field.unit),
            field=name,
        )
    return Measured(field, given, field.steps(given))


def quantify_one(
    methodology: Methodology, coefficient: Coefficient, *, given: Mapping[str, Fraction], on: date, gwp: Gwp
) -> Quantified:
    """The reduction of one record, explained. Raises `Refusal` for a value out of bounds.

    `given` holds at least the fields of the coefficient's variant, in their units.
    """
    variant = methodology.variant(coefficient.variant)
    assert variant is not None
    fields = {name: measure(methodology, name, given[name]) for name in variant.requires}
    activity = [prod(fields[name].steps for name in monomial) for monomial in coefficient.monomials]
    columns = [np.array([steps], dtype=np.int64) for steps in activity]
    reduction_mg = int(multiply(coefficient.reduction_ng, columns)[0])
    baseline_mg = int(multiply(coefficient.baseline_ng, columns)[0])
    terms = evaluate(methodology, variant, region=coefficient.region, on=coefficient.valid_from, gwp=gwp)
    exact = {
        value.term.name: value.mg_per_step * prod(fields[name].steps for name in value.term.activity) for value in terms
    }
    return Quantified(
        methodology, coefficient, on, fields, terms, exact, baseline_mg, baseline_mg - reduction_mg, reduction_mg
    )
